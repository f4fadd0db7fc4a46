"""Parts of a message, counted against a reference that cuts the text character by character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.words import Segments, segments
from outreach.words.segments import GSM_7

TABLE = "^{}\\[~]|€\f"
ALPHABET = "".join(sorted(GSM_7))


def packed(text: str) -> list[str]:
    """Put as much into each part as it holds, never half a character."""
    is_gsm = all(char in ALPHABET for char in text)

    def size(part: str) -> int:
        if is_gsm:
            return len(part) + sum(char in TABLE for char in part)
        return len(part.encode("utf-16-le")) // 2

    if size(text) <= (160 if is_gsm else 70):
        return [text] if text else []
    parts = [""]
    for char in text:
        if size(parts[-1] + char) > (153 if is_gsm else 67):
            parts.append("")
        parts[-1] += char
    return parts


@given(st.one_of(
    st.text(alphabet=ALPHABET, max_size=700),
    st.text(alphabet="ab€[😀é’", max_size=700),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300),
))  # fmt: skip
def test_as_many_parts_as_the_reference_cuts(text):
    assert segments(text).count == len(packed(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 0, 0, 160)),
        ("a" * 160, Segments("GSM-7", 160, 1, 160)),
        ("a" * 161, Segments("GSM-7", 161, 2, 153)),
        ("a" * 306, Segments("GSM-7", 306, 2, 153)),
        ("a" * 307, Segments("GSM-7", 307, 3, 153)),
        ("€" * 80, Segments("GSM-7", 160, 1, 160)),
        ("€" * 81, Segments("GSM-7", 162, 2, 153)),
        ("a" * 159 + "€", Segments("GSM-7", 161, 2, 153)),
        # 152 of 153 are used: the escape and its character go together into the next part.
        ("a" * 152 + "€" + "a" * 152, Segments("GSM-7", 306, 3, 153)),
        ("’" * 70, Segments("UCS-2", 70, 1, 70)),
        ("’" * 71, Segments("UCS-2", 71, 2, 67)),
        ("😀" * 35, Segments("UCS-2", 70, 1, 70)),
        ("😀" * 36, Segments("UCS-2", 72, 2, 67)),
        ("’" * 66 + "😀" + "’" * 66, Segments("UCS-2", 134, 3, 67)),
    ],
)
def test_the_edges(text, expected):
    assert segments(text) == expected


def test_the_default_alphabet_has_its_127_characters_and_ten_more():
    assert len(GSM_7) == 127 + 10
    assert segments(ALPHABET).units == 127 + 2 * 10


@pytest.mark.parametrize("char", ["`", "’", "ç", "\t", "Á", "ё", "\u00a0", "\x1b"])
def test_what_looks_plain_and_is_not_makes_it_ucs_2(char):
    assert segments("a" * 70 + char) == Segments("UCS-2", 71, 2, 67)
