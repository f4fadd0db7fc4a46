"""Reads people's names: title, first name, last name with its particles, suffix."""

from __future__ import annotations

import re
from typing import NamedTuple


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# None of these is a usual name itself ("Judge" and "Do" are).
TITLES = _set(
    "mr mrs ms miss mx dr prof professor sir rev reverend hon capt captain sgt lt col"
    " herr frau hr fr mme mlle sr sra srta ing dott"
)
SUFFIXES = _set("jr jnr sr snr ii iii iv esq esquire phd md mba dds dmd dvm cpa rn edd pharmd")
PARTICLES = _set(
    "van von der den de del della di da do dos das du la le las los el al bin ibn ben ter ten te"
    " zu zum zur af av st"
)
LEGAL_FORMS = _set("inc incorporated corp corporation llc llp ltd limited plc gmbh sarl pty")
_ASIDE = re.compile(r"\([^)]*\)|\"[^\"]*\"|“[^”]*”")
_NO_NAME = re.compile(r"[\d@/\\<>{}\[\]_=+*#&|]")


class NoName(ValueError):
    """The text is no person's name; its words say why."""


class Name(NamedTuple):
    """A person's name; `last` is "" for a name in one word."""

    first: str
    last: str


def read_name(text: str) -> Name:
    """Return the name in "Dr. Ann B. Lee, Jr." or "Lee, Ann". Raises NoName.

    Initials in the middle are left out; particles ("van der") belong to the last name, other
    words before it to the first. A name in one case is given the usual one.
    """
    plain = " ".join(_ASIDE.sub(" ", text).replace("’", "'").split())
    if not any(char.isalpha() for char in plain):
        raise NoName("has no letters" if plain else "is empty")
    words = [part.split() for part in plain.split(",")]
    if any(_bare(word) in LEGAL_FORMS for part in words for word in part):
        raise NoName("is a firm's name")
    parts = [kept for at, part in enumerate(words) if (kept := _kept(part, is_alone=not at))]
    if _NO_NAME.search(plain) or not 1 <= len(parts) <= 2:
        raise NoName("is no person's name")
    first, last = _turned(*parts) if len(parts) == 2 else _straight(parts[0])
    given = [word for at, word in enumerate(first) if not at or len(_bare(word)) > 1]
    return Name(tidy(" ".join(given)), _tidy_last(last))


def read_last(text: str) -> str:
    """Return a last name that stands alone, without suffixes, in its usual case."""
    words = _ASIDE.sub(" ", text).replace("’", "'").replace(",", " ").split()
    return _tidy_last(_kept(words, is_alone=True))


def tidy(text: str) -> str:
    """Return a name in its usual case, if it is all in one case; else as it is."""
    if not (text.isupper() or text.islower()):
        return text
    return " ".join(_cased(word) for word in text.split())


def _tidy_last(words: list[str]) -> str:
    text = " ".join(words)
    if not (text.isupper() or text.islower()):
        return text
    particles = len(words) - _length_of_last(words)
    return " ".join([*map(str.lower, words[:particles]), *map(_cased, words[particles:])])


def _length_of_last(words: list[str]) -> int:
    """Return how many words stand behind the particles that a last name begins with."""
    at = next((at for at, word in enumerate(words) if _bare(word) not in PARTICLES), 0)
    return len(words) - at


def _straight(words: list[str]) -> tuple[list[str], list[str]]:
    """Read "Ann Marie van der Berg"."""
    at = max(1, len(words) - 1)
    while at > 1 and _bare(words[at - 1]) in PARTICLES:
        at -= 1
    return words[:at], words[at:]


def _turned(last: list[str], first: list[str]) -> tuple[list[str], list[str]]:
    """Read "Berg, Ann Marie van der"."""
    at = len(first)
    while at > 1 and _bare(first[at - 1]) in PARTICLES:
        at -= 1
    return first[:at], [*first[at:], *last]


def _kept(words: list[str], *, is_alone: bool) -> list[str]:
    """Return the words of a name without the titles before and the suffixes behind it.

    What stands alone keeps a word whatever it is; behind a comma nothing but suffixes is nothing.
    """
    found = list(words)
    while len(found) > 1 and _bare(found[0]) in TITLES:
        del found[0]
    while len(found) > is_alone and _bare(found[-1]) in SUFFIXES:
        del found[-1]
    return found


def _bare(word: str) -> str:
    return word.replace(".", "").lower()


def _cased(word: str) -> str:
    """Return "Mary-Ann", "O'Brien" and "McKay" of words in one case."""
    found = re.sub(r"[^\W\d_]+", lambda letters: letters[0].capitalize(), word)
    found = re.sub(r"'S\b", "'s", found)
    return re.sub(r"\bMc([a-z])", lambda letters: "Mc" + letters[1].upper(), found)
