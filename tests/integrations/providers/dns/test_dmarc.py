"""DMARC: the tag grammar of RFC 7489, several records, and the organisation's word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.providers.dns.dmarc import POLICIES, Dmarc, read_dmarc
from integrations.providers.dns.tags import first_tag, is_key, read_tags


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("v=DMARC1; p=reject; sp=none", Dmarc("reject")),
        ("v=DMARC1; P=Reject", Dmarc("reject")),
        ("v = DMARC1 ; p = reject ;", Dmarc("reject")),
        ("v=DMARC1;p=none", Dmarc("none")),
        ("v=DMARC1; p=quarantine; pct=0", Dmarc("quarantine", 0)),
        ("v=DMARC1; p=quarantine; pct=50", Dmarc("quarantine", 50)),
        ("v=DMARC1; p=quarantine; pct=101", Dmarc("quarantine", 100)),
        ("v=DMARC1; p=quarantine; pct=half", Dmarc("quarantine", 100)),
        ("v=DMARC1; rua=mailto:d@a.test", Dmarc("none")),
        ("v=DMARC1; p=nonsense; rua=mailto:d@a.test", Dmarc("none")),
        ("v=DMARC1; p=nonsense", None),
        ("v=DMARC1", None),
        ("v=dmarc1; p=reject", None),
        ("p=reject; v=DMARC1", None),
        ("v=DMARC12; p=reject", None),
        ("v=spf1 -all", None),
        ("", None),
    ],
)
def test_a_record_is_read(text, wanted):
    assert read_dmarc([text]) == wanted


def test_several_records_are_none_and_other_texts_do_not_count():
    record = "v=DMARC1; p=reject"

    assert read_dmarc([record, record]) is None
    assert read_dmarc(["hello", record]) == Dmarc("reject")


def test_the_organisations_record_speaks_of_subdomains_by_sp():
    assert read_dmarc(["v=DMARC1; p=reject; sp=none"], of_subdomain=True) == Dmarc("none")
    assert read_dmarc(["v=DMARC1; p=reject"], of_subdomain=True) == Dmarc("reject")
    assert read_dmarc(["v=DMARC1; p=none; sp=odd"], of_subdomain=True) == Dmarc("none")


SPACE = st.sampled_from(["", " ", "\t", "  "])


@given(
    st.sampled_from(POLICIES), st.integers(0, 100), st.permutations(["p", "sp", "pct", "adkim"]),
    SPACE, st.booleans(),
)  # fmt: skip
def test_order_spaces_and_case_say_nothing(policy, percent, order, space, is_upper):
    tags = {"p": policy, "sp": "none", "pct": str(percent), "adkim": "s"}
    said = [f"{name}{space}={space}{tags[name]}" for name in order]
    body = f"{space};{space}".join(said)
    text = f"v=DMARC1;{body.upper() if is_upper else body}"

    assert read_dmarc([text]) == Dmarc(policy, percent)


@given(st.lists(st.text(), max_size=4))
def test_no_text_breaks_the_reading(texts):
    found = read_dmarc(texts)

    assert found is None or (found.policy in POLICIES and 0 <= found.percent <= 100)


@given(st.text())
def test_no_text_breaks_the_tags(text):
    assert all(name == name.strip() and name for name in read_tags(text))
    assert first_tag(text)[0] == first_tag(text)[0].strip()


@pytest.mark.parametrize(
    ("text", "is_in_force"),
    [
        ("v=DKIM1; k=rsa; p=MIIB", True),
        ("k=rsa; p=MIIB", True),
        ("v=DKIM1; p=", False),
        ("v=DKIM2; p=MIIB", False),
        ("v=spf1 -all", False),
    ],
)
def test_a_key_is_in_force_unless_it_is_revoked(text, is_in_force):
    assert is_key(text) is is_in_force
