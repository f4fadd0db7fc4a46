"""Deciding what is to be done about one record: the same for a sync and for a dry run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from crm_sync import agreeing
from crm_sync.connector import Problem, Value
from crm_sync.mapping.payload import hash_of
from crm_sync.mapping.same import is_blank
from crm_sync.models import Link
from crm_sync.pushing.plan import Plan

Verdict = Literal["gone", "held", "left", "invalid", "unchanged", "create", "update"]


@dataclass(frozen=True, slots=True)
class Decision:
    """`payload` is all that the mapping makes of the record, `values` what is to be written."""

    verdict: Verdict
    payload: Mapping[str, Value] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    hash: str = ""
    problem: Problem | None = None

    @property
    def is_write(self) -> bool:
        return self.verdict in ("create", "update")


def decide(plan: Plan, subject: Mapping[str, Any] | None, link: Link, why_held: str) -> Decision:
    """Return what is to be done about a record; a `subject` of None is gone, or not chosen."""
    if subject is None:
        return Decision("gone")
    if why_held:
        return Decision("held", problem=Problem(why_held))
    if link.state in (Link.State.DETACHED, Link.State.SEVERAL):
        return Decision("left", problem=Problem(link.words))
    made = plan.make(subject)
    digest = hash_of(made.values)
    if made.problems:
        return Decision("invalid", made.values, {}, digest, made.problems[0])
    values = to_write(plan, link, made.values)
    if link.state != Link.State.LINKED:
        return Decision("create", made.values, values, digest)
    return Decision("update" if values else "unchanged", made.values, values, digest)


def to_write(plan: Plan, link: Link, payload: Mapping[str, Value]) -> dict[str, Value]:
    """Return what of a payload the CRM has not, and may be given."""
    moved = agreeing.changed(link, payload, plan.same)
    return {
        name: value
        for name, value in moved.items()
        if name not in plan.fills or is_blank(agreeing.theirs(link, name))
    }
