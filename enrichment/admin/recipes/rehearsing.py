"""The page of a rehearsal: how far it is, what it came to, and what is known applied."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from contacts.admin.pages import found, person, show
from contacts.selection import in_words
from enrichment import rehearsals
from enrichment.admin import links
from enrichment.models import Rehearsal

ROWS = Rehearsal.objects.select_related("recipe", "created_by")


def page(office: ModelAdmin, request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    """What a recipe would have made of a selection, or what was applied."""
    row = found(ROWS, rehearsal_id)
    title = f"{'Applied' if row.applies else 'Tried'}: {row}"
    return show(
        office, request, "enrichment/recipes/rehearsal.html", title, **played(request, row),
        over=in_words(row.selection), listed=links.contacts_of(request.user, row.selection),
        is_page=True,
    )  # fmt: skip


def live(office: ModelAdmin, request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    """How far it is; a fragment."""
    context = played(request, found(ROWS, rehearsal_id))
    return show(office, request, "enrichment/recipes/_rehearsal.html", "", **context)


def cancel(office: ModelAdmin, request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    row = found(ROWS, rehearsal_id)
    if rehearsals.cancel(row):
        messages.success(request, "It is stopped." + (
            " What was applied until then stays." if row.applies else ""
        ))  # fmt: skip
    return to(row)


def apply(office: ModelAdmin, request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    """Write what bought answers say to the contacts; nobody is asked."""
    row = found(ROWS, rehearsal_id)
    try:
        return to(rehearsals.apply_known(row, person(request)))
    except rehearsals.NothingToApply as why:
        messages.warning(request, str(why))
        return to(row)


def to(row: Rehearsal) -> HttpResponse:
    return redirect(address("page", row))


def address(name: str, row: Rehearsal) -> str:
    return reverse(f"admin:enrichment_rehearsal_{name}", args=[row.pk])


def may_apply(user: Any) -> bool:
    """Tell whether somebody may write what is known to contacts."""
    return bool(user.has_perms(("enrichment.add_run", "contacts.change_contact")))


def played(request: HttpRequest, row: Rehearsal) -> dict[str, Any]:
    """Return what the template shows of a rehearsal."""
    never_bought = rehearsals.never_bought_of(row)
    is_done = row.state == Rehearsal.State.DONE
    return {
        "rehearsal": row,
        "refusal": row.result.get("refusal", ""),
        "changes": rehearsals.changes_of(row).items(),
        "saved_usd": row.result.get("saved_usd", "0"),
        "never_bought": never_bought.items(),
        "never_bought_usd": sum(usd for _, usd in never_bought.values()),
        "share": row.played_count / row.total_count if row.total_count else None,
        "urls": {name: address(name, row) for name in ("page", "live", "cancel", "apply")},
        "may_apply": is_done and not row.applies and row.total_count and may_apply(request.user),
    }
