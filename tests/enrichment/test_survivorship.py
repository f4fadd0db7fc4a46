"""Which claim on a field survives, whatever the order they come in."""

from itertools import permutations

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.survivorship import Claim, claims_of, current, settle, survives

claims = st.builds(
    Claim,
    value=st.sampled_from(["", "mobile", "landline"]),
    source=st.sampled_from(["twilio.line_type", "numverify.validate", "file:1", "person:ann"]),
    sure=st.sampled_from([0.3, 0.5, 0.9]),
    at=st.sampled_from(["2026-01-01T00:00:00+00:00", "2026-06-01T00:00:00+00:00"]),
)


def survivor(order):
    held = None
    for claim in order:
        if survives(held, claim):
            held = claim
    return held


def test_an_empty_claim_never_replaces_a_value():
    held = Claim("mobile", "twilio.line_type", 0.1, "2026-01-01")

    assert not survives(held, Claim("", "numverify.validate", 1.0, "2026-02-01"))


def test_a_person_outranks_a_surer_provider_in_either_order():
    person = Claim("landline", "person:ann", 0.5, "2026-01-01")
    provider = Claim("mobile", "twilio.line_type", 1.0, "2026-06-01")

    assert survives(provider, person)
    assert not survives(person, provider)


def test_a_weaker_claim_does_not_replace_a_surer_one():
    held = Claim("mobile", "twilio.line_type", 0.9, "2026-01-01")

    assert not survives(held, Claim("landline", "numverify.validate", 0.5, "2026-06-01"))


def test_a_source_replaces_its_own_earlier_word():
    held = Claim("mobile", "twilio.line_type", 0.9, "2026-01-01")

    assert survives(held, Claim("landline", "twilio.line_type", 0.5, "2026-06-01"))
    assert not survives(held, Claim("landline", "twilio.line_type", 1.0, "2025-06-01"))


def test_an_empty_field_has_no_claim():
    assert current("", {"by": "twilio.line_type"}) is None
    assert current(None, None) is None


def test_a_field_that_a_person_emptied_stays_empty():
    emptied = current("", {"by": "person:ann", "at": "2026-01-01", "sure": 1.0})

    assert not survives(emptied, Claim("mobile", "twilio.line_type", 1.0, "2026-06-01"))


def test_a_value_without_provenance_counts_as_a_files():
    assert current("mobile", None) == Claim("mobile", "file:", 0.9, "")


@given(st.lists(claims, max_size=4, unique_by=lambda claim: claim.source))
def test_the_order_of_arrival_does_not_matter(found):
    assert len({survivor(order) for order in permutations(found)}) == 1


many = st.lists(
    st.builds(
        Claim,
        value=st.sampled_from(["", "mobile", "landline", "voip"]),
        source=st.sampled_from(
            ["twilio.line_type", "twilio.validation", "numverify.validate", "p.q", "file:1",
             "file:2", "person:ann", "person:bob"]
        ),
        sure=st.sampled_from([0.0, 0.3, 0.5, 0.6, 0.9, 1.0]),
        at=st.sampled_from(["2026-01-01T00:00:00+00:00", "2026-06-01T00:00:00+00:00"]),
        answer=st.sampled_from(["", "a"]),
        rank=st.sampled_from([0, 1, 99]),
    ),
    max_size=5,
)  # fmt: skip


def stored(order):
    """What a field and its provenance hold when claims come one after another, each written."""
    value, provenance = "", {}
    for claim in order:
        standing = settle([*claims_of(value, provenance), claim])
        if standing:
            value = standing.claim.value
            provenance = orjson.loads(orjson.dumps(standing.provenance()))
    return value, provenance


@settings(max_examples=150)
@given(many)
def test_what_is_stored_is_the_same_in_whatever_order_claims_are_written(found):
    one, *others = {repr(stored(order)) for order in permutations(found)}

    assert others == []
    standing = settle(found)
    assert one == repr(stored(found))
    if standing:
        assert repr((standing.claim.value, standing.provenance())) == one


@given(many)
def test_an_empty_word_of_another_never_empties_a_field(found):
    value, _ = stored([*found, Claim("", "z.empty", 1.0, "2027-01-01T00:00:00+00:00")])

    assert value == stored(found)[0]


def test_agreement_of_providers_makes_surer():
    both = settle([
        Claim("acme.test", "apollo.enrich_organization", 0.6, "2026-01-01"),
        Claim("ACME.test", "hunter.domain_search", 0.5, "2026-01-01"),
    ])  # fmt: skip

    assert (both.sure, both.claim.source) == (0.8, "apollo.enrich_organization")


def test_two_lookups_of_one_provider_are_one_witness():
    both = settle([
        Claim("valid", "hunter.find_email", 0.6, "2026-01-01"),
        Claim("valid", "hunter.verify_email", 0.5, "2026-01-01"),
    ])  # fmt: skip

    assert both.sure == 0.6


def test_two_that_agree_outweigh_one_that_is_surer_than_each():
    claims = [
        Claim("a", "p.x", 0.6, "2026-01-01"),
        Claim("a", "q.x", 0.6, "2026-01-01"),
        Claim("b", "r.x", 0.8, "2026-06-01"),
    ]

    assert settle(claims).claim.value == "a"


def test_the_recipes_order_decides_between_equals():
    first = Claim("a", "p.x", 0.6, "2026-01-01", rank=0)
    later = Claim("b", "q.x", 0.6, "2026-06-01", rank=1)

    assert settle([later, first]).claim is first


def test_a_loser_wins_when_the_winner_takes_its_word_back():
    value, provenance = stored([
        Claim("a", "p.x", 0.9, "2026-01-01"),
        Claim("b", "q.x", 0.8, "2026-01-01"),
        Claim("c", "p.x", 0.5, "2026-06-01"),
    ])  # fmt: skip

    assert (value, provenance["by"]) == ("b", "q.x")
    assert provenance["also"] == [{"by": "p.x", "at": "2026-06-01", "sure": 0.5, "v": "c"}]
