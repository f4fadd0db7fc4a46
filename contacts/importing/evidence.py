"""What the values of a column look like: phone numbers, addresses of mail, dates, ids."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from contacts.phone import PhoneRefused, parse

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_DOMAIN = re.compile(r"(?:https?://)?(?:www\.)?(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|20\d{6}"
)
_POSTAL = re.compile(
    r"\d{4,6}(?:-\d{3,4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d"
)
_COUNTING_STEP = 20


@dataclass(frozen=True, slots=True)
class Evidence:
    """Shares (0..1) of a column's non-empty values; `filled` is the share of rows with a value."""

    filled: float = 0.0
    phones: float = 0.0
    emails: float = 0.0
    domains: float = 0.0
    dates: float = 0.0
    postal_codes: float = 0.0
    is_counter: bool = False

    @property
    def may_be_phones(self) -> bool:
        """True when the values read as numbers and aren't ids, dates or postcodes."""
        other = max(self.dates, self.postal_codes, self.emails)
        return self.phones >= 0.5 and self.phones > other and not self.is_counter


def weigh(values: Sequence[str], region: str) -> Evidence:
    """The evidence of a column's sampled cells."""
    cells = [value.strip() for value in values]
    texts = [cell for cell in cells if cell]
    if not texts:
        return Evidence()
    return Evidence(
        filled=len(texts) / len(cells),
        phones=_share(texts, lambda text: _is_phone(text, region)),
        emails=_share(texts, lambda text: _EMAIL.fullmatch(text) is not None),
        domains=_share(texts, lambda text: _DOMAIN.fullmatch(text) is not None),
        dates=_share(texts, lambda text: _DATE.fullmatch(text) is not None),
        postal_codes=_share(texts, lambda text: _POSTAL.fullmatch(text) is not None),
        is_counter=_counts(texts),
    )


def _share(texts: list[str], is_one: Callable[[str], bool]) -> float:
    return sum(map(is_one, texts)) / len(texts)


def _is_phone(text: str, region: str) -> bool:
    try:
        return parse(text, region).is_valid
    except PhoneRefused:
        return False


def _counts(texts: list[str]) -> bool:
    """True for the ids of a database: bare numbers that grow in small steps, row by row."""
    if len(texts) < 3 or not all(text.isascii() and text.isdigit() for text in texts):
        return False
    numbers = [int(text) for text in texts]
    steps = [later - earlier for earlier, later in pairwise(numbers)]
    return all(0 < step <= _COUNTING_STEP for step in steps)
