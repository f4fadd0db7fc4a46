"""What the sandbox knows of any number from its digits alone: validity, country, line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from integrations.sandbox.invented import (
    LANDLINE_CARRIERS,
    MOBILE_CARRIERS,
    VOIP_CARRIERS,
    Die,
)
from integrations.sandbox.twilio.magic import MAGIC

TEST_MCC = "001"
TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})
_CANADIAN = (
    "204 226 236 249 250 289 306 343 365 367 403 416 418 431 437 438 450 474 506 514 519 548"
    " 579 581 587 604 613 639 647 672 705 709 778 780 782 807 819 825 867 873 902 905"
)
CANADIAN = frozenset(_CANADIAN.split())


@dataclass(frozen=True, slots=True)
class Number:
    """One number as the sandbox sees it; `error` is why it is not valid."""

    e164: str
    calling_code: str
    country: str
    error: str
    type: str
    carrier: str
    mnc: str

    def die(self, about: str) -> Die:
        """Return the draws of one package, whatever else is asked of the number."""
        return Die(f"{self.e164}|{about}")

    @property
    def is_mobile(self) -> bool:
        return self.type == "mobile"

    @property
    def national(self) -> str:
        digits = self.e164[1 + len(self.calling_code) :]
        if self.calling_code == "1":
            return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
        return f"0{digits[:4]} {digits[4:]}"


def read(raw: str) -> Number:
    """Return what the sandbox knows of a number; the same for ever."""
    magic = MAGIC.get(raw)
    code, country = country_of(raw)
    error = magic.invalid if magic and magic.invalid else fault_of(raw, code)
    die = Die(raw)
    kind = line_type(raw, code, die)
    if magic:
        kind = str(magic.says.get("line_type_intelligence", {}).get("type", "mobile"))
    carrier, mnc = carrier_of(kind, die)
    return Number(raw, code, country, error, kind, carrier, mnc)


def fault_of(raw: str, code: str) -> str:
    """Return why a number is not valid, in Twilio's words; "" when it is."""
    digits = raw[1:]
    if not raw.startswith("+") or not digits.isdigit():
        return "NOT_A_NUMBER"
    if not code:
        return "INVALID_COUNTRY_CODE"
    shortest, longest = (11, 11) if code == "1" else (8, 15)
    if len(digits) < shortest:
        return "TOO_SHORT"
    return "TOO_LONG" if len(digits) > longest else ""


def country_of(raw: str) -> tuple[str, str]:
    """Return calling code and ISO country; ("", "") when no country has the code."""
    if raw.startswith("+1"):
        return "1", "CA" if raw[2:5] in CANADIAN else "US"
    return _country_of_prefix(raw[1:4])


@lru_cache(maxsize=1000)
def _country_of_prefix(prefix: str) -> tuple[str, str]:
    for length in (1, 2, 3):
        code = prefix[:length]
        regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code)) if code.isdigit() else None
        if regions:
            return code, regions[0]
    return "", ""


def line_type(raw: str, code: str, die: Die) -> str:
    """Return a line type: 60 % mobile, 25 % landline, the rest mostly VoIP."""
    draw = die.below(100)
    if code == "1" and raw[2:5] in TOLL_FREE:
        return "tollFree"
    for share, kind in ((60, "mobile"), (85, "landline"), (92, "fixedVoip"), (98, "nonFixedVoip")):
        if draw < share:
            return kind
    return "unknown"


def carrier_of(kind: str, die: Die) -> tuple[str, str]:
    """Return the invented carrier and its network code; "" for types that have none."""
    if kind == "mobile":
        return die.pick(MOBILE_CARRIERS)
    if kind == "landline":
        return die.pick(LANDLINE_CARRIERS), ""
    return (die.pick(VOIP_CARRIERS), "") if kind.endswith("Voip") else ("", "")
