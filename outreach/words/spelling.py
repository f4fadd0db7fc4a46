"""Cheaper spellings: what turns a message into UCS-2 by accident, and what says the same for less.

Word processors put in smart quotes and dashes, and one of them more than halves what a part holds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from outreach.words.segments import GSM_7, Segments, segments

_SPELT: Mapping[str, str] = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'", "“": '"', "”": '"',
    "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"', "‹": "'", "›": "'", "–": "-", "—": "-",
    "‐": "-", "‑": "-", "‒": "-", "―": "-", "−": "-", "…": "...", "•": "-", "·": "-", "\t": " ",
    "™": "(TM)", "®": "(R)", "©": "(C)", "½": "1/2", "¼": "1/4", "¾": "3/4", "×": "x",
    "\u2028": "\n", "\u2029": "\n", "œ": "oe", "Œ": "OE",
}  # fmt: skip
# Emoji and their companions: skin tones and joiners are nothing by themselves.
_COMPANIONS = ("\u200d", "\ufe0e", "\ufe0f")


@dataclass(frozen=True, slots=True)
class Advice:
    """Characters that make a message dearer, and the text with them spelt otherwise.

    `cheaper` is None where no other spelling says the same; `saved` is in parts.
    """

    characters: tuple[str, ...]
    words: str
    cheaper: str | None
    saved: int


def advice(text: str) -> Advice | None:
    """Return what would make the text cheaper; None where it is as cheap as it gets."""
    now = segments(text)
    if now.encoding == "GSM-7":
        return None
    odd = tuple(dict.fromkeys(char for char in text if char not in GSM_7))
    respelt = spelt_plainly(text)
    left = tuple(dict.fromkeys(char for char in respelt if char not in GSM_7))
    then = segments("".join(char for char in respelt if char in GSM_7))
    gain = f"{_told(now)} would become {_told(then)}"
    if then.count >= now.count:
        gain = f"a part would hold {then.per_segment} characters, not {now.per_segment}"
    if left:
        words = f"Without {_listed(left)} {gain}."
        return Advice(odd, words, None, now.count - then.count)
    words = f"With {_listed(odd)} spelt plainly {gain}."
    return Advice(odd, words, respelt, now.count - then.count)


def _listed(characters: tuple[str, ...]) -> str:
    shown = " ".join(map(named, characters[:5]))
    return f"{shown} and {len(characters) - 5} more" if characters[5:] else shown


def spelt_plainly(text: str) -> str:
    """Return the text in the default alphabet as far as that says the same."""
    return "".join(char if char in GSM_7 else _plain(char) for char in text)


def _plain(char: str) -> str:
    if char in _SPELT:
        return _SPELT[char]
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    if category == "Cf" and char not in _COMPANIONS:
        return ""
    bare = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return bare if bare and GSM_7.issuperset(bare) else char


def named(char: str) -> str:
    """Return a character so that a person finds it: "’", or its name where it can't be seen."""
    if unicodedata.category(char)[0] in "ZC":
        return unicodedata.name(char, f"character {ord(char):X}").lower()
    return f"“{char}”" if char not in "“”" else f"‘{char}’"


def _told(found: Segments) -> str:
    return f"{found.count} part" if found.count == 1 else f"{found.count} parts"
