"""The audit after a run: the sandbox's count against our ledger, budgets, items and contacts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

from tests.integrations.sandbox.running import Running
from tests.lab.steady import one, rows

OPEN_STATES = ("waiting", "claimed")


@dataclass(slots=True)
class Audit:
    """What was counted, and every rule that does not hold, in words."""

    figures: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def must(self, holds: bool, problem: str) -> None:
        if not holds:
            self.problems.append(problem)


def audit(sandbox: Running, run_id: int, *, in_flight_at_kills: int, is_calm: bool) -> Audit:
    """Return the audit of the only run there is; a calm one met no fault at all."""
    found = Audit()
    heard = calls(sandbox)
    _contacts(found)
    _ledger(found, heard)
    _paid_twice(found, heard, in_flight_at_kills, is_calm=is_calm)
    _money(found, run_id, heard, is_calm=is_calm)
    return found


def calls(sandbox: Running) -> list[dict[str, Any]]:
    """Return every call that the sandbox was asked."""
    lines = sandbox.http.get("/_control/calls", timeout=60.0).content.splitlines()
    return [orjson.loads(line) for line in lines]


def _contacts(found: Audit) -> None:
    states = dict(rows("SELECT status, count(*) FROM contacts_contact GROUP BY 1"))
    items = dict(rows("SELECT state, count(*) FROM enrichment_runitem GROUP BY 1"))
    found.figures |= {"contacts": states, "items": items}
    for state in ("pending", "processing"):
        found.must(not states.get(state), f"{states.get(state)} contacts are {state}")
    for state in OPEN_STATES:
        found.must(not items.get(state), f"{items.get(state)} items are {state}")
    counted = one("SELECT done_count + failed_count FROM enrichment_run")
    found.must(counted == sum(items.values()), f"the run counts {counted} items as finished")
    without = one(
        "SELECT count(*) FROM contacts_contact WHERE status = 'completed' AND line_type = ''"
        " AND phone_is_valid IS NULL"
    )
    found.must(not without, f"{without} completed contacts learned nothing")


def _ledger(found: Audit, heard: list[dict[str, Any]]) -> None:
    """Match both ledgers by request id."""
    ours = dict(rows("SELECT id::text, outcome FROM integrations_apicall"))
    told = Counter(ours.values())
    ids = {call["request_id"] for call in heard}
    answered = {call["request_id"] for call in heard if call["outcome"] == "answered"}
    missing = ids - set(ours)
    found.figures |= {"heard": len(heard), "heard_ids": len(ids), "ledger": dict(told)}
    found.must(not missing, f"{len(missing)} calls that the sandbox counted are in no ledger")
    invented = {id_ for id_, outcome in ours.items() if outcome == "answered"} - answered
    found.must(not invented, f"{len(invented)} answered calls were never counted by the sandbox")
    unheard = {id_ for id_, outcome in ours.items() if outcome == "failed"} - ids
    found.must(not unheard, f"{len(unheard)} failed calls were never counted by the sandbox")
    left = one("SELECT count(*) FROM integrations_reservation")
    found.must(not left, f"{left} reservations are left")


def _paid_twice(
    found: Audit, heard: list[dict[str, Any]], in_flight_at_kills: int, *, is_calm: bool
) -> None:
    """Count every charge for a question after its first."""
    charges = Counter(
        (call["key"], lookup) for call in heard if call["charged"] for lookup in call["lookups"]
    )
    twice = sum(charges.values()) - len(charges)
    dropped = sum(call["outcome"] == "dropped" for call in heard)
    allowed = 0 if is_calm else in_flight_at_kills + dropped
    found.figures |= {"paid_twice": twice, "paid_twice_allowed": allowed, "dropped": dropped}
    found.must(twice <= allowed, f"{twice} questions were paid twice, {allowed} are allowed")


def _money(found: Audit, run_id: int, heard: list[dict[str, Any]], *, is_calm: bool) -> None:
    spent: Decimal = one("SELECT coalesce(sum(price_usd), 0) FROM integrations_apicall")
    found.figures["spent_usd"] = str(spent)
    budgets = rows("SELECT key, spent_usd, reserved_usd FROM integrations_budget ORDER BY key")
    found.must(f"run:{run_id}" in {key for key, *_ in budgets}, "the run has no budget")
    for key, of_budget, reserved in budgets:
        found.must(of_budget == spent, f"{key} says {of_budget}, the calls {spent}")
        found.must(reserved == 0, f"{key} still has {reserved} reserved")
    if is_calm:
        from tests.lab.seeding import PRICE_USD

        charged = PRICE_USD * sum(call["charged"] for call in heard)
        found.must(spent == charged, f"the ledger says {spent}, the sandbox {charged}")
        others = one("SELECT count(*) FROM integrations_apicall WHERE outcome <> 'answered'")
        found.must(not others, f"{others} calls of a calm run were not answered")
