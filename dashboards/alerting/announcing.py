"""Tells those outside who want to hear of it that a budget is used or a circuit has opened.

Alerts learn of both once: what raises or clears one tells it in the same transaction. So a
threshold that is changed, or a rule that is switched off, is that of the event too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from contacts import happenings
from dashboards.models import Alert

BUDGETS = ("budget_near", "budget_used")
CIRCUIT = "circuit_open"


def announce(raised: Iterable[Alert], cleared: Iterable[Alert]) -> None:
    """Tell of these alerts, in the transaction that raised or cleared them."""
    raised, cleared = list(raised), list(cleared)
    for kind, told in (
        (happenings.BUDGET_REACHED, [_budget(one) for one in raised if one.kind in BUDGETS]),
        (happenings.CIRCUIT_OPENED, [_circuit(one) for one in raised if one.kind == CIRCUIT]),
        (happenings.CIRCUIT_CLOSED, [_circuit(one) for one in cleared if one.kind == CIRCUIT]),
    ):
        if told:
            happenings.tell(kind, told)


def _budget(alert: Alert) -> tuple[str, dict[str, Any]]:
    """Return what a budget's alert says; its subject is "account:3:2026-11@500" or "run:7@20"."""
    place, _, cap = alert.subject.partition("@")
    of, _, rest = place.partition(":")
    number, _, period = rest.partition(":")
    return alert.subject, {
        "of": of,
        "id": int(number) if number.isdecimal() else None,
        "period": period,
        "cap_usd": cap,
        "percent": 100 if alert.kind == "budget_used" else 80,
        "used_percent": round(alert.value, 1),
        "words": alert.message,
    }


def _circuit(alert: Alert) -> tuple[str, dict[str, Any]]:
    provider, _, where = alert.subject.partition(":")
    return alert.subject, {
        "provider": provider,
        "is_sandbox": where == "sandbox",
        "words": alert.message,
    }
