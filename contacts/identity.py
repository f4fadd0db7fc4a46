"""Tells whether two names on one phone number plainly belong to different people."""

import re
import unicodedata

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TITLES = _set_of(
    "mr mrs ms miss mx dr prof sir madam rev hon ing dipl mag herr frau hr fr monsieur madame mme "
    "mlle sr sra srta senor senora signor signora sig sigra dott dssa dhr mevr mevrouw "
    "jr jnr snr esq phd md mba dds ii iii iv"
)
_NO_NAME = _set_of("na none null unknown unnamed anonymous test tbd nn")
# Letters that no Unicode decomposition turns into their plain form.
_FOLDED = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
    "ŧ": "t", "'": "", "’": "", "‘": "", "`": "", "´": "", "ʼ": "",
})  # fmt: skip
_MARKS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u0652]+")
_WORDS = re.compile(r"[^\W_](?:[^\W_]|[\u0900-\u0dff\u0e30-\u0e4e\u1000-\u109f])*")
_PARTICLES = _set_of(
    "van von der den de del della di da dos das du la le zu zum ter ten bin ibn al el st"
)
_SHORT_FORMS: tuple[frozenset[str], ...] = tuple(
    _set_of(line)
    for line in (
        "alexander alexandra alex sasha", "andrew andy drew", "anthony tony", "antonio toni",
        "benjamin ben", "catherine katherine kate cathy kathy katie", "charles charlie chuck",
        "christopher chris kit", "christine christina chris tina", "daniel dan danny",
        "david dave", "deborah debbie deb", "edward ed eddie ted ned", "elizabeth beth liz lisa",
        "eugene gene", "francis frank", "francisco paco", "frederick fred", "gerald jerry",
        "gregory greg", "guillermo memo", "henry harry hank", "jacob jake", "james jim jimmy",
        "jennifer jen jenny", "john jack johnny", "jonathan jon", "jose pepe", "joseph joe joey",
        "joshua josh", "lawrence larry", "margaret maggie meg peggy greta", "matthew matt",
        "michael mike mick michi", "nicholas nick klaus", "patricia pat patty trish", "peter pete",
        "rebecca becky", "richard rick dick rich", "robert bob rob bobby", "ronald ron",
        "samuel samantha sam", "stephen steven steve", "susan sue susie", "theodore ted theo",
        "thomas tom tommy", "timothy tim", "vincent vince", "william bill will billy liam",
        "johannes hans", "josef sepp", "maximilian max", "sebastian basti", "giuseppe beppe",
    )
)  # fmt: skip
_LIKELY_ONE_NAME = 90
_MOST_WORDS = 7  # all pairings are tried; longer texts are no names of one person


def are_plainly_different(a: str, b: str) -> bool:
    """True when two full names can't be one person's; in doubt False.

    Initials, short forms, missing middle names, another order and small typing errors are no
    difference. Neither is an empty name.
    """
    one, other = _words(a), _words(b)
    if not one or not other:
        return False
    shorter, longer = sorted((one, other), key=len)
    return not _fits(shorter, longer) and not _run_together(one, other)


def split_name(full: str) -> tuple[str, str]:
    """First and last name; a lone word is a first name. Particles belong to the last name."""
    family, comma, given = full.partition(",")
    if comma and _words(given) and _words(family):
        return _untitled(given), _untitled(family)
    words = _untitled(full.replace(",", " ")).split()
    if len(words) < 2:
        return " ".join(words), ""
    start = len(words) - 1
    while start > 1 and _fold(words[start - 1]) in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def _fold(text: str) -> str:
    """Lower case without accents; other scripts keep the marks that are letters there."""
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED))
    return unicodedata.normalize("NFKC", _MARKS.sub("", plain))


def _words(name: str) -> list[str]:
    words = _WORDS.findall(_fold(name).replace("n/a", " "))
    people = [word for word in words if word not in _TITLES]
    return people[:_MOST_WORDS] if any(word not in _NO_NAME for word in people) else []


def _untitled(name: str) -> str:
    words = name.split()
    kept = [w for w in words if _fold(w).strip(".,") not in _TITLES]
    return " ".join(kept or words).strip(" ,")


def _fits(shorter: list[str], longer: list[str]) -> bool:
    """True when each word of the shorter name agrees with a word of its own in the longer."""
    if not shorter:
        return True
    word, others = shorter[0], shorter[1:]
    partners = [at for at, other in enumerate(longer) if _agree(word, other)]
    partners.sort(key=lambda at: longer[at] != word)
    return any(_fits(others, longer[:at] + longer[at + 1 :]) for at in partners)


def _agree(a: str, b: str) -> bool:
    if a == b or ((len(a) == 1 or len(b) == 1) and a[0] == b[0]):
        return True
    short = min(len(a), len(b))
    if short >= 3 and (a.startswith(b) or b.startswith(a)):
        return True
    if any(a in forms and b in forms for forms in _SHORT_FORMS):
        return True
    slips = OSA.distance(a, b)
    if short >= 6:
        return slips <= 2
    return slips <= 1 and (short >= 5 or (short >= 3 and a[0] == b[0]))


def _run_together(one: list[str], other: list[str]) -> bool:
    """Mary Ann and Maryann, 李 小龙 and 李小龙: the same letters, cut elsewhere."""
    a, b = "".join(one), "".join(other)
    return len(one) != len(other) and ratio(a, b) >= _LIKELY_ONE_NAME


def name_key(name: str) -> str:
    """Return a name folded for comparison, whatever the order of its words; "" for no name."""
    return " ".join(sorted(_words(name)))
