"""One order of sources for a customer's domain, and no consumer mail from any of them."""

import pytest

from crm_sync.referrals.domains import Found, domain_in, domains_of
from tests.crm_sync.referrals.house import body


def place(source, said):
    """A referral that says this at one of the places, and nothing elsewhere."""
    return {
        "contact": body(contact={"email": f"ann@{said}"}),
        "team": body(customerProfile={"team": [{"email": f"ann@{said}"}]}),
        "external": body(customerProfile={"ids": {"External": f"https://www.{said}/x"}}),
        "website": body(customerProfile={"website": said}),
        "email": body(email=f"info@{said}"),
    }[source]


SOURCES = ("contact", "team", "external", "website", "email")


@pytest.mark.parametrize("source", SOURCES)
def test_each_place_is_read(source):
    assert domains_of(place(source, "birch.test")) == [Found("birch.test", source)]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "host",
    ["gmail.com", "yahoo.co.uk", "mac.com", "contoso.onmicrosoft.com", "microsoft.com",
     "facebook.com", "localhost", "10.0.0.1"],
)  # fmt: skip
def test_xr_13_no_place_gives_a_domain_that_is_no_companys(source, host):
    assert domains_of(place(source, host)) == []


def test_ar_71_order_is_the_references():
    told = body(
        email="a@five.test", website="four.test", contact={"email": "a@one.test"},
        customerProfile={
            "team": [{"email": "a@two.test"}, {"email": "b@gmail.com"}, {"email": "c@two.test"}],
            "ids": {"External": "x@three.test"},
        },
    )  # fmt: skip

    assert [(one.domain, one.source) for one in domains_of(told)] == [
        ("one.test", "contact"), ("two.test", "team"), ("three.test", "external"),
        ("four.test", "website"), ("five.test", "email"),
    ]  # fmt: skip


def test_xr_13_partners_own_domains_are_not_the_customers():
    told = body(
        team=[{"email": "us@partner.test"}],
        customerProfile={"team": [{"email": "also@partner.test"}, {"email": "ann@birch.test"}]},
    )

    assert [one.domain for one in domains_of(told)] == ["birch.test"]


@pytest.mark.parametrize("said", ["acme.17", "C-1009", "acme.test", "12345"])
def test_customers_number_in_somebodys_system_is_no_domain(said):
    assert domains_of(body(customerProfile={"ids": {"External": said}})) == []


@pytest.mark.parametrize(
    ("said", "domain"),
    [("Ann <ann@birch.test>", "birch.test"), ("mailto:ann@birch.test", "birch.test"),
     ("https://eu.birch.co.uk/a?b", "birch.co.uk"), ("ann@mail.birch.com", "birch.com"),
     ("", ""), ("@", ""), ("ann@", "")],
)  # fmt: skip
def test_registrable_domain_is_found(said, domain):
    assert domain_in(said) == domain
