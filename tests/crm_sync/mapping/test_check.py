"""What is wrong with a mapping is found before anything is sent."""

import ast
from pathlib import Path

import pytest

from crm_sync.connector import COMPANY, CONTACT, LEAD, Field, Problem, Row
from crm_sync.mapping import check as checking
from crm_sync.mapping.check import check, of_rows, uncovered, warnings
from crm_sync.mapping.ours import catalogue
from tests.crm_sync.mapping.acme import COMPANY_FIELDS, FIELDS, ROWS

FAMILY = Row("last_name", "Family")


def words(*rows, fields=FIELDS, key="OurKey", obj=CONTACT, **more):
    return [one.words for one in check([FAMILY, *rows], fields, key, obj=obj, **more)]


def test_good_mapping_has_nothing_to_mend():
    assert check(ROWS, FIELDS, "OurKey") == []
    fields = {one.name: one for one in COMPANY_FIELDS}
    rows = [Row("name", "Name"), Row("annual_revenue_usd", "Revenue")]
    assert check(rows, fields, "OurKey", obj=COMPANY) == []
    assert check(ROWS, {}, "OurKey") == []  # the CRM has not described anything yet


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Row("email", "Mial"), "The CRM has no field Mial."),
        (Row("first_name", "Owner"),
         "Owner can only be read: take it from the CRM only."),
        (Row("", "Given"), "Choose a field of ours, or write a text."),
        (Row("email", ""), "Choose a field of the CRM."),
        (Row("frist_name", "Given"), "We have no field frist_name."),
        (Row("{first_name} {lats_name}", "Given", "push"), "We have no field lats_name."),
        (Row("{first_name", "Given", "push"),
         "In {first_name a brace or a quote stands alone."),
        (Row("{first_name}", "Given"), "A text goes to the CRM only: set its direction so."),
        (Row("first_name", "Given", transform="sparkle"), "There is no transform sparkle."),
        (Row("line_type", "Note"),
         "Line type is not written by a CRM: let it go to the CRM only."),
        (Row("full_name", "Given", transform="first_word"),
         "“first word” cannot be read back: let it go to the CRM only."),
        (Row("line_type", "Kind", "push", options={"voip": "VoIP"}),
         "Kind of line has no value VoIP."),
        (Row("first_name", "Score"), "Score takes a number, and ours is text."),
        (Row("first_name", "Since"), "Since takes a date and time, and ours is text."),
        (Row("quality_score", "Ported", "push"), "Ported takes yes or no, and ours is a number."),
        (Row("phone_e164", "Mail", "push"),
         "E-mail takes an e-mail address, and ours is a phone number."),
        (Row("first_name", "OurKey", "push"), "Our key holds our key: send it nothing else."),
    ],
)  # fmt: skip
def test_ar_34_ar_37_what_is_wrong_with_a_row_is_told(row, expected):
    assert words(row) == [expected]


def test_two_rows_to_one_field_are_told_with_both():
    rows = [FAMILY, Row("email", "Note", "push"), Row("city", "Note", "push")]

    found = of_rows(rows, FIELDS, CONTACT)

    assert [(one.row, one.problem.words) for one in found] == [
        (1, "Two rows send to Note: keep one."), (2, "Two rows send to Note: keep one."),
    ]  # fmt: skip
    assert words(Row("email", "Note", "push"), Row("city", "Note", "pull")) == []


def test_two_rows_that_write_one_field_of_ours_are_told():
    rows = [FAMILY, Row("name.last", "Note")]

    found = {one.words for one in check(rows, FIELDS, "OurKey")}

    assert found == {"Two rows write this field of ours: let one of them only send."}


def test_ar_35_required_field_without_a_source_is_told():
    family = Problem("Family name is required in the CRM, and no row sends it a value.",
                     "Family", CONTACT)  # fmt: skip

    assert check([], FIELDS, "OurKey") == [family]
    assert check([Row("last_name", "Family", "pull")], FIELDS, "OurKey") == [family]
    assert uncovered([], FIELDS) == [FIELDS["Family"]]
    assert uncovered([], {"K": Field("K", "K", is_required=True)}, "K") == []


def test_key_field_is_there_and_unique():
    shared = {**FIELDS, "OurKey": Field("OurKey", "Our key")}
    gone = {name: one for name, one in FIELDS.items() if name != "OurKey"}

    assert words(fields=shared) == ["Our key holds our key, so it has to be unique in the CRM."]
    assert words(fields=shared, must_be_unique=False) == []
    assert words(fields=gone) == [
        "The CRM has no field OurKey, which is to hold our key: make it there first."
    ]
    assert words(fields=gone, key="") == []


def test_key_field_is_found_by_its_label_where_the_crm_names_it():
    named = {"4f6a": Field("4f6a", "Our key"), "Family": FIELDS["Family"]}

    assert words(fields=named, key="Our key", must_be_unique=False) == []


def test_ar_37_field_that_vanished_is_told():
    gone = {name: one for name, one in FIELDS.items() if name != "Given"}

    assert check(ROWS, gone, "OurKey") == [Problem("The CRM has no field Given.", "Given", CONTACT)]


def test_value_that_may_be_too_long_is_a_warning_only():
    row = Row("position", "Job", "push")

    assert words(row) == []
    assert [one.problem.words for one in warnings([row], FIELDS)] == [
        "Ours may have 150 characters, Job title takes 20: longer values are refused unless they "
        "are cut."
    ]
    assert warnings([Row("position", "Job", "push", transform="truncate")], FIELDS) == []


def test_our_value_without_one_of_theirs_is_a_warning():
    fields = {"Kind": Field("Kind", "Kind", "option", options={"1": "Low", "2": "high"})}

    found = warnings([Row("sms_pumping_risk_level", "Kind", "push")], fields)

    assert [one.problem.words for one in found] == [
        "Kind has no value for medium: such records are refused."
    ]


@pytest.mark.parametrize("obj", [CONTACT, COMPANY, LEAD])
def test_every_field_of_ours_can_be_sent_somewhere(obj):
    kinds = {one.type: one for one in FIELDS.values()}
    for one in catalogue(obj).values():
        target = kinds.get(one.type if one.type not in ("money", "url") else "text", FIELDS["Note"])
        row = Row(one.name, target.name, "push")
        assert of_rows([row], FIELDS, obj) == [], one


def test_ar_65_no_name_of_a_crm_stands_in_the_mapping():
    for path in Path(checking.__file__).parent.glob("*.py"):
        texts = {
            node.value.lower()
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        for vendor in ("hubspot", "salesforce", "dynamics", "pipedrive", "hnt_", "hs_"):
            assert not any(vendor in one for one in texts), (path.name, vendor)
