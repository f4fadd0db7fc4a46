"""Texts with fields in them: read, named, and refused where nobody knows what is meant."""

import pytest

from crm_sync.mapping.texts import is_malformed, is_text, names, reader

ADA = {"first_name": "Ada", "last_name": "Lovelace", "full_name": "", "city": None, "n": 7}


@pytest.mark.parametrize(
    ("ours", "read"),
    [
        ("first_name", "Ada"),
        ("n", 7),
        ("city", None),
        ("nothing", None),
        ("{first_name} {last_name}", "Ada Lovelace"),
        ("{first_name} {city} {last_name}", "Ada Lovelace"),
        ("{last_name}, {city}", "Lovelace"),
        ("{city}, {full_name}", ""),
        ("{full_name|city|last_name}", "Lovelace"),
        ('{full_name|city|"Unknown"}', "Unknown"),
        ('"Switchboard"', "Switchboard"),
        ('""', ""),
        ("no. {n}", "no. 7"),
    ],
)
def test_text_is_read(ours, read):
    assert reader(ours)(ADA) == read
    assert not is_malformed(ours)


def test_text_names_what_it_reads():
    assert names('{a|b|"c"} and {a} {d.e}') == ["a", "b", "d.e"]
    assert names("company.name") == ["company.name"]
    assert names('"x"') == []
    assert [is_text(one) for one in ("a", "{a}", '"a"')] == [False, True, True]


@pytest.mark.parametrize("ours", ["{a", "a}", '"a', '{a|"b}', "{{a}}", '"a" b'])
def test_what_nobody_understands_is_malformed(ours):
    assert is_malformed(ours)
