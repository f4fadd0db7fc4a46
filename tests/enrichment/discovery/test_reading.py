"""Places as people type them, and businesses that are one under several listings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.discovery.listing import Listing, keys_of, own_domain
from enrichment.discovery.places import MOST_PLACES, PlacesRefused, read_places


def test_places_one_a_line_and_zips_side_by_side():
    found = read_places("zip\n94103, 10001\n\n Austin,  TX \n94103-1234\n02134\n")

    assert found.near == ["94103", "10001", "Austin, TX", "02134"]
    assert found.notices == ["1 line repeats another and is searched once: 94103."]


@pytest.mark.parametrize(
    "text",
    [
        "store,Zip Code,sales\n1,94103,7\n2,10001-0001,8\n\n3,94103,9\n",
        'ZIP;Town\r\n"94103";"San Francisco; CA"\r\n10001;"New York"\r\n',
        "\ufefftown\tplace\nx\t94103\ny\t10001\n",
        "\ufeffZIP\n94103\n10001\n",
    ],
)
def test_of_a_table_its_column_of_places_is_read(text):
    assert read_places(text).near == ["94103", "10001"]


def test_a_bad_place_in_a_table_is_named():
    with pytest.raises(PlacesRefused, match="There is no ZIP 00000"):
        read_places("zip,name\n94103,a\n00000,b\n")


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_and_what_was_read_reads_as_itself(text):
    try:
        near = read_places(text).near
    except PlacesRefused as refused:
        assert refused.problems
    else:
        assert read_places("\n".join(near)).near == near


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("00000", "There is no ZIP 00000."),
        ("9410", "“9410” is no ZIP: a ZIP has five digits."),
        ("K1A 0B1\n???", "“???” is no place: write a ZIP, or a town and its state."),
        ("Springfield, ZZ", "“Springfield, ZZ”: there is no state ZZ."),
        (" \n", "Write at least one ZIP or place."),
    ],
)
def test_what_is_no_place_is_refused(text, problem):
    with pytest.raises(PlacesRefused) as refused:
        read_places(text)

    assert problem in refused.value.problems


def test_ten_thousand_places_at_most():
    lines = [f"Town {n}, TX" for n in range(MOST_PLACES + 1)]

    assert len(read_places("\n".join(lines[1:])).near) == MOST_PLACES
    with pytest.raises(PlacesRefused, match="10,001 places"):
        read_places("\n".join(lines))


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.acme.test/", "acme.test"),
        ("https://www.facebook.com/acme", ""),
        ("http://m.yelp.com/biz/acme", ""),
        ("https://gmail.com/", ""),
        ("https://xn--pple-43d.test", ""),
        ("", ""),
    ],
)
def test_hosts_of_many_are_no_domain_of_one(website, domain):
    assert own_domain(website) == domain


def met(*businesses):
    """For each business the number of the one it is the same as, None for a new one."""
    listing = Listing()
    found = [listing.meet(at, keys_of(one)) for at, one in enumerate(businesses)]
    return [before.id if before else None for before in found]


def business(name="Acme", phone="", website="", postal_code="94103"):
    return {"name": name, "phone": phone, "website": website, "postal_code": postal_code}


PHONE, OTHER, SITE = "+1 415 555 0100", "+1 415 555 0101", "https://acme.test"


@pytest.mark.parametrize(
    ("one", "two", "is_same"),
    [
        (business(phone=PHONE), business("Other", phone="(415) 555-0100"), True),
        (business(website=SITE), business("Acme Inc", PHONE, SITE), True),
        (business(phone=PHONE), business("ACME, Inc."), True),
        (business(phone=PHONE), business(phone=OTHER), False),
        (business(phone=PHONE, website=SITE), business("B", OTHER, SITE), False),
        (business(), business(postal_code="94104"), False),
        (business(website=SITE), business(website="https://b.test"), False),
    ],
)
def test_one_business_by_phone_else_domain_else_name_and_place(one, two, is_same):
    assert met(one, two) == [None, 0 if is_same else None]
    assert met(two, one) == [None, 0 if is_same else None]


def test_later_listings_are_met_by_what_an_earlier_one_added():
    assert met(business(website=SITE), business("B", PHONE, SITE), business("C", PHONE)) == [
        None, 0, 0,
    ]  # fmt: skip
