"""SPF with all that it includes: ten look-ups, loops, what is not there and what nobody can say."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.providers.dns import _dmarc
from integrations.providers.dns.following import Followed, follow_spf
from integrations.providers.dns.resolving import UNKNOWN, Records
from integrations.providers.dns.spf import MOST_LOOKUPS

LEVELS = {"absent", "broken", "open", "soft", "strict", "unknown"}


class Zone:
    """Answers TXT from a table; a name without a row does not exist, one with None is unknown."""

    def __init__(self, table):
        self.table, self.asked = table, []

    async def look(self, name, kind):
        assert kind == "TXT"
        self.asked.append(name)
        texts = self.table.get(name, ())
        return UNKNOWN if texts is None else Records(tuple(texts))


def followed(own, **others):
    """What the record comes to, over records by the first label of their .test domain."""
    zone = Zone({f"{name}.test": None if one is None else [f"v=spf1 {one}"]
                 for name, one in others.items()})  # fmt: skip
    return asyncio.run(follow_spf(zone, "own.test", [f"v=spf1 {own}"])), zone.asked


@pytest.mark.parametrize(
    ("own", "others", "wanted"),
    [
        ("-all", {}, Followed("strict", 0)),
        ("include:a.test -all", {"a": "ip4:192.0.2.1 -all"}, Followed("strict", 1)),
        ("include:a.test ~all", {"a": "mx include:b.test", "b": "a -all"}, Followed("soft", 4)),
        ("include:a.test include:a.test -all", {"a": "mx"}, Followed("strict", 4)),
        ("redirect=a.test", {"a": "-all"}, Followed("strict", 1)),
        ("redirect=a.test", {"a": "mx ?all"}, Followed("open", 2)),
        ("include:a.test -all", {"a": "+all"}, Followed("open", 1)),
        ("include:a.test -all", {"a": "?all"}, Followed("strict", 1)),
        ("include:a.test redirect=b.test", {"a": "+all", "b": "-all"}, Followed("open", 2)),
        ("include:a.test -all", {}, Followed("broken")),
        ("redirect=a.test", {}, Followed("broken")),
        ("include:a.test -all", {"a": "odd -all"}, Followed("broken")),
        ("include:own.test -all", {}, Followed("broken")),
        ("include:a.test -all", {"a": "include:b.test", "b": "redirect=a.test"},
         Followed("broken")),
        ("include:a.test -all", {"a": None}, Followed("unknown")),
        ("redirect=%{d}.a.test", {}, Followed("unknown")),
        ("include:%{i}.a.test -all", {}, Followed("strict", 1)),
        ("include:a.test include:b.test -all", {"a": None}, Followed("broken")),
        ("a mx ptr include:a.test -all", {"a": " ".join(["exists:x.test"] * 7)},
         Followed("broken", 11)),
        ("a mx ptr include:a.test -all", {"a": " ".join(["exists:x.test"] * 6)},
         Followed("strict", 10)),
    ],
)  # fmt: skip
def test_what_a_record_comes_to_with_what_it_includes(own, others, wanted):
    assert followed(own, **others)[0] == wanted


def test_a_name_is_asked_once_and_none_after_the_tenth():
    chain = {f"n{at}": f"include:n{at + 1}.test" for at in range(30)}

    assert followed("include:a.test include:a.test -all", a="mx")[1] == ["a.test"]
    assert followed("include:n0.test -all", **chain)[1] == [f"n{at}.test" for at in range(10)]


TERMS = st.sampled_from(
    ["mx", "a", "include:a.test", "include:b.test", "redirect=a.test", "redirect=b.test", "+all",
     "-all", "~all", "include:gone.test", "include:lost.test", "odd", "include:%{i}.test", "."]
)  # fmt: skip
RECORD = st.lists(TERMS, max_size=7).map(" ".join)


@given(RECORD, RECORD, RECORD)
def test_no_records_break_the_walk_or_make_it_long(own, a, b):
    (found, asked), again = followed(own, a=a, b=b, lost=None), followed(own, a=a, b=b, lost=None)

    assert (found, asked) == again
    assert found.level in LEVELS
    assert len(asked) == len(set(asked)) <= MOST_LOOKUPS
    assert found.lookups is None or (found.lookups > MOST_LOOKUPS) == (found.level == "broken")


@given(st.lists(st.text(), max_size=3))
def test_no_text_breaks_the_walk(texts):
    assert asyncio.run(follow_spf(Zone({}), "own.test", texts)).level in LEVELS


@pytest.mark.parametrize(
    ("own", "wanted", "is_inherited"),
    [
        ([], ("v=DMARC1; p=reject",), True),
        (["google-site-verification=x"], ("v=DMARC1; p=reject",), True),
        (["v=DMARC1; p=none"], ("v=DMARC1; p=none",), False),
        (["v=DMARC1; p=none", "v=DMARC1; p=none"], ("v=DMARC1; p=none",) * 2, False),
        (["v=DMARC1"], ("v=DMARC1",), False),
        (None, (), False),
    ],
)
def test_only_a_domain_without_a_record_inherits_its_organisations(own, wanted, is_inherited):
    zone = Zone({"_dmarc.shop.acme.test": own, "_dmarc.acme.test": ["v=DMARC1; p=reject"]})

    found = asyncio.run(_dmarc(zone, "shop.acme.test"))

    assert (found[0].found, found[1]) == (wanted, is_inherited)
    assert zone.asked[1:] == (["_dmarc.acme.test"] if is_inherited else [])


def test_an_organisation_inherits_from_nobody():
    zone = Zone({})

    records, is_inherited = asyncio.run(_dmarc(zone, "acme.co.uk"))

    assert (records, is_inherited, zone.asked) == (Records(), False, ["_dmarc.acme.co.uk"])
