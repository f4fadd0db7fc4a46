"""What runs add to selections: the contacts of a run, and a run's own, narrowed by its mode."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from contacts.filters import SUGGESTED, Choices, Filter, numbered, read_id
from contacts.models import Contact
from contacts.selection import SelectionRefused, contacts
from enrichment import golden
from enrichment.models import Run, RunItem
from enrichment.recipes import snapshot

__all__ = ["FILTERS", "SelectionRefused", "contacts", "of_run"]

_LOST = (RunItem.State.FAILED, RunItem.State.DEAD)


def of_run(run: Run) -> QuerySet[Contact]:
    """Return the contacts of a run: its selection, narrowed by its mode."""
    found = contacts(run.selection)
    if run.mode == Run.Mode.ONLY_FAILED:
        return found.filter(status=Contact.Status.FAILED)
    if run.mode == Run.Mode.ONLY_EMPTY:
        is_empty = Q()
        for name, *_ in (run.plan or snapshot(run.recipe))["wanted"]:
            is_empty |= _is_empty(name)
        return found.filter(is_empty)
    return found


def _is_empty(name: str) -> Q:
    path, field = name.replace(".", "__"), golden.FIELDS[name]
    is_blank = Q(**{f"{path}__isnull": True})
    if golden.is_of_company(name):
        is_blank |= Q(company__isnull=True)
    return is_blank if field.null else is_blank | Q(**{path: ""})


def _in_run(pk: int) -> Exists:
    return Exists(RunItem.objects.filter(run_id=pk, contact_id=OuterRef("pk")))


def _failed_in(pk: int) -> Exists:
    return Exists(RunItem.objects.filter(run_id=pk, contact_id=OuterRef("pk"), state__in=_LOST))


def _name(pk: int) -> str:
    return str(Run.objects.filter(pk=pk).first() or f"run {pk}, which is gone")


def _runs(typed: str) -> Choices:
    found = Run.objects.filter(name__icontains=typed)[:SUGGESTED]
    return [(str(run.pk), numbered(str(run), run.pk)) for run in found]


FILTERS = (
    Filter("run", "Run", read_id, _in_run, lambda pk: f"in {_name(pk)}",
           suggest=_runs, permission="enrichment.view_run"),
    Filter("failed_in", "Failed in run", read_id, _failed_in, lambda pk: f"failed in {_name(pk)}"),
)  # fmt: skip
