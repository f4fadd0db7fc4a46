"""Trying a recipe, saved or not, on the answers already bought; nothing is asked or paid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from unfold.admin import ModelAdmin

from contacts import selection
from contacts.admin.pages import person, show
from contacts.models import Import
from enrichment import rehearsals
from enrichment.admin.recipes.access import may_add, may_change
from enrichment.admin.recipes.reading import is_right, read
from enrichment.admin.recipes.rehearsing import played
from enrichment.composing import Draft
from enrichment.drafting import kept_of
from enrichment.models import Recipe, Run

OFFERED = 30  # runs, and imports
CHOSEN, IMPORT = "chosen", "import:"


class NoSuchContacts(ValueError):
    """Nobody could tell over whom to play; the message says what to do."""


def may_try(user: Any) -> bool:
    """Tell whether somebody may: it counts what contacts hold and what runs paid."""
    sees = user.has_perms(("contacts.view_contact", "enrichment.view_run"))
    return bool(sees and (may_add(user) or may_change(user)))


def attempt(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """What the recipe as it is typed would have made of some contacts, or of all."""
    if not may_try(request.user):
        raise PermissionDenied
    found = tried(request, read(request.POST))
    return show(office, request, "enrichment/recipes/_rehearsal.html", "", **found)


def offered(request: HttpRequest) -> dict[str, Any]:
    """Return what the template needs to offer a try: what the address names, runs and imports."""
    named, _ = selection.read(request.GET)
    runs = Run.objects.filter(items__isnull=False).distinct().order_by("-pk")
    imports = Import.objects.filter(state=Import.State.DONE).order_by("-pk")
    return {
        "chosen": selection.as_query(named) or request.POST.get("chosen", ""),
        "chosen_said": selection.in_words(named) if named else "",
        "runs": list(runs[:OFFERED]),
        "imports": list(imports[:OFFERED]),
        "at_once": rehearsals.AT_ONCE,
    }


def tried(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    """Return the result as the template shows it; what is wrong is said in its place."""
    if not is_right(replace(draft, name="any", cap_usd="", fresh_days="")):
        return {"refusal": "The fields have mistakes, which are said beside them; mend them first."}
    try:
        over = _contacts(request.POST)
    except NoSuchContacts as why:
        return {"refusal": str(why)}
    recipe = Recipe.objects.filter(pk=_id(request.POST.get("recipe", ""))).first()
    row = rehearsals.create(kept_of(draft), over, recipe=recipe, user=person(request))
    return played(request, row)


def _contacts(posted: QueryDict) -> selection.Selection:
    over = posted.get("over", "")
    if over == CHOSEN:
        found, notices = selection.read(QueryDict(posted.get("chosen", "")))
        if notices or not found:
            raise NoSuchContacts("That selection means nothing; choose the contacts anew.")
        return found
    if over.startswith(IMPORT):
        pk = _id(over.removeprefix(IMPORT))
        if not Import.objects.filter(pk=pk).exists():
            raise NoSuchContacts("There is no such import; choose one from the list.")
        return {"import": pk}
    if over and not Run.objects.filter(pk=_id(over)).exists():
        raise NoSuchContacts("There is no such run; choose one from the list.")
    return {"run": _id(over)} if over else {}


def _id(text: str) -> int:
    """Return an id as it was sent, 0 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
