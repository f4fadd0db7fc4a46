"""Reads a phone number as people and spreadsheets write it, into E.164 and an extension."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from contacts.numbering import WORLD, Found, Home, home

_SEPARATORS = dict.fromkeys(map(ord, " -.()[]\t\u00a0"))
# A tail of zeros may be Excel's decimals ("14155551234.0"), and must not become digits.
_DECIMAL_TAILS = (".0", ",0", ".00", ",00")
_SCIENTIFIC = re.compile(r"\+?(\d(?:[.,]\d*)?)[eE]\+?(\d{1,2})")
_DECIMALS = re.compile(r"(\+?\d{6,})[.,]0{1,2}")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3}){2,4}")
_FORMULA = re.compile(r'="([^"]*)"')
_SCHEME = re.compile(r"(?:tel|callto|sms|whatsapp|phone|fax):(?://)?", re.IGNORECASE)
_CONTEXT = re.compile(r"([^;]*);phone-context=(\+[\d.()-]+)(.*)", re.IGNORECASE)
_LABELS = "tel|telephone|telefon|phone|mobile|mobil|mob|cell|handy|home|work|office|direct|main|fax"
_LEADING_LABEL = re.compile(rf"\W*(?:(?:{_LABELS}|[tmpcowh])\b[\s.:]*)+(?=[+(\d])", re.IGNORECASE)
_TRAILING_LABEL = re.compile(rf"[\s,(\[-]+(?:{_LABELS})\W*", re.IGNORECASE)
_EXTENSION = re.compile(
    r"(.*\d.*?)[\s,;.(\[-]*"
    r"(?:;ext=|(?:e?xt(?:ensi[oó]n)?|extn?|durchwahl|dw|poste|interno|int|anexo|ramal|доб|x|#)"
    r"[\s.:#-]*|,+\s*)(\d{1,7})[\s)\]#]*",
    re.IGNORECASE | re.DOTALL,
)
_LETTERS = re.compile(r"[^\W\d_](?:.*[^\W\d_])?", re.DOTALL)
_SEVERAL = re.compile(r"[,;/|&\n]|\b(?:or|and|oder|und|ou|et|y|o)\b", re.IGNORECASE)
_AREA_SLASH = re.compile(r"(\D*(?:\d\D*){2,8}?)/(?=[^/]*$)")
# Words on a keypad are dialled on numbers that a company rents for it; elsewhere they are a slip.
_VANITY_TYPES = (
    PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST, PhoneNumberType.UAN,
)  # fmt: skip
_LONGEST_TEXT = 250
_TOO_FEW_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Phone:
    """`country` is an ISO code, '' when no country has the number; `is_valid` is our local verdict:
    False means that the number has a possible length, but no such number is given out."""

    e164: str
    country: str
    ext: str
    is_valid: bool


class PhoneRefused(ValueError):
    """The text isn't a phone number; `reason` says why, in words for the person who typed it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse(raw: str, region: str = "US") -> Phone:
    """Reads one number; a number without a country code belongs to `region`.

    Raises PhoneRefused when nothing can be dialled, ValueError for an unknown region. Twelve or
    more bare digits that are no number at home, but are one abroad, lost their plus sign to a
    spreadsheet and are read with it.
    """
    reader = home(region)
    found = reader.read(raw.translate(_SEPARATORS))
    if found is not None and not raw.endswith(_DECIMAL_TAILS):
        return Phone(found.e164, found.country, "", True)
    return _parse_carefully(raw, reader)


def _parse_carefully(raw: str, reader: Home) -> Phone:
    if len(raw) > _LONGEST_TEXT:
        raise PhoneRefused(f"too long: {len(raw)} characters")
    number, ext = _split_extension(_undo_spreadsheet(_tidy(raw)))
    _refuse_several(number)
    if letters := _LETTERS.search(number):
        return _read_vanity(number, letters.group(), ext, reader)
    compact = _compact(number)
    if (digits := len(compact.lstrip("+"))) <= _TOO_FEW_DIGITS:
        raise PhoneRefused(f"too short: {_counted(digits)}" if digits else "no digits")
    return _read_digits(number, compact, ext, reader)


def _read_digits(number: str, compact: str, ext: str, reader: Home) -> Phone:
    found = reader.read(compact)
    reading = None if found else _ask_library(compact, reader)
    if isinstance(reading, PhoneNumber) and phonenumbers.is_valid_number(reading):
        found = _found(reading)
    for repaired in () if found else _repairs(number, compact):
        found = found or _read_abroad(repaired, reader)
    if found is not None:
        return Phone(found.e164, found.country, ext, True)
    if isinstance(reading, PhoneNumber):
        return _keep_possible(reading, compact, ext)
    raise PhoneRefused(reading or "not a number")


def _tidy(raw: str) -> str:
    """ASCII digits, plain dashes and spaces, no marks of direction, scheme, label or apostrophe."""
    text = raw if raw.isascii() else "".join(map(_plain, raw))
    text = text.replace("\0", "").strip().lstrip("'`").strip()
    if not text:
        raise PhoneRefused("empty")
    text = _SCHEME.sub("", text, count=1) if _SCHEME.match(text) else text
    if context := _CONTEXT.fullmatch(text):
        text = context[2] + context[1] + context[3]
    text = _LEADING_LABEL.sub("", text, count=1) if _LEADING_LABEL.match(text) else text
    trailing = _TRAILING_LABEL.search(text)
    if trailing and trailing.end() == len(text) and any(map(str.isdigit, text[: trailing.start()])):
        text = text[: trailing.start()]
    return text


def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Pd" or char == "\u2212":
        return "-"
    if category == "Cf":
        return ""
    return " " if category == "Zs" else unicodedata.normalize("NFKC", char)


def _undo_spreadsheet(text: str) -> str:
    """The digits behind Excel's ="…", 14155551234.0, 14,155,551,234 and 1.4155551234E+10."""
    if formula := _FORMULA.fullmatch(text):
        text = formula[1].strip()
    if decimals := _DECIMALS.fullmatch(text):
        return decimals[1]
    if _THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    scientific = _SCIENTIFIC.fullmatch(text)
    if scientific is None or int(scientific[2]) < 6:
        return text
    mantissa, exponent = scientific[1].replace(",", "."), int(scientific[2])
    kept = len(mantissa.replace(".", ""))
    if kept != exponent + 1:
        raise PhoneRefused(
            f"digits lost: {text!r} keeps {kept} of {exponent + 1} digits; "
            "format the column as text and export it again"
        )
    return str(int(Decimal(f"{mantissa}E{exponent}")))


def _split_extension(text: str) -> tuple[str, str]:
    match = _EXTENSION.fullmatch(text)
    if match is None or len(_compact(match[1])) < 6:
        return text, ""
    return match[1], match[2]


def _compact(number: str) -> str:
    """The digits, after a plus when the number begins with one."""
    plus = "+" if number.lstrip(" ([-.").startswith("+") else ""
    return plus + re.sub(r"\D", "", number)


def _refuse_several(number: str) -> None:
    parts = [part for part in _SEVERAL.split(number) if len(re.sub(r"\D", "", part)) >= 6]
    after_slash = "/" in number and _AREA_SLASH.match(number) is None
    if len(parts) > 1 or (parts and after_slash):
        raise PhoneRefused(f"more than one number: {number.strip()[:60]!r}")


def _repairs(number: str, compact: str) -> list[str]:
    """Other readings of a number that isn't valid as it stands: known habits of writing, undone."""
    readings = [compact]
    if "(0)" in number:
        readings.append(_compact(number.replace("(0)", "", 1)))
    for exit_code in ("+00", "00", "011"):
        readings += ["+" + r[len(exit_code) :] for r in tuple(readings) if r.startswith(exit_code)]
    if number.isdigit() and len(number) >= 12:
        readings.append("+" + number)
    return readings[1:]


def _read_abroad(text: str, reader: Home) -> Found | None:
    if (found := reader.read(text)) is not None:
        return found
    reading = _ask_library(text, reader)
    if isinstance(reading, str) or not phonenumbers.is_valid_number(reading):
        return None
    return _found(reading)


def _ask_library(text: str, reader: Home) -> PhoneNumber | str:
    """The library's reading (it knows carrier codes and rewriting rules), or why it has none."""
    try:
        return phonenumbers.parse(text, reader.region)
    except phonenumbers.NumberParseException as error:
        digits = len(text.lstrip("+"))
        if error.error_type == error.TOO_LONG:
            return f"too long: {digits} digits"
        if error.error_type == error.INVALID_COUNTRY_CODE:
            return f"unknown country code: {text[:4]}"
        return f"too short: {_counted(digits)}"


def _found(parsed: PhoneNumber) -> Found:
    country = phonenumbers.region_code_for_number(parsed) or ""
    e164 = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    return Found(e164, "" if country == WORLD else country)


def _read_vanity(number: str, letters: str, ext: str, reader: Home) -> Phone:
    """1-800-FLOWERS: three letters or more, after the first digits."""
    refused = PhoneRefused(f"has letters: {letters[:40]!r}")
    if not re.fullmatch(r"[\s+().\d-]*\d[\s().-]*(?:[A-Za-z][\d\s().-]*){3,}", number):
        raise refused
    try:
        parsed = phonenumbers.parse(number, reader.region)
    except phonenumbers.NumberParseException:
        raise refused from None
    if phonenumbers.number_type(parsed) not in _VANITY_TYPES:
        raise refused
    found = _found(parsed)
    return Phone(found.e164, found.country, ext, True)


def _keep_possible(reading: PhoneNumber, compact: str, ext: str) -> Phone:
    """A number that isn't given out but has a possible length; the rest is refused."""
    possible = phonenumbers.is_possible_number_with_reason(reading)
    if possible != ValidationResult.IS_POSSIBLE:
        raise PhoneRefused(_impossible(possible, len(compact.lstrip("+"))))
    found = _found(reading)
    return Phone(found.e164, found.country, ext, False)


def _impossible(result: int, digits: int) -> str:
    if result == ValidationResult.TOO_LONG:
        return f"too long: {digits} digits"
    if result == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        return f"too short: {digits} digits, the area code is missing"
    if result == ValidationResult.TOO_SHORT:
        return f"too short: {_counted(digits)}"
    if result == ValidationResult.INVALID_COUNTRY_CODE:
        return "unknown country code"
    return f"wrong length: {digits} digits"


def _counted(digits: int) -> str:
    return f"{digits} digit" if digits == 1 else f"{digits} digits"
