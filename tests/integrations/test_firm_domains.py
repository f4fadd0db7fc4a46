"""Domains of companies: what is refused before anybody is asked, and in which words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.consumer_mail import DOMAINS, is_consumer_mail
from integrations.errors import QuestionRejected
from integrations.firm_domains import claimed_domain, firm_domain, why_unusable

LABELS = st.from_regex(r"[a-z][a-z0-9]{0,20}", fullmatch=True)


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("", "is empty"),
        ("192.0.2.7", "is an IP address"),
        ("[2001:db8::1]", "is an IP address"),
        ("2001:db8::1", "is an IP address"),
        ("127.1", "is an IP address"),
        ("0x7f000001", "is an IP address"),
        ("birch", "has no dot"),
        ("birch.local", "ends in .local"),
        ("birch.123", "is not a name"),
        ("-birch.test", "is not a name"),
        ("birch_tree.test", "is not a name"),
        ("ann@birch.test", "is not a name"),
        ("birch..test", "is not a name"),
        (f"{'a' * 64}.test", "is not a name"),
        ("gmail.com", "is consumer mail"),
        ("GMail.com.", "is consumer mail"),
        ("mail.yahoo.co.uk", "is consumer mail"),
        ("xn--pypal-4ve.test", "mixes scripts"),  # a Cyrillic а in paypal
        ("p\u0430ypal.test", "mixes scripts"),
        ("xn--80ak6aa92e.test", "look Latin"),  # apple, all of it Cyrillic
        ("xn--birch-.test", "is not a name"),
        ("xn--\u00e4.test", "is not a name"),
    ],
)
def test_a_domain_that_is_no_companys_is_refused_by_the_name_of_the_field(domain: str, words: str):
    with pytest.raises(QuestionRejected, match=r"Hunter: company\.domain") as refused:
        firm_domain(domain, "Hunter")

    assert words in str(refused.value)
    assert refused.value.code == "company.domain"


@pytest.mark.parametrize(
    ("domain", "asked"),
    [
        ("Birch.test", "birch.test"),
        (" birch.test. ", "birch.test"),
        ("müller.test", "xn--mller-kva.test"),
        ("xn--mller-kva.test", "xn--mller-kva.test"),
        ("почта.test", "xn--80a1acny.test"),
        ("東京カフェ.test", "xn--hckh0k068j34z.test"),
        ("notgmail.com", "notgmail.com"),
    ],
)
def test_any_other_domain_is_asked_in_one_form(domain: str, asked: str):
    assert firm_domain(domain, "Hunter") == asked


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("birch.test", "birch.test"),
        ("https://www.Birch.test:8080/about?x=1", "birch.test"),
        ("http://ann@birch.test/", "birch.test"),
        ("www.birch.test", "birch.test"),
        ("https://www.facebook.com/birchplumbing", ""),
        ("birch.linktr.ee", ""),
        ("gmail.com", ""),
        ("http://[2001:db8::1]/", ""),
        ("http://[broken", ""),
        ("none", ""),
        ("", ""),
    ],
)
def test_a_website_tells_a_firms_domain_or_nothing(website: str, domain: str):
    assert claimed_domain(website) == domain


@given(st.text(max_size=80))
def test_a_website_may_be_anything(text: str):
    assert claimed_domain(text) in ("", firm_domain(claimed_domain(text) or "a.test", "X"))


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_refused(text: str):
    why = why_unusable(text)

    if not why:
        asked = firm_domain(text, "Hunter")
        assert asked.isascii() and "." in asked and firm_domain(asked, "Hunter") == asked


@given(st.ip_addresses())
def test_no_address_is_a_domain(address: object):
    assert why_unusable(str(address)) == "is an IP address, not a name"


@given(st.lists(LABELS, min_size=1, max_size=4), st.sampled_from(sorted(DOMAINS)))
def test_a_name_below_consumer_mail_is_consumer_mail_and_one_beside_is_not(
    labels: list[str], domain: str
):
    assert is_consumer_mail(".".join([*labels, domain]))
    assert not is_consumer_mail(f"{domain}.test")
