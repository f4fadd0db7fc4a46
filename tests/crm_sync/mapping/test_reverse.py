"""The way back: a CRM's values as our fields hold them."""

import pytest

from crm_sync.connector import COMPANY, CONTACT, Field, Problem, Row
from crm_sync.mapping.reverse import Reversed, reverse
from tests.crm_sync.mapping.acme import ADA_THERE, FIELDS, ROWS


def test_ar_39_record_comes_back_into_the_fields_that_may_be_written():
    assert reverse(CONTACT, ROWS, FIELDS, ADA_THERE) == Reversed({
        "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.test",
        "position": "Analyst", "country": "US",
    })  # fmt: skip


def test_record_made_by_a_pull_takes_what_it_is_known_by():
    found = reverse(CONTACT, ROWS, FIELDS, {"Tel": "+14155550100"}, is_new=True)

    assert found == Reversed({"phone_e164": "+14155550100"})


def test_fields_that_were_not_told_are_not_touched():
    assert reverse(CONTACT, ROWS, FIELDS, {"Given": None}) == Reversed({"first_name": ""})


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("1", "mobile"), ("Mobile", "mobile"), ("2", "landline"), (2, "landline")],
)
def test_options_come_back_as_our_values(theirs, ours):
    rows = [Row("seniority", "Kind", options={"mobile": "1", "landline": "Landline"})]

    assert reverse(CONTACT, rows, FIELDS, {"Kind": theirs}).values == {"seniority": ours}


def test_options_without_a_word_of_ours_come_back_as_their_labels():
    rows = [Row("seniority", "Kind"), Row("department", "Marks")]

    found = reverse(CONTACT, rows, FIELDS, {"Kind": "2", "Marks": ["b", "a"]})

    assert found.values == {"seniority": "Landline", "department": "Beta, Alpha"}


@pytest.mark.parametrize("blank", [None, "", "  ", []])
def test_none_and_blank_are_one(blank):
    fields = {"Revenue": Field("Revenue", "Revenue", "money"), "Name": Field("Name", "Name")}
    rows = [Row("annual_revenue_usd", "Revenue"), Row("name", "Name")]

    found = reverse(COMPANY, rows, fields, {"Revenue": blank, "Name": blank})

    assert found.values == {"annual_revenue_usd": None, "name": ""}


@pytest.mark.parametrize(
    ("ours", "remote", "theirs", "words"),
    [
        ("first_name", "Given", "x" * 101,
         "Our field First name takes 100 characters, and theirs has 101."),
        ("email", "Mail", "nobody", "Our field E-mail takes an e-mail address, not 'nobody'."),
    ],
)  # fmt: skip
def test_what_ours_cannot_hold_is_told_and_not_taken(ours, remote, theirs, words):
    found = reverse(CONTACT, [Row(ours, remote)], FIELDS, {remote: theirs})

    assert found == Reversed({}, (Problem(words, remote),))


def test_numbers_are_whole_and_not_below_zero():
    fields = {"R": Field("R", "Revenue", "money")}
    rows = [Row("annual_revenue_usd", "R")]

    assert reverse(COMPANY, rows, fields, {"R": "1234.56"}).values == {"annual_revenue_usd": 1235}
    assert reverse(COMPANY, rows, fields, {"R": -1}).problems == (
        Problem("Our field Revenue, US dollars a year takes no number below zero.", "R"),
    )


@pytest.mark.parametrize(
    "row",
    [
        Row("first_name", "Given", "push"),
        Row("{first_name} x", "Given"),
        Row("line_type", "Given"),
        Row("company.name", "Given"),
        Row("nonsense", "Given"),
        Row("full_name", "Given", transform="first_word"),
    ],
)
def test_what_goes_one_way_does_not_come_back(row):
    assert reverse(CONTACT, [row], FIELDS, {"Given": "Ada"}) == Reversed({})
