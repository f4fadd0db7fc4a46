"""The rules in force are sound, and the validator finds what is wrong with others."""

from dataclasses import replace

import pytest

from enrichment.leads.rules import FILE, PriorityRule, SegmentRule, TagRule, current, parse
from enrichment.leads.validating import problems, reachable
from integrations.providers.dns.mail import BEHIND, NONE, OTHER, OWN, PROVIDERS, SENDERS


def with_points(rules, **tables):
    return replace(rules, points={**rules.points, **tables})


def without(rules, name):
    return replace(rules, segments=tuple(one for one in rules.segments if one.name != name))


def test_the_rules_in_force_are_sound():
    assert problems(current()) == []


def test_every_provider_that_dns_can_name_has_points():
    named = {*PROVIDERS.values(), *SENDERS.values(), NONE, OWN, OTHER, BEHIND}

    assert named <= set(current().points["provider"])


def test_what_each_provider_can_reach():
    rules = current()

    assert {p: (min(r), max(r)) for p in ("google_workspace", "own", "none", "amazon")
            if (r := reachable(rules, p))} == {
        "google_workspace": (50, 100), "own": (30, 80), "none": (0, 0), "amazon": (20, 70),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda rules: with_points(
                rules, dmarc={"absent": 5, "none": 0, "quarantine": 15, "reject": 20}
            ),
            "points.dmarc: none is worth less than absent",
        ),
        (
            lambda rules: with_points(rules, spf={"absent": 0}),
            "points.spf has to give points for absent, broken, open, soft, strict,"
            " and nothing else",
        ),
        (
            lambda rules: with_points(rules, dkim={"absent": 0, "present": 60}),
            "microsoft_365 reaches 50 to 150, which leaves 0 to 100",
        ),
        (
            lambda rules: with_points(rules, provider={**rules.points["provider"], "own": 5}),
            "own never reaches migration 60 to 100",
        ),
        (lambda rules: without(rules, "existing"), "microsoft_365 with 0 is in 0 segments"),
        (
            lambda rules: replace(
                rules, segments=(*rules.segments, SegmentRule("skip", ("own",), 60, 60))
            ),
            "own with 60 is in 2 segments",
        ),
        (
            lambda rules: replace(
                rules, priorities=(*rules.priorities, PriorityRule("skip", 90, 100, 7))
            ),
            "no lead reaches priority skip 90 to 100",
        ),
        (
            lambda rules: replace(rules, priorities=rules.priorities[1:]),
            "zoho with 80 has 0 priorities from 1 to 7",
        ),
        (
            lambda rules: replace(
                rules,
                priorities=(PriorityRule("migration", 80, 100, 6), *rules.priorities[1:]),
            ),
            "google_workspace with 80 has a worse priority than with less",
        ),
        (
            lambda rules: replace(rules, tags=(TagRule("odd", {"spf": ["green"]}),)),
            "tag odd asks for a value of spf that there is not",
        ),
        (
            lambda rules: replace(
                rules, segments=(*rules.segments, SegmentRule("hot", ("own",), 0, 0))
            ),
            "no segment is called hot",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(spoil, words):
    assert words in problems(spoil(current()))


def test_the_version_is_part_of_the_rules():
    text = FILE.read_text()

    assert parse(text.replace('version = "2026-11"', 'version = "2027-01"')).version == "2027-01"
    with pytest.raises(KeyError):
        parse(text.replace("version =", "edition ="))
