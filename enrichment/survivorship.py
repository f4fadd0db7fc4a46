"""Survivorship: which of two claims about a golden field stays.

A person outranks everything. Between two claims of one source the later one stays, else the
surer one, else the later one; an empty claim never replaces a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PERSON = "person:"
FILE = "file:"
FILE_CONFIDENCE = 0.9


@dataclass(frozen=True, slots=True)
class Claim:
    """A value for a field, who says so, how sure (0..1), and when (ISO 8601, UTC).

    `source` is a lookup's slug, "file:<import id>" or "person:<user name>".
    """

    value: Any
    source: str
    sure: float
    at: str
    answer: str = ""

    @property
    def is_human(self) -> bool:
        return self.source.startswith(PERSON)

    def provenance(self) -> dict[str, Any]:
        """Return what the contact's provenance keeps for the field."""
        kept: dict[str, Any] = {"by": self.source, "at": self.at, "sure": self.sure}
        if self.answer:
            kept["answer"] = self.answer
        return kept


def current(value: Any, provenance: dict[str, Any] | None) -> Claim | None:
    """Return the claim that a contact's field stands on, None when the field is empty.

    A field that a person has emptied is that person's claim, too.
    """
    kept = provenance or {}
    if value in (None, "") and not str(kept.get("by", "")).startswith(PERSON):
        return None
    return Claim(
        value,
        kept.get("by", FILE),
        kept.get("sure", FILE_CONFIDENCE),
        kept.get("at", ""),
        kept.get("answer", ""),
    )


def survives(old: Claim | None, new: Claim) -> bool:
    """Tell whether `new` takes the place of `old`."""
    if new.value is None or new.value == "":
        return False
    if old is None:
        return True
    if old.is_human != new.is_human:
        return new.is_human
    if old.source == new.source:
        return new.at >= old.at
    return (new.sure, new.at, new.source) > (old.sure, old.at, old.source)
