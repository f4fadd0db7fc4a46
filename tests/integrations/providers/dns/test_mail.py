"""Who takes the mail: by suffixes on the edges of labels, over all MX hosts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.providers.dns.mail import (
    BEHIND,
    GATEWAYS,
    OTHER,
    OWN,
    PROVIDERS,
    Mail,
    ending,
    hosts_of,
    organisation,
    read_mail,
)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ([], Mail()),
        (["0 ."], Mail()),
        (["10 mx.birch.test."], Mail("mx.birch.test", OWN)),
        (["10 mx.other.test."], Mail("mx.other.test", OTHER)),
        (
            ["20 aspmx.l.google.com.", "10 mx.other.test."],
            Mail("mx.other.test", "google_workspace"),
        ),
        (
            ["0 birch-test.mail.protection.outlook.com."],
            Mail("birch-test.mail.protection.outlook.com", "microsoft_365"),
        ),
        (
            ["0 birch-test.x-v1.mx.microsoft."],
            Mail("birch-test.x-v1.mx.microsoft", "microsoft_365"),
        ),
        (["10 mx.notgoogle.com."], Mail("mx.notgoogle.com", OTHER)),
        (["10 google.com.evil.test."], Mail("google.com.evil.test", OTHER)),
        (["10 mx.xdns.com.tr."], Mail("mx.xdns.com.tr", OTHER)),
        (["10 mx1.pphosted.com."], Mail("mx1.pphosted.com", BEHIND, "Proofpoint")),
        (
            ["20 aspmx.l.google.com.", "10 eu.mimecast.com."],
            Mail("eu.mimecast.com", BEHIND, "Mimecast"),
        ),
        (["nonsense", "x mx.birch.test."], Mail()),
    ],
)
def test_who_takes_the_mail(data, wanted):
    assert read_mail("birch.test", data) == wanted


def test_spf_tells_who_is_behind_a_gateway_unless_it_names_two():
    data = ["10 mx1.pphosted.com."]

    one = read_mail("birch.test", data, ["_spf.google.com", "mailgun.org"])
    two = read_mail("birch.test", data, ["_spf.google.com", "spf.protection.outlook.com"])

    assert (one.provider, one.gateway) == ("google_workspace", "Proofpoint")
    assert two.provider == BEHIND


@pytest.mark.parametrize(
    ("domain", "wanted"),
    [
        ("a.b.birch.com.tr", "birch.com.tr"),
        ("www.birch.co.uk", "birch.co.uk"),
        ("pages.birch.github.io", "birch.github.io"),
        ("mail.birch.test", "birch.test"),
        ("com.tr", "com.tr"),
    ],
)
def test_the_organisation_is_by_the_public_suffix_list(domain, wanted):
    assert organisation(domain) == wanted


LABEL = st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True)


@given(st.sampled_from([*PROVIDERS, *GATEWAYS]), LABEL)
def test_an_ending_begins_at_the_edge_of_a_label(suffix, label):
    table = {suffix: "yes"}

    assert ending(f"{label}.{suffix}", table) == ending(suffix, table) == "yes"
    assert ending(label + suffix, table) == ""
    assert ending(f"{suffix}.{label}x", table) == ""


@given(st.lists(st.tuples(st.integers(0, 65535), LABEL), max_size=5), st.randoms())
def test_the_order_of_records_says_nothing(rows, random):
    data = [f"{preference} {label}.test." for preference, label in rows]
    shuffled = list(data)
    random.shuffle(shuffled)

    assert hosts_of(data) == hosts_of(shuffled)
    assert read_mail("birch.test", data) == read_mail("birch.test", shuffled)


@given(st.lists(st.text(), max_size=4))
def test_no_text_breaks_the_reading(data):
    read_mail("birch.test", data)
