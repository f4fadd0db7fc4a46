"""Transforms, out and back."""

import pytest

from crm_sync.mapping.fitting import Unfit
from crm_sync.mapping.transforms import TRANSFORMS, steps


@pytest.mark.parametrize(
    ("names", "ours", "theirs"),
    [
        ("lower", "Ada", "ada"),
        ("upper", ["a", "b"], ["A", "B"]),
        ("title", "ada  LOVELACE", "Ada  Lovelace"),
        ("first_word", "Ada King Lovelace", "Ada"),
        ("last_word", "Ada King Lovelace", "Lovelace"),
        ("first_word", "   ", ""),
        ("digits", "+1 (415) 555-0100", "14155550100"),
        ("digits", "٣4", "4"),
        ("e164", "(415) 555-0100", "+14155550100"),
        ("national", "+14155550100", "(415) 555-0100"),
        ("international", "+14155550100", "+1 415-555-0100"),
        ("country_code", "Germany", "DE"),
        ("country_code", "usa", "US"),
        ("country_code", "de", "DE"),
        ("country_name", "GB", "United Kingdom"),
        ("yes_no", True, "Yes"),
        ("split", "a, b,,c", ["a", "b", "c"]),
        ("join", ["a", "b"], "a, b"),
        ("join_semicolon", ["a", "b"], "a;b"),
        ("last_word upper", "Ada Lovelace", "LOVELACE"),
        ("lower", "", ""),
        ("lower", None, None),
    ],
)
def test_out(names, ours, theirs):
    assert steps(names).out(ours) == theirs


@pytest.mark.parametrize(
    ("names", "theirs", "was", "ours"),
    [
        ("upper", "GRACE", "Ada", "GRACE"),
        ("national", "(415) 555-0199", "+14155550100", "+14155550199"),
        ("national", "020 7946 0100", "+442079460000", "+442079460100"),
        ("international", "+44 20 7946 0100", None, "+442079460100"),
        ("country_code", "DE", "", "Germany"),
        ("country_name", "Germany", "", "DE"),
        ("yes_no", "No", True, False),
        ("join", "a, b", None, ["a", "b"]),
        ("split", ["a", "b"], None, "a, b"),
        ("upper national", "(415) 555-0199", None, "+14155550199"),
    ],
)
def test_back(names, theirs, was, ours):
    assert steps(names).back(theirs, was) == ours


@pytest.mark.parametrize(
    ("name", "value"), [("e164", "call me"), ("country_code", "Atlantis"), ("yes_no", "perhaps")]
)
def test_what_cannot_be_is_told(name, value):
    with pytest.raises(Unfit):
        steps(name).out(value)


def test_steps_know_what_they_do_not_know():
    found = steps("lower sparkle truncate omit")

    assert (found.unknown, found.cuts, found.omits) == (("sparkle",), True, True)
    assert steps("first_word lower").one_way == (TRANSFORMS["first_word"],)


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
def test_each_says_what_it_does(name):
    one = TRANSFORMS[name]

    assert one.name == name
    assert one.label and one.help
