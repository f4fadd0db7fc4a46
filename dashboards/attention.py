"""What needs a person: everything that stands still until somebody decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse

from dashboards.links import listed, row
from dashboards.queries import Work
from dashboards.redis_state import circuit_label
from dashboards.tallies import Tally
from enrichment.troubles import in_short
from integrations.circuits import CircuitState
from integrations.models import Account
from integrations.wording import in_words


@dataclass(frozen=True, slots=True)
class Need:
    """One line: what it is, why, where to go; `permission` is that of the page it leads to."""

    text: str
    why: str
    link: str
    permission: str
    colour: str = "warning"


def needs(
    work: Iterable[Work],
    accounts: Iterable[Account],
    tally: Tally,
    circuits: Iterable[CircuitState],
) -> list[Need]:
    """Return what needs a person, the most pressing first."""
    found = [
        *_of_accounts(accounts),
        *_of_circuits(circuits),
        *_of_work(work),
        *_of_tally(tally),
    ]
    return sorted(found, key=lambda need: need.colour != "danger")


def _of_accounts(accounts: Iterable[Account]) -> Iterator[Need]:
    for account in accounts:
        if account.state != Account.State.OK:
            yield Need(
                f"{account}: {account.get_state_display().lower()}",
                account.state_reason,
                row("integrations.account", account.pk),
                "integrations.view_account",
                "danger",
            )


def _of_circuits(circuits: Iterable[CircuitState]) -> Iterator[Need]:
    for state in circuits:
        yield Need(
            f"The circuit of {circuit_label(state.key)} is {state.state}",
            state.reason or in_words(state.last_error),
            reverse("dashboards:circuits"),
            "dashboards.view_circuits",
            "danger",
        )


def _of_work(work: Iterable[Work]) -> Iterator[Need]:
    for one in work:
        if one.kind == "import":
            yield from _of_import(one)
            continue
        link = row(f"enrichment.{one.kind}", one.id)
        permission = f"enrichment.view_{one.kind}"
        if one.state == "blocked":
            why = in_short(one.blocked_by, one.reason)
            yield Need(f"{one.name} stands still", why, link, permission, "danger")
        elif one.state == "ready":
            yield Need(f"{one.name} waits for approval", "", link, permission, "info")


def _of_import(one: Work) -> Iterator[Need]:
    if one.state == "failed":
        link = row("contacts.import", one.id)
        text = f"Import of {one.name} failed"
        yield Need(text, one.reason, link, "contacts.view_import", "danger")
    if one.failed:
        rejected = reverse("admin:contacts_import_rejected", args=[one.id])
        text = f"{one.failed:,} rows of {one.name} were rejected"
        yield Need(text, "", rejected, "contacts.view_import")


def _of_tally(tally: Tally) -> Iterator[Need]:
    if held := tally.one("held"):
        yield Need(
            f"{held:,} held questions",
            "A crash has hidden whether they were answered and paid for.",
            listed("enrichment.answer", outcome__exact="unknown"),
            "enrichment.view_answer",
        )
    if dead := tally.one("dead"):
        yield Need(
            f"{dead:,} contacts were given up",
            "Replay them once the cause is mended.",
            reverse("dashboards:queues"),
            "dashboards.view_queues",
        )
