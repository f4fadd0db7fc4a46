"""Countries: their names in English and their ISO 3166-1 codes."""

from __future__ import annotations

from functools import cache

from babel import Locale

# What people write beside the names of CLDR.
_ALSO = {
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "united states of america": "US", "america": "US",
    "uk": "GB", "u.k.": "GB", "great britain": "GB", "england": "GB", "scotland": "GB",
    "wales": "GB", "northern ireland": "GB", "holland": "NL", "the netherlands": "NL",
    "czech republic": "CZ", "turkey": "TR", "south korea": "KR", "korea": "KR", "russia": "RU",
    "uae": "AE", "deutschland": "DE", "österreich": "AT", "schweiz": "CH", "suisse": "CH",
    "españa": "ES", "italia": "IT", "hong kong": "HK", "macau": "MO",
}  # fmt: skip
_NO_COUNTRY = frozenset(("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"))


@cache
def _names() -> dict[str, str]:
    territories = Locale("en").territories
    return {
        code: name for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    }  # fmt: skip


@cache
def _codes() -> dict[str, str]:
    return {name.casefold(): code for code, name in _names().items()} | _ALSO


def code_of(text: str) -> str:
    """Return the ISO code of a name or a code, "" for none that is known."""
    found = text.strip()
    if found.upper() in _names():
        return found.upper()
    return _codes().get(found.casefold(), "")


def name_of(text: str) -> str:
    """Return the English name of a name or a code, "" for none that is known."""
    return _names().get(code_of(text), "")
