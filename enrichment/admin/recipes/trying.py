"""Trying a recipe, saved or not, on the answers already bought; nothing is asked, paid or kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from contacts.admin.pages import show
from contacts.models import Contact
from contacts.selection import contacts
from enrichment.admin.recipes.access import may_add, may_change
from enrichment.admin.recipes.reading import is_right, read
from enrichment.composing import Draft
from enrichment.drafting import kept_of
from enrichment.models import Run
from enrichment.rehearsing import MOST_CONTACTS, rehearse

RUNS_OFFERED = 30


def may_try(user: Any) -> bool:
    """Tell whether somebody may: it counts what contacts hold and what runs paid."""
    sees = user.has_perms(("contacts.view_contact", "enrichment.view_run"))
    return bool(sees and (may_add(user) or may_change(user)))


def attempt(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """What the recipe as it is typed would have made of a run's contacts, or of all."""
    if not may_try(request.user):
        raise PermissionDenied
    found = tried(read(request.POST), request.POST.get("over", ""))
    return show(office, request, "enrichment/recipes/_rehearsal.html", "", **found)


def offered() -> dict[str, Any]:
    """Return what the template needs to offer a try: the latest runs."""
    runs = Run.objects.filter(items__isnull=False).distinct().order_by("-pk")
    return {"runs": list(runs[:RUNS_OFFERED]), "most_contacts": MOST_CONTACTS}


def tried(draft: Draft, over: str) -> dict[str, Any]:
    """Return the result as the template shows it; what is wrong is said in its place."""
    if not is_right(replace(draft, name="any", cap_usd="", fresh_days="")):
        return {"refusal": "The fields have mistakes, which are said beside them; mend them first."}
    run = None
    if over:
        is_id = over.isascii() and over.isdecimal() and len(over) < 19
        run = Run.objects.filter(pk=int(over)).first() if is_id else None
        if run is None:
            return {"refusal": "There is no such run; choose one from the list."}
    rows = Contact.objects.filter(run_items__run=run) if run else contacts({})
    found = rehearse(kept_of(draft), rows, run)
    return {"rehearsal": found, "over_run": run}
