"""Rows to JSON and back; and what is no list of rows is refused in words."""

import pytest

from crm_sync.connector import Row
from crm_sync.mapping.rows import BadRows, fields_from_json, fields_to_json, from_json, to_json
from tests.crm_sync.mapping.acme import CONTACT_FIELDS, ROWS


def test_ar_33_a_mapping_is_data():
    assert from_json(to_json(ROWS)) == ROWS
    assert to_json(ROWS[:1]) == [
        {
            "ours": "first_name", "remote": "Given", "direction": "both", "wins": "newest",
            "transform": "", "options": {},
        }
    ]  # fmt: skip


def test_what_is_left_out_has_its_default():
    assert from_json([{"ours": " email", "remote": "Mail "}]) == (Row("email", "Mail"),)


def test_fields_come_back_as_they_were_described():
    found = fields_from_json(fields_to_json(CONTACT_FIELDS))

    assert found == {one.name: one for one in CONTACT_FIELDS}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({}, "A mapping is a list of rows."),
        (["email"], "Row 1 is no object with ours and remote."),
        ([{"ours": "email"}], "Row 1 needs ours and remote."),
        ([{"ours": "email", "remote": "Mail", "extra": 1}], "Row 1 has extra, which no row has."),
        (
            [{"ours": "email", "remote": "Mail", "direction": "up"}],
            "Row 1: the direction is both, push, pull.",
        ),
        (
            [{"ours": "email", "remote": "Mail", "wins": "me"}],
            "Row 1: who wins is newest, remote, ours, blank.",
        ),
        ([{"ours": 5, "remote": "Mail"}], "Row 1: ours is a text of at most 300 characters."),
        (
            [{"ours": "a\ud800", "remote": "Mail"}],
            "Row 1: ours is a text of at most 300 characters.",
        ),
        (
            [{"ours": "a", "remote": "M\0"}],
            "Row 1: remote is a text of at most 200 characters.",
        ),
        (
            [{"ours": "a", "remote": "M", "options": {"a": 1}}],
            "Row 1: options are texts by text.",
        ),
        ([{"ours": "a", "remote": "M", "options": None}], "Row 1: options are texts by text."),
        ([{"ours": "a", "remote": "M"}] * 501, "A mapping has at most 500 rows, not 501."),
    ],
)
def test_ar_33_another_shape_is_refused_in_words(found, words):
    with pytest.raises(BadRows) as refused:
        from_json(found)

    assert str(refused.value) == words
