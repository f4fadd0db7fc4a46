"""Payloads: our values as the CRM's fields take them, or what is wrong with them."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_sync.connector import Field, Problem, Row
from crm_sync.mapping.payload import Payload, hash_of, payload
from tests.crm_sync.mapping.acme import ADA, ADA_THERE, FIELDS, ROWS


def sent(value, field, **more):
    """What becomes of one value in one field: the value, or the words of the problem."""
    found = payload([Row("x", field.name, **more)], {field.name: field}, {"x": value})
    return found.problems[0].words if found.problems else found.values[field.name]


def test_record_is_sent_as_its_rows_say():
    assert payload(ROWS, FIELDS, ADA) == Payload(ADA_THERE)


def test_ar_73_our_values_know_no_word_of_the_crm():
    renamed = [Row(row.ours, f"x_{row.remote}", row.direction, row.wins, row.transform,
                   row.options) for row in ROWS]  # fmt: skip

    found = payload(renamed, {}, ADA).values

    assert found.keys() == {f"x_{name}" for name in ADA_THERE}


def test_rows_that_only_pull_are_not_sent():
    assert payload([Row("email", "Mail", "pull")], FIELDS, ADA) == Payload({})


def test_ar_35_blank_clears_is_left_out_or_has_a_default():
    nobody = {"first_name": "", "position": None, "email": ""}
    rows = [
        Row("first_name", "Given"),
        Row("position", "Job", transform="omit"),
        Row('{email|"none@example.test"}', "Mail", "push"),
    ]

    assert payload(rows, FIELDS, nobody) == Payload({"Given": None, "Mail": "none@example.test"})


def test_ar_35_required_field_without_a_value_is_a_problem():
    found = payload([Row("last_name", "Family"), Row("email", "Mail")], FIELDS, {
        "last_name": " ", "email": "ada@example.test",
    })  # fmt: skip

    problem = Problem("Family name needs a value, and ours has none.", "Family")
    assert found == Payload({"Mail": "ada@example.test"}, (problem,))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ada@example.test", "ada@example.test"),
        (" Ada <ada@example.test> ", "ada@example.test"),
        (["ada@example.test", "b@example.test"], "ada@example.test"),
        (["", "ada@example.test"], "ada@example.test"),
        ([{"email": "ada@example.test"}], "ada@example.test"),
        ([{"value": "ada@example.test", "primary": True}], "ada@example.test"),
        ({"address": "ada@example.test"}, "ada@example.test"),
        ({}, None),
        ([], None),
        (None, None),
        ("", None),
        (5, "E-mail takes an e-mail address, not '5'."),
        (True, "E-mail takes an e-mail address, not 'True'."),
        ("nonsense", "E-mail takes an e-mail address, not 'nonsense'."),
        (["nonsense"], "E-mail takes an e-mail address, not 'nonsense'."),
        ("a@b", "E-mail takes an e-mail address, not 'a@b'."),
        ("a@example.test, b@example.test",
         "E-mail takes an e-mail address, not 'a@example.test, b@example.test'."),
    ],
)  # fmt: skip
def test_ar_36_email_is_an_address_or_a_problem(value, expected):
    assert sent(value, FIELDS["Mail"]) == expected


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["email", "value", "x"]), inner, max_size=2)
    ),
    max_leaves=6,
)


@given(anything, st.sampled_from(sorted(FIELDS)))
def test_ar_36_ar_38_no_value_breaks_a_payload(value, name):
    found = payload([Row("x", name)], FIELDS, {"x": value})

    assert len(found.values) + len(found.problems) == 1
    hash_of(found.values)


@pytest.mark.parametrize("value", ["x" * 300, "é" * 300])
def test_ar_38_long_text_is_refused_or_cut_as_the_row_says(value):
    firm = FIELDS["Firm"]

    assert sent(value, firm) == "Firm takes 50 characters, and ours has 300."
    assert sent(value, firm, transform="truncate") == value[:50]
    assert sent(value[:50], firm) == value[:50]


def test_an_address_is_never_cut():
    field = Field("Mail", "E-mail", "email", 10)

    assert sent("ada@example.test", field, transform="truncate") == (
        "E-mail takes 10 characters, and ours has 16."
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", "1"), ("Mobile", "1"), (" mobile ", "1"), ("LANDLINE", "2"),
        ("voip", "Kind of line has no value 'voip'."), (1, "1"),
    ],
)  # fmt: skip
def test_ar_38_option_is_one_of_the_set_or_a_problem(value, expected):
    assert sent(value, FIELDS["Kind"]) == expected


def test_options_of_the_row_are_asked_first():
    options = {"voip": "landline", "mobile": "2"}

    assert sent("VoIP", FIELDS["Kind"], options=options) == "2"
    assert sent("mobile", FIELDS["Kind"], options=options) == "2"
    assert sent("1", FIELDS["Kind"], options=options) == "1"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["Alpha", "b", "alpha"], ("a", "b")), ("Alpha;Beta", ("a", "b")), ("beta", ("b",)),
        ("Alpha, Beta", ("a", "b")), ([], None), (["gamma"], "Marks has no value 'gamma'."),
    ],
)  # fmt: skip
def test_several_options_each_once(value, expected):
    assert sent(value, FIELDS["Marks"]) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 11, 30, 9, 5, 1, 999, UTC), "2026-11-30T09:05:01Z"),
        (datetime(2026, 11, 30, 1, tzinfo=timezone(timedelta(hours=2))), "2026-11-29T23:00:00Z"),
        (date(2026, 11, 30), "2026-11-30T00:00:00Z"),
        ("2026-11-30T09:05:00+01:00", "2026-11-30T08:05:00Z"),
        ("soon", "Since takes a date and time, not 'soon'."),
        (5, "Since takes a date and time, not '5'."),
    ],
)
def test_ar_38_moments_are_iso_8601_in_utc(value, expected):
    assert sent(value, FIELDS["Since"]) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 11, 30, 23, tzinfo=timezone(timedelta(hours=-2))), "2026-12-01"),
        (date(2026, 11, 30), "2026-11-30"),
        ("2026-11-30", "2026-11-30"),
        ("30.11.2026", "Day of consent takes a day such as 2026-11-30, not '30.11.2026'."),
    ],
)
def test_ar_38_days_are_iso_8601(value, expected):
    assert sent(value, FIELDS["Day"]) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (10, 10), (10.0, 10), ("10", 10), (Decimal("10.50"), 10.5), ("-1e3", -1000),
        (True, "Score takes a number, not yes or no."), ("ten", "Score takes a number, not 'ten'."),
        (float("nan"), "Score takes a number, and not so large a one."),
        (10**30, "Score takes a number, and not so large a one."),
    ],
)  # fmt: skip
def test_ar_38_numbers_are_numbers(value, expected):
    assert sent(value, FIELDS["Score"]) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), ("yes", True), ("N", False),
     ("perhaps", "Ported takes yes or no, not 'perhaps'.")],
)  # fmt: skip
def test_yes_and_no(value, expected):
    assert sent(value, FIELDS["Ported"]) == expected


def test_ar_34_field_that_the_crm_does_not_have_is_never_ignored():
    found = payload([Row("email", "Mial")], FIELDS, ADA)

    assert found == Payload({}, (Problem("The CRM has no field Mial any more.", "Mial"),))


def test_xr_65_hash_is_the_same_in_any_order_and_any_process():
    values = {"b": ("x", "y"), "a": None, "c": 1.5, "d": True}

    assert hash_of(values) == hash_of(dict(reversed(values.items())))
    assert hash_of(values) == hash_of({**values, "b": ["x", "y"]})
    assert hash_of(values) == "3e6caa157c22bc67b2113189ad37cc34"
    assert hash_of({**values, "a": ""}) != hash_of(values)
