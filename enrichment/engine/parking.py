"""Parking: what waits for a provider is let go in portions once that can be asked again.

A parked item is due when the provider may have recovered. Then a few go first, as probes while its
circuit is still open; the rest follow when it is closed, no more at a time than workers can hold.
Nobody asks a dead provider with a whole queue.
"""

from __future__ import annotations

from time import monotonic

from django.db import connection

from integrations.accounts import Accounts
from integrations.circuits import Circuit, CircuitBoard
from integrations.errors import CallError, CircuitOpen
from integrations.limits import Limiter
from integrations.registry import UnknownProvider, provider

FRESH_S = 0.02
PROBES = 3
PORTION = 500


class Standing:
    """What the engine's process knows of providers: their accounts, circuits and limits."""

    def __init__(self, board: CircuitBoard, limiter: Limiter, accounts: Accounts) -> None:
        self._board = board
        self._limiter = limiter
        self._accounts = accounts
        self._seen: dict[str, CallError | None] = {}
        self._stale_at = 0.0  # monotonic

    def closed(self, slug: str, is_sandbox: bool) -> CallError | None:
        """Return why a provider cannot be asked now, None when it can be tried.

        Of a run that was approved in the other mode nothing is said here: the desk refuses it.
        What was found holds for FRESH_S: it is asked at each step of each item.
        """
        if is_sandbox != self._accounts.is_sandbox:
            return None
        now = monotonic()
        if now > self._stale_at:
            self._seen.clear()
            self._stale_at = now + FRESH_S
        if slug not in self._seen:
            self._seen[slug] = self._closed(slug)
        return self._seen[slug]

    def _closed(self, slug: str) -> CallError | None:
        try:
            view = self._accounts.view(slug)
        except CallError as why:
            return why
        label, circuit = provider(slug).label, self._circuit(slug)
        if circuit.is_open:
            return CircuitOpen(f"{label}: circuit open", retry_at=circuit.retry_at)
        return self._limiter.hearing.why_closed(view.id, label, is_sandbox=view.is_sandbox)

    def portion(self, slug: str) -> int:
        """Return how many of those who wait for a provider may try it now.

        What is wrong with its account holds nobody here: the planner skips it, or blocks the run.
        """
        try:
            circuit = self._circuit(slug)
        except UnknownProvider:
            return PORTION
        if circuit.is_open:
            return 0
        return PROBES if circuit.retry_at else PORTION

    def _circuit(self, slug: str) -> Circuit:
        of = provider(slug)
        key = f"{slug}:sandbox" if self._accounts.is_sandbox else slug
        return self._board.circuit(key, fail_max=of.circuit_fail_max, reset_s=of.circuit_reset_s)


def let_go(standing: Standing) -> int:
    """Let due items go whose provider can be asked again; return how many."""
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT parked_by FROM enrichment_runitem"
            " WHERE state = 'waiting' AND parked_by <> '' AND due_at <= now()"
        )
        for slug in sorted(slug for (slug,) in cursor.fetchall()):
            portion = standing.portion(slug)
            if not portion:
                continue
            cursor.execute(
                "UPDATE enrichment_runitem SET parked_by = '' WHERE id = ANY(ARRAY("
                "SELECT id FROM enrichment_runitem WHERE state = 'waiting' AND parked_by = %s"
                " AND due_at <= now() ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED))",
                [slug, portion],
            )
            count += cursor.rowcount
    return count
