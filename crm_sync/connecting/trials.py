"""“Test this connection”: signs in, reads the limits, and asks what would have to be mended.

It goes the way of every sync, and costs nothing but a few calls. What it finds is acted on: a
connection that was refused is asked again, and what the CRM tells of its limits is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.contrib.auth.models import User
from django.db.models.functions import Now
from django.utils import timezone

from crm_sync.api import CrmApi
from crm_sync.connecting.asking import own_gate
from crm_sync.connecting.setting_up import note
from crm_sync.connector import Allowance, Connector, Field, Problem
from crm_sync.mapping.service import describe
from crm_sync.models import Connection
from crm_sync.referrals.client import SOURCE, page
from crm_sync.registry import CONNECTORS
from crm_sync.signing_in import kind
from crm_sync.signing_in.answers import LoginNeeded
from crm_sync.tokens import keeping, reach_of
from crm_sync.tokens.renewing import renewer
from integrations.errors import (
    AccountUnusable,
    CallError,
    CircuitOpen,
    ContractBroken,
    CredentialRejected,
    NotEntitled,
    OutcomeUnknown,
    ServerFailed,
    Throttled,
    Unreachable,
)
from integrations.findings import CONNECTIONS, Finding
from integrations.gate import Gate
from integrations.lanes import Lane

WHOLE_S = 40.0
WORKS = "The connection works"
TITLES: dict[type[CallError], tuple[str, str]] = {
    AccountUnusable: ("It cannot be asked yet", "Mend what is said below on this page."),
    LoginNeeded: ("Somebody has to sign in", "Do what is said below, then test again."),
    CredentialRejected: ("The sign-in is refused", "Do what is said below, then test again."),
    NotEntitled: (
        "A right is missing",
        "The sign-in is right, but its user may not do this: have the right added in the CRM.",
    ),
    Throttled: ("The CRM asks us to slow down", "The sign-in is right. Wait a moment."),
    ServerFailed: ("The CRM is failing", "It is on its side: look at its status page."),
    CircuitOpen: ("The CRM fails again and again", "Wait a minute, then test again."),
    ContractBroken: (
        "The answer has a shape that we do not know",
        "Something else than the CRM may have answered: check the address.",
    ),
}


@dataclass(slots=True)
class Seen:
    """What a trial saw of the CRM; None of limits that were not asked for."""

    allowances: Sequence[Allowance] | None = None
    fields: dict[str, Sequence[Field]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def run_trial(row: Connection, user: User, connector: Connector | None = None) -> Finding:
    """Ask the CRM and return what was found; takes WHOLE_S at the most.

    `connector` is that of the registry, unless one is given.
    """
    _resume(row)
    connector = connector or CONNECTORS.get(row.kind)
    seen, error = Seen(), None
    try:
        asyncio.run(_look(row, connector, seen))
    except CallError as why:
        error = why
    if seen.allowances is not None:
        keep_allowances(row, seen.allowances)
    for obj, told in seen.fields.items():
        describe(row, obj, told)
    finding = _found(row, connector, seen, error)
    note(row, user, f"Connection tested: {finding.title.lower()}")
    row.refresh_from_db()
    return finding


def keep_allowances(row: Connection, allowances: Sequence[Allowance]) -> None:
    """Keep the limits that the CRM has told."""
    kept = [
        {**asdict(one), "resets_at": one.resets_at.isoformat() if one.resets_at else None}
        for one in allowances
    ]
    Connection.objects.filter(pk=row.pk).update(allowances=kept, allowances_at=Now())


def _resume(row: Connection) -> None:
    is_typed = kind(row.kind).way_or_first(row.way).grant == "static"
    keeping.resume(row.pk, Connection.State.READY if is_typed else Connection.State.NEW)


async def _look(row: Connection, connector: Connector | None, seen: Seen) -> None:
    gate, lane = own_gate(), Lane(f"trial-{row.pk}")
    try:
        async with asyncio.timeout(WHOLE_S):
            await _ask(row, connector, seen, gate, lane)
    except TimeoutError:
        raise OutcomeUnknown(f"no answer in {WHOLE_S:g} s", code="slow") from None
    except (KeyError, TypeError, ValueError, AttributeError, LookupError) as mistake:
        raise ContractBroken(f"{type(mistake).__name__} reading the answer") from mistake
    finally:
        await gate.aclose()
        await asyncio.to_thread(lane.close)


async def _ask(
    row: Connection, connector: Connector | None, seen: Seen, gate: Gate, lane: Lane
) -> None:
    if row.kind == SOURCE.slug:
        api = CrmApi(gate, await reach_of(row.pk, gate, lane))
        await page(api, timezone.now())
        return
    if connector is None:
        if kind(row.kind).way_or_first(row.way).grant == "static":
            raise AccountUnusable(f"This Switchboard has no connector for {row.kind}.")
        await renewer(row.pk, gate, lane).token()
        return
    api = CrmApi(gate, await reach_of(row.pk, gate, lane, connector=connector))
    seen.allowances = await connector.allowances(api)
    for obj in row.objects_on or connector.objects:
        seen.fields[obj] = await connector.describe(api, obj)
        found = await connector.check(api, obj)
        seen.problems += [replace(one, object=one.object or obj) for one in found]


def _found(
    row: Connection, connector: Connector | None, seen: Seen, error: CallError | None
) -> Finding:
    extras: tuple[str, ...] = ()
    if row.is_sandbox:
        extras = ("This was the sandbox, not the CRM: it says nothing about a real sign-in.",)
    if error is not None:
        title, advice = _why(error)
        return Finding("danger", title, advice, str(error), extras=extras)
    if row.kind == SOURCE.slug:
        return Finding("success", WORKS, "", "Referrals can be read.", extras=extras)
    if connector is None:
        said = f"A token was given. This Switchboard has no connector for {row.kind}."
        return Finding("warning", "The sign-in works", "", said, extras=extras)
    said = ". ".join(f"{obj.capitalize()}: {len(told)} fields" for obj, told in seen.fields.items())
    if seen.problems:
        words = tuple(_in_words(one) for one in seen.problems)
        advice = "The sign-in works. Before anything can be synced, mend this in the CRM:"
        return Finding("warning", "Something has to be mended", advice, said, extras=words + extras)
    return Finding("success", WORKS, "", f"{said}.", extras=extras)


def _in_words(problem: Problem) -> str:
    place = ", ".join(filter(None, (problem.object, problem.field)))
    return f"{place}: {problem.words}" if place else problem.words


def _why(error: CallError) -> tuple[str, str]:
    if isinstance(error, Unreachable | OutcomeUnknown):
        title, advice = CONNECTIONS[error.code if error.code in CONNECTIONS else "cut"]
        words = title, advice.format(host="The CRM")
        return words[0].replace("provider", "CRM"), words[1].replace("provider", "CRM")
    known: Any = next((words for of, words in TITLES.items() if isinstance(error, of)), None)
    return known or ("The test failed", "Read what was said, and try again.")
