"""WHOIS texts and the dates in them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.providers.rdap.servers import PHRASES, RDAP, WHOIS
from integrations.providers.rdap.whois import (
    Registration,
    is_nothing,
    is_refusal,
    read_date,
    read_whois,
)

FORMS = (
    "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y",
    "%d-%m-%Y", "%d-%b-%Y", "%d %B %Y", "%Y-%b-%d.", "%b %d %Y", "%B %d, %Y",
    "%a %b %d %H:%M:%S %Y", "%Y-%m-%d %H:%M:%S (UTC+8)", "%d-%b-%Y %H:%M:%S UTC",
)  # fmt: skip


@given(st.dates(date(1985, 1, 1), date(2099, 12, 31)), st.sampled_from(FORMS))
def test_a_day_is_read_in_every_form(day, form):
    assert read_date(day.strftime(form)) == day


@pytest.mark.parametrize(
    "text", ["", "before Aug-1996", "2026-13-01", "31.02.2026", "soon", "0000-00-00", "99999999"]
)
def test_what_is_no_day_is_none(text):
    assert read_date(text) is None


@given(st.text())
def test_no_text_breaks_the_reading(text):
    read_date(text)
    read_whois(text)
    is_nothing(text)
    is_refusal(text)


def test_the_registrant_is_not_read():
    text = "Registrant Name: Ann Lee\nRegistrant Organization: Birch\nRegistrar: Oakleaf Names\n"

    assert read_whois(text) == Registration("Oakleaf Names")


def test_a_japanese_style_label_is_read():
    text = "[Domain Name]  BIRCH.JP\n[Name Server]  ns1.birch.test\n[Created on]  2001/03/26\n"

    assert read_whois(text) == Registration(
        created_on=date(2001, 3, 26), name_servers=("ns1.birch.test",)
    )


@pytest.mark.parametrize(
    ("text", "is_none"),
    [
        ('No match for "BIRCH.COM".', True),
        ("Domain: birch.de\nStatus: free", True),
        ("Status:\t AVAILABLE", True),
        ("% No match is shown as NOT FOUND\nDomain: birch.de\nStatus: connect", False),
    ],
)
def test_nothing_is_told_from_something(text, is_none):
    assert is_nothing(text) is is_none


def test_every_phrase_belongs_to_a_host_and_every_server_speaks_https():
    assert set(PHRASES) <= set(WHOIS)
    assert {"com", "tr", "de"} <= set(WHOIS)
    assert all(url.startswith("https://") and not url.endswith("/") for url in RDAP.values())
