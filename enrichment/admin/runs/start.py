"""Starting a run: over whom, by which recipe, how; then it is estimated."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from contacts import selection
from contacts.admin.pages import go_to, person, show
from contacts.models import Contact
from enrichment import recipes, rehearsals, services
from enrichment import selection as of_runs
from enrichment.admin import links
from enrichment.admin.recipes.rehearsing import to
from enrichment.admin.recipes.trying import may_try
from enrichment.admin.runs.access import may_add
from enrichment.admin.runs.forms import StartForm
from enrichment.models import Recipe, Rehearsal, Run
from enrichment.recipes import PHONE

TRY = "try"


def add(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Choose, then have it estimated; nothing is asked and nothing is paid yet."""
    if not may_add(request.user):
        raise PermissionDenied
    named, notices = selection.read(request.GET)
    for notice in notices:
        messages.warning(request, notice)
    form = StartForm(request.POST or None, named=named, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == TRY and may_try(request.user):
            return to(_rehearsed(request, form))
        return go_to(_draft(office, request, form))
    return show(
        office, request, "enrichment/runs/start.html", "New run", form=form,
        is_changed=bool(notices), listed=links.contacts_of(request.user, named) if named else "",
        has_contacts=Contact.objects.exists(), import_url=links.import_page(request.user),
        has_recipes=Recipe.objects.filter(is_archived=False).exists(),
        query=request.GET.urlencode(), may_try=may_try(request.user),
    )  # fmt: skip


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What the address proposes besides a selection; else the recipe that costs least to try."""
    chosen: dict[str, Any] = {}
    if request.GET.get("mode") in Run.Mode.values:
        chosen["mode"] = request.GET["mode"]
    usable = Recipe.objects.filter(is_archived=False)
    asked = usable.filter(slug=_plain(request, "recipe")).first()
    recipe = asked or usable.filter(slug=PHONE.slug).first()
    return chosen | ({"recipe": recipe.pk} if recipe else {})


def _plain(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "")


def _draft(office: ModelAdmin, request: HttpRequest, form: StartForm) -> Run:
    chosen = form.cleaned_data
    user = person(request)
    run, is_new = services.create_run_once(
        form.key(user), chosen["recipe"], form.selection, mode=chosen["mode"], user=user,
        name=chosen["name"] or _name(chosen["recipe"], form.selection),
    )  # fmt: skip
    if is_new:
        office.log_addition(request, run, f"made over {selection.in_words(form.selection)}")
    return run


def _rehearsed(request: HttpRequest, form: StartForm) -> Rehearsal:
    """Play the recipe over the same contacts on the answers already bought."""
    chosen = form.cleaned_data
    return rehearsals.create(
        recipes.snapshot(chosen["recipe"]), form.selection, recipe=chosen["recipe"],
        mode=chosen["mode"], user=person(request),
    )  # fmt: skip


def _name(recipe: Recipe, chosen: selection.Selection) -> str:
    return f"{recipe.name}: {selection.in_words(chosen)}"[:200]


def count(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """How many contacts what is chosen so far comes to."""
    if not may_add(request.user):
        raise PermissionDenied
    named, _ = selection.read(request.GET)
    form = StartForm(request.POST, named=named)
    context: dict[str, Any] = {}
    if form.is_valid():
        recipe, chosen = form.cleaned_data["recipe"], form.selection
        run = Run(recipe=recipe, selection=chosen, mode=form.cleaned_data["mode"])
        run.plan = recipes.snapshot(recipe)
        context = {
            "count": of_runs.of_run(run).count(),
            "said": selection.in_words(chosen),
            "listed": links.contacts_of(request.user, chosen),
        }
    return show(office, request, "enrichment/runs/_count.html", "", **context)
