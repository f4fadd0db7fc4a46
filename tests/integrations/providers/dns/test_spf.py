"""SPF: what a record comes to, and that no text can break the reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.providers.dns.spf import ABSENT, MOST_LOOKUPS, Spf, read_spf, spf_records


def record(*terms):
    return [" ".join(("v=spf1", *terms))]


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ([], ABSENT),
        (["google-site-verification=x", "v=spf10 -all"], ABSENT),
        (record("-all"), Spf(otherwise="-")),
        (record("ip4:192.0.2.0/24", "~all"), Spf(otherwise="~")),
        (record("all"), Spf(otherwise="+")),
        (record("?all"), Spf(otherwise="?")),
        (record("mx", "include:a.test", "-all"), Spf(("a.test",), 2, "-")),
        (record("redirect=a.test"), Spf(lookups=1, redirect="a.test")),
        (record("-all", "redirect=a.test"), Spf(otherwise="-")),
        (record("-all", "include:a.test"), Spf(otherwise="-")),
        (["V=SPF1 MX -ALL"], Spf((), 1, "-")),
        (record("exp=why.test", "a/24", "-all"), Spf((), 1, "-")),
    ],
)
def test_a_record_is_read(texts, wanted):
    assert read_spf(texts) == wanted


@pytest.mark.parametrize(
    ("texts", "level"),
    [
        ([], "absent"),
        (record("-all") * 2, "broken"),
        (record("nonsense", "-all"), "broken"),
        (record("include:", "-all"), "broken"),
        (record(*[f"include:{n}.test" for n in range(11)], "-all"), "broken"),
        (record(*[f"include:{n}.test" for n in range(10)], "-all"), "strict"),
        (record("mx"), "open"),
        (record("?all"), "open"),
        (record("redirect=a.test"), "soft"),
        (record("~all"), "soft"),
        (record("-all"), "strict"),
    ],
)
def test_how_much_it_keeps_out(texts, level):
    assert read_spf(texts).level == level


def test_what_is_wrong_is_said():
    assert read_spf(record("-all") * 2).error == "2 records where one is allowed"
    eleven = read_spf(record(*[f"a:{n}.test" for n in range(11)]))
    assert (eleven.lookups, eleven.error) == (11, "11 look-ups where 10 are allowed")


TERMS = st.sampled_from(
    ["mx", "a", "ptr", "include:a.test", "ip4:192.0.2.1", "-all", "~all", "exists:x.test", "odd"]
)


@given(st.lists(TERMS, max_size=14))
def test_more_than_ten_lookups_are_always_an_error(terms):
    spf = read_spf(record(*terms))

    assert (spf.lookups > MOST_LOOKUPS) <= bool(spf.error)
    assert len(spf.includes) <= spf.lookups


@given(st.lists(st.text(), max_size=4))
def test_no_text_breaks_the_reading(texts):
    spf = read_spf(texts)

    assert spf.is_present == bool(spf_records(texts))
