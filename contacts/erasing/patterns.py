"""What a person's numbers and e-mails look like in texts, however they are written there."""

from __future__ import annotations

import re
from typing import Any

import phonenumbers

from contacts.erasing.people import Person

ERASED = "[erased]"
_BETWEEN = r"[^0-9A-Za-z]{0,3}"
_SHORTEST = 7  # digits that are no number by themselves: with their country alone they are one


class Patterns:
    """The same for PostgreSQL, which looks, and for Python, which cuts.

    PostgreSQL looks at whole rows as text and may find a little more than is cut.
    """

    def __init__(self, person: Person) -> None:
        phones = [_phone(one) for one in person.own_phones()]
        emails = person.own_emails()
        self.sql = "|".join([*phones, *(_email(one) for one in emails)])
        strict = [*phones, *(rf"(?<![\w.%+-]){_email(one)}(?![\w-]|\.\w)" for one in emails)]
        self._found = re.compile("|".join(strict), re.IGNORECASE | re.ASCII)

    def __bool__(self) -> bool:
        """False where nothing tells the person alone: then nothing is looked for."""
        return bool(self.sql)

    def is_in(self, text: str) -> bool:
        return self._found.search(text) is not None

    def cut(self, value: Any) -> Any:
        """Return a text, or JSON, without them; a text that is nothing else is ""."""
        if isinstance(value, str):
            cut = self._found.sub(ERASED, value)
            return "" if cut.strip(" +()") == ERASED else cut
        if isinstance(value, dict):
            return {self.cut(name) or ERASED: self.cut(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.cut(one) for one in value]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if is_number and self._found.fullmatch(f"{value:.0f}") else value


def _phone(e164: str) -> str:
    read = phonenumbers.parse(e164)
    national = phonenumbers.national_significant_number(read)
    country = f"(?:00|011)?{read.country_code}{_BETWEEN}"
    trunk = rf"\(?0\)?{_BETWEEN}"  # "+44 (0) 20…", "020…"
    before = rf"(?:{country}(?:{trunk})?|{trunk})?" if len(national) >= _SHORTEST else country
    return rf"(?<![0-9])[+(]{{0,2}}{before}{_BETWEEN.join(national)}(?![0-9])"


def _email(email: str) -> str:
    name, _, host = email.partition("@")
    return f"{re.escape(name)}(?:@|%40){re.escape(host)}"
