"""What this room tells pages of rooms that must not ask the other rooms themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Q

from contacts.admin.companies import add_namer
from contacts.models import Contact
from contacts.searching import newest
from dashboards.contact.sources import import_names, source_of
from dashboards.links import row
from enrichment.models import Run
from integrations.models import Account
from integrations.neighbours import Waiting, introduce

SHOWN = 20
FOUND = 200


def introduce_all() -> None:
    """Answer what `integrations.neighbours` and `contacts` ask; once, when Django starts."""
    add_namer(source_words)
    introduce(
        waiting_runs=waiting_runs,
        contacts_with=contacts_with,
        contact_names=contact_names,
        run_span=run_span,
    )


def waiting_runs(account: Account) -> list[Waiting]:
    """Return the runs that stand still until this account is mended, the newest first."""
    of_account = Q(blocked_by=f"provider:{account.provider}") | Q(
        blocked_by__startswith=f"cap:account:{account.pk}:"
    )
    runs = Run.objects.filter(of_account, state=Run.State.BLOCKED).order_by("-pk")[:SHOWN]
    return [
        Waiting(str(run), run.reason, row("enrichment.run", run.pk), "enrichment.view_run")
        for run in runs
    ]


def source_words(sources: Collection[str]) -> Mapping[str, str]:
    """Return what a company's page calls the sources of its facts."""
    imports = import_names(sources)
    return {by: source_of(by, imports).words for by in sources}


def contacts_with(number: str) -> list[int]:
    """Return the contacts that a phone number, or its beginning, finds."""
    return newest(Contact.objects.order_by(), number, 0, FOUND)


def contact_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return what a list calls these contacts; those that are gone are left out."""
    found = Contact.objects.filter(pk__in=ids).only("phone_e164", "phone_ext")
    return {contact.pk: contact.phone_display for contact in found}


def run_span(run_id: int) -> tuple[datetime, datetime | None] | None:
    """Return between when a run made its calls; no end while it is at work, None for no run."""
    run = Run.objects.filter(pk=run_id).first()
    return (run.created_at, run.finished_at) if run else None
