"""How connections stand at a glance, for their cards and the top of a page: two queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_sync.connector import Allowance
from crm_sync.models import Connection, Sync
from crm_sync.referrals.client import SOURCE
from crm_sync.registry import CONNECTORS
from crm_sync.signing_in import Kind, Typed, Way, kind
from crm_sync.tokens import keeping
from integrations.secrets import SecretUnreadable

COLOURS = {"ready": "success", "needs_login": "danger", "refused": "danger"}


@dataclass(frozen=True, slots=True)
class Standing:
    """`missing` are things not typed yet; `is_known` where we have its connector."""

    row: Connection
    kind: Kind
    way: Way
    sync: Sync | None
    missing: Sequence[Typed]
    problem: str
    is_known: bool

    @property
    def is_source(self) -> bool:
        """Whether it only brings referrals."""
        return self.kind.slug == SOURCE.slug

    @property
    def colour(self) -> str:
        if not self.row.is_enabled:
            return "warning"
        return "danger" if self.problem else COLOURS.get(self.row.state, "")

    @property
    def states(self) -> list[tuple[str, str]]:
        """The labels with their colours, the one that matters most first."""
        state = (self.row.get_state_display(), COLOURS.get(self.row.state, ""))
        found = [state] if self.row.is_enabled else [("Switched off", "warning"), state]
        return [*found, ("Sandbox", "info")] if self.row.is_sandbox else found

    @property
    def words(self) -> str:
        """What to do, or that nothing is to be done."""
        row = self.row
        if self.problem:
            return self.problem
        if row.state_reason:
            return row.state_reason
        if self.missing:
            names = ", ".join(one.label.lower() for one in self.missing)
            return f"Not set yet: {names}. Type it under “What it signs in with”."
        if row.state == Connection.State.READY:
            return "Its token is set." if self.way.grant == "static" else "Signed in."
        if self.way.asks_a_person:
            return "Nobody has signed in yet: sign in."
        return "Nobody has to sign in. Test the connection: that gets its first token."

    @property
    def allowances(self) -> list[Allowance]:
        return [_allowance(one) for one in self.row.allowances if isinstance(one, dict)]


def standings(rows: Sequence[Connection]) -> list[Standing]:
    """Return how these connections stand, in their order."""
    last = Sync.objects.filter(connection__in=rows).order_by("connection_id", "-id")
    syncs = {one.connection_id: one for one in last.distinct("connection_id")}
    return [_standing(row, syncs.get(row.pk)) for row in rows]


def _standing(row: Connection, sync: Sync | None) -> Standing:
    of = kind(row.kind)
    way = of.way_or_first(row.way)
    try:
        typed, problem = keeping.typed(row), ""
    except SecretUnreadable as why:
        typed, problem = {}, str(why)
    missing = [one for one in way.typed if not one.is_optional and not typed.get(one.name)]
    return Standing(row, of, way, sync, missing, problem, row.kind in (SOURCE.slug, *CONNECTORS))


def _allowance(kept: dict[str, Any]) -> Allowance:
    at = kept.get("resets_at")
    return Allowance(
        str(kept.get("label", "")), int(kept.get("most") or 0), kept.get("left"),
        str(kept.get("per", "day")), datetime.fromisoformat(at) if at else None,
    )  # fmt: skip
