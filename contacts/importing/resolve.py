"""Decides what a row becomes: a new contact, an update, a repeat, left out or rejected.

Pure Python over what the database knew; the same rows in the same order always end the same way,
wherever the chunks are cut. The first row of a file that speaks of a contact decides; later rows of
that file only fill what it left blank. So the same file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from contacts.identity import are_plainly_different
from contacts.importing.companies import Company, Directory
from contacts.importing.staging import Candidate, compose
from contacts.models import Import

NAMES = ("first_name", "last_name", "full_name")
COMPANY = "company"

CREATED, UPDATED, REPEATED, SKIPPED, REJECTED = (
    "created",
    "updated",
    "repeated",
    "skipped",
    "rejected",
)
KNOWN = "only new contacts were wanted, and this one is known"
UNKNOWN = "only known contacts were wanted, and nobody has this number"


@dataclass(eq=False, slots=True)
class Known:
    """A contact on a number: one in the database, or one that this chunk makes.

    `human` are the fields that a person has set, `is_met` says that an earlier row of this import
    spoke of it, `changed` holds what updates replaced (field to old value).
    """

    id: int
    values: dict[str, str]
    company: Company | None = None
    revision: int = 0
    human: frozenset[str] = frozenset()
    is_met: bool = False
    made_by: Candidate | None = None
    changed: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Outcome:
    """What became of one row; `before` holds what its update replaced."""

    candidate: Candidate
    outcome: str
    contact: Known | None = None
    reason: str = ""
    before: dict[str, Any] | None = None


@dataclass(slots=True)
class Decisions:
    """The outcome of every row of a chunk, and the contacts to write for it."""

    outcomes: list[Outcome] = field(default_factory=list)
    created: list[Known] = field(default_factory=list)
    updated: list[Known] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the import may do with a contact that is known."""

    mode: str
    overwrites_human_edits: bool = False

    @property
    def overwrites(self) -> bool:
        return self.mode in (Import.Mode.OVERWRITE, Import.Mode.UPDATE)


def resolve(
    candidates: Iterable[Candidate],
    known: dict[str, list[Known]],
    companies: Directory,
    rules: Rules,
) -> Decisions:
    """Decide rows in the order of the file; `known` (by number, oldest first) grows by the new."""
    decisions = Decisions()
    for candidate in candidates:
        if candidate.problem:
            outcome = Outcome(candidate, REJECTED, reason=candidate.problem)
        else:
            there = known.setdefault(candidate.e164, [])
            contact = match(candidate, there)
            if contact is not None:
                outcome = _meet(candidate, contact, companies, rules, decisions)
            elif rules.mode == Import.Mode.UPDATE:
                outcome = Outcome(candidate, SKIPPED, reason=UNKNOWN)
            else:
                contact = _make(candidate, companies)
                there.append(contact)
                decisions.created.append(contact)
                outcome = Outcome(candidate, CREATED, contact, candidate.remark)
        decisions.outcomes.append(outcome)
    return decisions


def match(candidate: Candidate, there: list[Known]) -> Known | None:
    """Return the contact on the number that the row speaks of, or None.

    Two names decide by themselves. Where a name is missing, two extensions that differ are two
    desks. The best is the same name, then a name at all, then the same extension, then the oldest.
    """
    best, best_rank = None, (9, 9)
    for contact in there:
        rank = _rank(candidate, contact)
        if rank is not None and rank < best_rank:
            best, best_rank = contact, rank
    return best


def _rank(candidate: Candidate, contact: Known) -> tuple[int, int] | None:
    name, other = candidate.name, contact.values.get("full_name", "")
    ext, other_ext = candidate.ext, contact.values.get("phone_ext", "")
    by_ext = 1 if ext and ext != other_ext else 0
    if name and other:
        if name == other or name.casefold() == other.casefold():
            return 0, by_ext
        same_id = candidate.values.get("external_id")
        if same_id and same_id == contact.values.get("external_id"):
            return 0, by_ext
        return None if are_plainly_different(name, other) else (1, by_ext)
    if ext and other_ext and by_ext:
        return None
    return 2 if name else 0, by_ext


def _make(candidate: Candidate, companies: Directory) -> Known:
    company = companies.find(candidate.company) if candidate.company else None
    return Known(0, candidate.values, company, is_met=True, made_by=candidate)


def _meet(
    candidate: Candidate,
    contact: Known,
    companies: Directory,
    rules: Rules,
    decisions: Decisions,
) -> Outcome:
    changes = _changes(candidate, contact, companies, rules)
    is_new_to_chunk = not contact.changed and contact.made_by is None
    contact.is_met = True
    if not changes:
        return Outcome(candidate, REPEATED, contact, candidate.remark)
    if rules.mode == Import.Mode.CREATE:
        return Outcome(candidate, SKIPPED, contact, KNOWN)
    before: dict[str, Any] = {}
    contact.values = contact.values.copy()  # a new contact's are its row's, which may come again
    for name, value in changes.items():
        if name == COMPANY:
            before[name], contact.company = contact.company, value
        else:
            before[name] = contact.values.get(name, "")
            contact.values[name] = value
    contact.changed |= before
    if is_new_to_chunk:
        decisions.updated.append(contact)
    return Outcome(candidate, UPDATED, contact, candidate.remark, before)


def _changes(
    candidate: Candidate, contact: Known, companies: Directory, rules: Rules
) -> dict[str, Any]:
    """What the row would change: blanks filled, and other values where the mode overwrites."""
    overwrites = rules.overwrites and not contact.is_met
    values, said = contact.values, candidate.values
    changes: dict[str, Any] = {}
    for name, value in said.items():
        old = values.get(name)
        if old != value and (not old or overwrites) and name not in NAMES:
            changes[name] = value
    if candidate.name and (values.get("full_name") != candidate.name or "last_name" not in values):
        changes |= _name_changes(values, said, overwrites)
    if candidate.company:
        company = companies.find(candidate.company)
        if _is_other_company(contact.company, company, overwrites):
            changes[COMPANY] = company
    if contact.human and changes and not rules.overwrites_human_edits:
        locked = contact.human.union(NAMES) if contact.human.intersection(NAMES) else contact.human
        changes = {name: value for name, value in changes.items() if name not in locked}
    return changes


def _name_changes(old: dict[str, str], said: dict[str, str], overwrites: bool) -> dict[str, str]:
    """The three name fields change together, so that they never name two people."""
    first, last = old.get("first_name", ""), old.get("last_name", "")
    was_composed = old.get("full_name", "") in ("", compose(first, last))
    if overwrites:
        new_first, new_last = said.get("first_name") or first, said.get("last_name") or last
    else:
        new_first, new_last = first or said.get("first_name", ""), last or said.get("last_name", "")
    new = {"first_name": new_first, "last_name": new_last}
    if not old.get("full_name") or (overwrites and "last_name" in said):
        new["full_name"] = said["full_name"]
    elif was_composed:
        new["full_name"] = compose(new_first, new_last)
    return {name: value for name, value in new.items() if value != old.get(name, "")}


def _is_other_company(old: Company | None, new: Company, overwrites: bool) -> bool:
    if old is None:
        return True
    if not overwrites or old is new or (old.id and old.id == new.id):
        return False
    return bool(new.named.domain) or old.named.key != new.named.key
