"""What makes a message dearer by accident, and how it is spelt for less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.words import Advice, advice, segments
from outreach.words.spelling import spelt_plainly


def test_smart_punctuation_is_spelt_plainly():
    assert advice("“Hi – it’s me…”") == Advice(
        ("“", "–", "’", "…", "”"),
        "With ‘“’ “–” “’” “…” ‘”’ spelt plainly a part would hold 160 characters, not 70.",
        '"Hi - it\'s me..."',
        0,
    )


def test_the_parts_that_are_saved_are_told():
    found = advice("It’s on" + "!" * 70)

    assert (found.saved, found.cheaper) == (1, "It's on" + "!" * 70)
    assert found.words == "With “’” spelt plainly 2 parts would become 1 part."


def test_a_picture_has_no_cheaper_spelling():
    found = advice("Hi 😀" * 30)

    assert (found.characters, found.cheaper, found.saved) == (("😀",), None, 2)
    assert found.words == "Without “😀” 3 parts would become 1 part."


def test_what_cannot_be_seen_is_named():
    assert "no-break space" in advice("a\u00a0b").words
    assert "zero width space" in advice("a\u200bb").words


@pytest.mark.parametrize("text", ["", "plain", "Größe: 5 €", "ñ à é ü [~]"])
def test_what_is_as_cheap_as_it_gets_is_left_alone(text):
    assert advice(text) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [("ćevapčići", "cevapcici"), ("naïve", "naive"), ("½ off™", "1/2 off(TM)"), ("日本", "日本")],
)
def test_letters_lose_their_marks_only_where_they_cost(text, plain):
    assert spelt_plainly(text) == plain


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_advice_never_makes_a_message_dearer(text):
    found = advice(text)

    if found and found.cheaper is not None:
        assert segments(found.cheaper).encoding == "GSM-7"
        assert found.saved == segments(text).count - segments(found.cheaper).count
