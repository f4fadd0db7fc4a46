"""Whole numbers in plain digits, and nothing else."""

import pytest

from contacts.numerals import whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("7", 7), ("007", 7), (str(2**63 - 1), 2**63 - 1), (str(2**63), None),
        ("1" * 20, None), ("9" * 5000, None), ("", None), ("-1", None), ("+1", None),
        (" 1", None), ("1.0", None), ("1_0", None), ("²", None), ("٣", None), ("1\0", None),
    ],
)  # fmt: skip
def test_a_whole_number_is_read_and_nothing_else(text, number):
    assert whole(text) == number


@pytest.mark.parametrize(("text", "number"), [("99", 99), ("100", None), ("0099", 99)])
def test_one_above_the_most_is_none(text, number):
    assert whole(text, most=99) == number
