"""Making and changing a recipe: rearranged as often as one likes, kept when it is right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from contacts.admin.pages import go_to, show
from enrichment import keeping
from enrichment.admin.recipes.access import found, may_add, may_change, may_delete, may_view
from enrichment.admin.recipes.reading import is_right, laid_out, pressed, read
from enrichment.admin.recipes.trying import may_try, offered, tried
from enrichment.composing import Draft, differences
from enrichment.gaining import newer, with_newer
from enrichment.models import Recipe
from enrichment.recipes import starting

SAVE, TRY, GAIN = "save", "try", "gain"


def add(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """A new recipe."""
    if not may_add(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _form(office, request, None, Draft())
    return _posted(office, request, None)


def page(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """A recipe: to look at, and for those who may to change."""
    recipe = found(request, pk, may_view)
    if request.method != "POST":
        return _form(office, request, recipe, keeping.draft_of(recipe))
    if not may_change(request.user):
        raise PermissionDenied
    return _posted(office, request, recipe)


def arrange(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The fields as the pressed button leaves them; nothing is kept."""
    if not (may_add(request.user) or may_change(request.user)):
        raise PermissionDenied
    draft = pressed(request.POST, read(request.POST))
    context = laid_out(draft, is_final=False)
    return show(
        office, request, "enrichment/recipes/_composition.html", "", may_edit=True, **context
    )


def _posted(office: ModelAdmin, request: HttpRequest, recipe: Recipe | None) -> HttpResponse:
    draft = read(request.POST)
    if request.POST.get("do") == TRY and may_try(request.user):
        return _form(office, request, recipe, draft, is_final=True, **tried(request, draft))
    if request.POST.get("do") == GAIN and recipe is not None:
        gained = with_newer(recipe, draft)
        return _form(office, request, recipe, gained, is_gained=gained != draft)
    if request.POST.get("do", SAVE) != SAVE:
        return _form(office, request, recipe, pressed(request.POST, draft))
    if not is_right(draft):
        return _form(office, request, recipe, draft, is_final=True)
    try:
        kept = keeping.save(recipe, draft, seen=request.POST.get("seen", ""))
    except keeping.RecipeChanged as changed:
        assert recipe is not None
        recipe.refresh_from_db()
        said = differences(changed.now, draft)
        by = _last_by(recipe)
        return _form(office, request, recipe, draft, conflicts=said, conflict_by=by)
    log = office.log_addition if recipe is None else office.log_change
    log(request, kept, "saved")
    messages.success(request, f"“{kept}” is saved. Runs under way keep it as it was.")
    return go_to(kept)


def _form(
    office: ModelAdmin,
    request: HttpRequest,
    recipe: Recipe | None,
    draft: Draft,
    *,
    is_final: bool = False,
    **context: Any,
) -> HttpResponse:
    user = request.user
    may_attempt = may_try(user) and (may_change(user) if recipe else True)
    is_own = recipe is not None and starting(recipe) is None
    runs = recipe.runs.count() if recipe else 0
    return show(
        office, request, "enrichment/recipes/page.html", str(recipe) if recipe else "New recipe",
        **laid_out(draft, is_final=is_final), **context,
        recipe=recipe, version=keeping.version(recipe) if recipe else "", run_count=runs,
        may_edit=may_change(user) if recipe else True,
        may_try=may_attempt, **(offered(request) if may_attempt else {}),
        newer=newer(recipe, draft) if recipe and may_change(user) else [],
        may_copy=recipe is not None and may_add(user),
        may_reset=recipe is not None and not is_own and may_change(user),
        may_delete=is_own and not runs and may_delete(user),
    )  # fmt: skip


def _last_by(recipe: Recipe) -> str:
    about = ContentType.objects.get_for_model(Recipe)
    steps = LogEntry.objects.filter(content_type=about, object_id=str(recipe.pk))
    last = steps.select_related("user").order_by("-pk").first()
    return str(last.user) if last else "somebody"
