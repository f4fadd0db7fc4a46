"""What a number and an e-mail look like in texts, and what only resembles them."""

import pytest

from contacts.erasing.patterns import Patterns
from contacts.erasing.people import Person

ANN = Patterns(Person(phones=("+14155550142", "+442079460142"), emails=("ann@acme.test",)))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("call (415) 555-0142 now", "call [erased] now"),
        ("415.555.0142", ""),
        ("+1 415 555 0142", ""),
        ("0014155550142", ""),
        ("x=1-415-555-0142;y", "x=[erased];y"),
        ("%2B14155550142", "%2B[erased]"),
        ("020 7946 0142", ""),
        ("+44 (0) 20 7946 0142", ""),
        ("<ANN@Acme.test>", "<[erased]>"),
        ("to=ann%40acme.test&b", "to=[erased]&b"),
        ("Mail:\nann@acme.test.", "Mail:\n[erased]."),
    ],
)
def test_however_it_is_written_it_is_cut(said, left):
    assert ANN.cut(said) == left


@pytest.mark.parametrize(
    "said",
    [
        "94155550142",
        "41555501425",
        "415 555 0143",
        "joann@acme.test",
        "ann@acme.testing",
        "ann@acme.test.example",
        "",
    ],
)
def test_what_only_resembles_it_stays(said):
    assert ANN.cut(said) == said


def test_json_is_cut_in_depth():
    said = {"ann@acme.test": [14155550142, 7, True, None, {"n": "tel:+14155550142"}], "b": 1.5}

    assert ANN.cut(said) == {
        "[erased]": [None, 7, True, None, {"n": "tel:[erased]"}], "b": 1.5,
    }  # fmt: skip


def test_what_somebody_else_has_is_not_looked_for():
    shared = Person(phones=("+14155550142",), shared_phones=("+14155550142",))

    assert not Patterns(shared)
