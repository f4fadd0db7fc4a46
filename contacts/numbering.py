"""The world's numbering plans as compiled patterns: reads a clean phone number in microseconds.

libphonenumber walks its metadata for every number (50 to 100 µs in Python). Here the same metadata
is joined into one pattern per country code, in libphonenumber's own order of regions, so that a
valid number is recognised by one match. Whatever is not plainly valid is `None` here, and is left
to the library: this file may say "I don't know", it may never disagree.
"""

import re
from functools import cache
from typing import Any, NamedTuple

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS, PhoneMetadata

# In metadata the world (non-geographic numbers such as +800) is the "region" 001.
WORLD = "001"
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost",
    "voip", "personal_number", "pager", "uan", "voicemail",
)  # fmt: skip


class Found(NamedTuple):
    """A valid number: E.164 and ISO region, '' for a number of no country."""

    e164: str
    country: str


class Trunk:
    """What a region dials before a national number, and the digits that it then expects."""

    __slots__ = ("_general", "_lengths", "_prefix")

    def __init__(self, metadata: Any) -> None:
        prefix = metadata.national_prefix_for_parsing
        self._prefix = re.compile(prefix) if prefix else None
        self._general = re.compile(metadata.general_desc.national_number_pattern or r"(?!)")
        self._lengths = frozenset(metadata.general_desc.possible_length)

    def expects(self, national: str) -> bool:
        """True when the digits have a length and a pattern that the region knows."""
        return len(national) in self._lengths and self._general.fullmatch(national) is not None

    def matches(self, national: str) -> bool:
        """True when the digits fit the region's pattern, whatever their length."""
        return self._general.fullmatch(national) is not None

    def strip(self, national: str) -> str | None:
        """The national number without its trunk prefix; None when only the library can tell."""
        if self._prefix is None or (match := self._prefix.match(national)) is None:
            return national
        # A group means a carrier code or a rewriting rule (Argentina, Brazil, seven-digit Antigua).
        if match.lastindex is not None or not self.expects(national[match.end() :]):
            return None
        return national[match.end() :]


class Country:
    """All the regions that share one country code."""

    __slots__ = ("_plus", "_regions", "_trunk", "_valid")

    def __init__(self, code: int) -> None:
        regions = COUNTRY_CODE_TO_REGION_CODE[code]
        plans = [PhoneMetadata.metadata_for_region_or_calling_code(code, r) for r in regions]
        self._plus = f"+{code}"
        self._regions = tuple("" if region == WORLD else region for region in regions)
        self._trunk = Trunk(plans[0])
        self._valid = re.compile("|".join(_valid(plan, alone=len(plans) == 1) for plan in plans))

    def read(self, national: str) -> Found | None:
        """The digits after the country code."""
        stripped = self._trunk.strip(national)
        return None if stripped is None else self.recognise(stripped)

    def recognise(self, national: str) -> Found | None:
        """The digits after country code and trunk prefix."""
        match = self._valid.match(national)
        if match is None or match.lastindex is None:
            return None
        return Found(self._plus + national, self._regions[match.lastindex - 1])


def _valid(metadata: Any, *, alone: bool) -> str:
    """A pattern with one group, matched by the region's valid national numbers.

    A region with leading digits claims every number that starts so, valid or not: an invalid one
    matches without the group, and no later region is asked. That is libphonenumber's rule.
    """
    general = metadata.general_desc
    kinds = [d for kind in _KINDS if (d := getattr(metadata, kind)) and d.national_number_pattern]
    bodies = "|".join(_body(d, general.possible_length) for d in kinds) or "(?!)"
    whole = f"((?={_lengths(general.possible_length)})"
    whole += rf"(?=(?:{general.national_number_pattern})\Z)(?:{bodies})\Z)"
    if alone or metadata.leading_digits is None:
        return whole
    return f"(?={metadata.leading_digits})(?:{whole}|)"


def _body(desc: Any, inherited: tuple[int, ...]) -> str:
    pattern = f"(?:{desc.national_number_pattern})"
    if desc.possible_length and desc.possible_length != inherited:
        return f"(?={_lengths(desc.possible_length)}){pattern}"
    return pattern


def _lengths(lengths: tuple[int, ...]) -> str:
    return "(?:" + "|".join(rf"\d{{{n}}}\Z" for n in lengths) + ")" if lengths else ""


@cache
def country(code: str) -> Country | None:
    """The country of a code such as "44", or None when no country has it."""
    return Country(int(code)) if code and int(code) in COUNTRY_CODE_TO_REGION_CODE else None


def read_international(digits: str) -> Found | None:
    """The digits after a plus sign. No code is the beginning of another, so the first is right."""
    if not digits.isdigit() or digits[0] == "0":
        return None
    for length in (1, 2, 3):
        found = country(digits[:length])
        if found is not None:
            return found.read(digits[length:])
    return None


class Home:
    """A default region: reads numbers as somebody there writes them."""

    __slots__ = ("_code", "_country", "_exit", "_exit_literal", "_trunk", "region")

    def __init__(self, region: str) -> None:
        metadata = PhoneMetadata.metadata_for_region(region)
        assert metadata is not None
        national = country(str(metadata.country_code))
        assert national is not None
        self.region = region
        self._code = str(metadata.country_code)
        self._country = national
        self._trunk = Trunk(metadata)
        exit_code = metadata.international_prefix or "(?!)"
        self._exit = re.compile(exit_code)
        self._exit_literal = exit_code if exit_code.isdigit() else ""

    def read(self, text: str) -> Found | None:
        """ASCII digits, with or without a leading plus; None when they aren't plainly valid.

        Agrees with `phonenumbers.parse(text, region)` and `is_valid_number` wherever it answers.
        """
        if not text.isascii():
            return None
        if text[:1] == "+":
            return read_international(text[1:])
        if not text.isdigit():
            return None
        if self._exit.match(text) is not None:
            return self._read_exit(text)
        if text.startswith(self._code) and not self._trunk.expects(text):
            return self._read_coded(text)
        national = self._trunk.strip(text)
        return None if national is None else self._country.recognise(national)

    def _read_exit(self, text: str) -> Found | None:
        if not self._exit_literal:
            return None
        return read_international(text[len(self._exit_literal) :] or "0")

    def _read_coded(self, text: str) -> Found | None:
        """The country code without its plus, as in 14155550123."""
        national = text[len(self._code) :]
        if self._trunk.matches(text) or not self._trunk.matches(national):
            return None
        return self._country.read(national) if self._trunk.strip(national) == national else None


@cache
def home(region: str) -> Home:
    """The reader for an ISO region; ValueError when no phone number belongs to it."""
    name = region.upper()
    if name not in SUPPORTED_REGIONS:
        raise ValueError(f"unknown region {region!r}: give two letters such as US or GB")
    return Home(name)
