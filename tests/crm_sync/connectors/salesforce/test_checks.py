"""What has to be mended before anything is written, and what Salesforce tells of itself."""

from __future__ import annotations

import pytest

from crm_sync.connector import COMPANY, CONTACT, Allowance, Field
from crm_sync.connectors.salesforce import KEY_FIELD, SALESFORCE


def problems(org, obj=CONTACT):
    return org.run(lambda api: SALESFORCE.check(api, obj))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (None, "has no field"),
        ({"unique": False}, "as unique"),
        ({"externalId": False}, "as External ID"),
        ({"updateable": False}, "read-only"),
        ({"length": 18}, "36 characters"),
        ({"type": "double", "length": 0}, "36 characters"),
    ],
)
def test_ar_37_a_key_field_that_does_not_serve_is_told(org, change, words):
    org.control(fields={"Contact": {KEY_FIELD: change}})
    (found,) = problems(org)

    assert words in found.words
    assert (found.field, found.object) == (KEY_FIELD, CONTACT)
    assert problems(org, COMPANY) == []


def test_two_records_with_one_key_are_named(org):
    org.control(fields={"Contact": {KEY_FIELD: {"unique": False}}})
    for name in ("One", "Two"):
        org.control(create=["Contact", {"LastName": name, KEY_FIELD: "the-key"}])
    org.control(create=["Contact", {"LastName": "Three", KEY_FIELD: "another"}])
    _, repeated = problems(org)

    assert repeated.words.startswith("2 Contact records have the key the-key:")


def test_rights_that_are_missing_are_told_together(org):
    org.control(rights={"Contact": {"createable": False, "updateable": False}})
    (found,) = problems(org)

    assert found.words.startswith("The user that signed in may not create or edit Contact records.")


@pytest.mark.parametrize(
    ("skew_s", "words"), [(3600, "60 minutes behind"), (-900, "15 minutes ahead")]
)
def test_a_clock_that_is_off_is_told(org, skew_s, words):
    org.control(skew_s=skew_s)
    (found,) = problems(org)

    assert words in found.words


def test_a_clock_that_is_off_by_seconds_is_none(org):
    org.control(skew_s=60)

    assert problems(org) == []


def test_describes_fields_in_our_words(org):
    found = {each.name: each for each in org.run(lambda api: SALESFORCE.describe(api, CONTACT))}

    assert found["LastName"] == Field("LastName", "Last Name", length=80, is_required=True)
    assert found["Email"] == Field("Email", "Email", "email", 80)
    assert found[KEY_FIELD] == Field(KEY_FIELD, "Switchboard Id", length=36, is_key=True)
    assert found["Name"].is_readonly
    assert not found["DoNotCall"].is_required
    assert found["Level__c"].options == {x: x for x in ("Primary", "Secondary", "Tertiary")}


def test_tells_what_is_left_of_the_day(org):
    org.control(limits={"daily": 100_000})
    found = org.run(SALESFORCE.allowances)

    assert found == [
        Allowance("API requests", 100_000, 99_999, "24 hours"),
        Allowance("batches of the Bulk API", 15_000, 15_000, "24 hours"),
    ]


def test_tells_by_the_header_where_the_limits_are_not_shown(org):
    org.control(hides_limits=True)
    found = org.run(SALESFORCE.allowances)

    assert found == [Allowance("API requests", 15_000, 14_999, "24 hours")]
