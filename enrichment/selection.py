"""Selections: which contacts a run is about, as filters that are kept with the run."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from contacts.models import Contact, ImportRow
from enrichment.models import Run
from enrichment.models.recipe import RecipeField

KNOWN = {"import", "ids", "status", "country", "company"}


class SelectionRefused(ValueError):
    """A selection names a filter that does not exist."""


def contacts(selection: dict[str, Any]) -> QuerySet[Contact]:
    """Return the contacts that meet every filter; no filter selects all.

    Filters: `import` (id), `ids` (list), `status`, `country` (ISO 3166-1 alpha-2), `company` (id).
    """
    if unknown := set(selection) - KNOWN:
        raise SelectionRefused(f"unknown filter: {', '.join(sorted(unknown))}")
    found: QuerySet[Contact] = Contact.objects.order_by()
    if "import" in selection:
        rows = ImportRow.objects.filter(source_id=selection["import"], contact_id=OuterRef("pk"))
        found = found.filter(Exists(rows))
    if "ids" in selection:
        found = found.filter(pk__in=selection["ids"])
    if "status" in selection:
        found = found.filter(status=selection["status"])
    if "country" in selection:
        found = found.filter(phone_country=selection["country"])
    if "company" in selection:
        found = found.filter(company_id=selection["company"])
    return found


def of_run(run: Run) -> QuerySet[Contact]:
    """Return the contacts of a run: its selection, narrowed by its mode."""
    found = contacts(run.selection)
    if run.mode == Run.Mode.ONLY_FAILED:
        return found.filter(status=Contact.Status.FAILED)
    if run.mode == Run.Mode.ONLY_EMPTY:
        names = RecipeField.objects.filter(recipe=run.recipe_id).values_list("field", flat=True)
        is_empty = Q()
        for name in names:
            is_empty |= _is_empty(name)
        return found.filter(is_empty)
    return found


def _is_empty(name: str) -> Q:
    field = Contact._meta.get_field(name)
    return Q(**{f"{name}__isnull": True}) if field.null else Q(**{name: ""})
