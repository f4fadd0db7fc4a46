"""Numbers as people paste them: read line by line, and every line that holds none is told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from contacts.phone import PhoneRefused, parse

# More belong into a list of their own.
MOST = 10_000
# A comma or semicolon between numbers; "ext 5" after one belongs to the number before it.
_BETWEEN = re.compile(r"[,;\t]+(?!\s*(?:ext|x\s*\d|#))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """A text that is no number; `line` counts from 1."""

    line: int
    text: str
    reason: str

    def __str__(self) -> str:
        return f"Line {self.line}, “{self.text[:40]}”: {self.reason}."


@dataclass(slots=True)
class Pasted:
    """Numbers in E.164, each once, in the order of the paste; and what could not be read."""

    numbers: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_numbers(text: str, region: str) -> Pasted:
    """Read numbers from lines, or with commas between them; blank ones are passed over."""
    pasted, seen = Pasted(), set[str]()
    for line, words in enumerate(text.splitlines(), start=1):
        for raw in filter(str.strip, _BETWEEN.split(words)):
            try:
                number = parse(raw.strip(), region).e164
            except PhoneRefused as refused:
                pasted.faults.append(Fault(line, raw.strip(), refused.reason))
                continue
            if number not in seen:
                seen.add(number)
                pasted.numbers.append(number)
    return pasted
