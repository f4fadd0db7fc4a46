"""The page of one erasure: how far it is, then the receipt, also as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from contacts.admin.pages import go_to, show
from contacts.erasing import searching, service
from contacts.erasing.parts import Far
from contacts.models import Erasure
from contacts.spreadsheet import defused

# Beside the counts; what is done elsewhere is not ours to do at once.
STATES = {"waiting": "Waiting", "done": "Done", "failed": "Failed"}


def page(office: ModelAdmin, request: HttpRequest, erasure: Erasure) -> HttpResponse:
    """How an erasure stands."""
    return show(
        office, request, "contacts/erasing/page.html", f"Erasure {erasure.pk}", **standing(erasure)
    )


def progress(office: ModelAdmin, request: HttpRequest, erasure: Erasure) -> HttpResponse:
    """The part that changes; when the work is done the whole page comes anew."""
    state = standing(erasure)
    if not state["is_busy"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return show(office, request, "contacts/erasing/_progress.html", "", **state)


def go_on(office: ModelAdmin, request: HttpRequest, erasure: Erasure) -> HttpResponse:
    """Have one that was given up tried again."""
    try:
        service.go_on(erasure)
    except service.NotPossible as refused:
        messages.info(request, f"Nothing was started: {refused}.")
    return go_to(erasure)


def receipt(office: ModelAdmin, request: HttpRequest, erasure: Erasure) -> HttpResponse:
    """The receipt as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([defused(str(cell)) for cell in row] for row in lines(erasure))
    name = f"erasure-{erasure.pk}.csv"
    return HttpResponse(
        text.getvalue(), content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def lines(erasure: Erasure) -> list[tuple[object, ...]]:
    """Return the receipt row by row: what, and how it stands."""
    told: list[tuple[object, ...]] = [
        ("Erasure", erasure.pk),
        ("State", erasure.get_state_display()),
        ("Of", erasure.hint),
        ("Asked for by", erasure.asked_by),
        ("Done by", erasure.by_name),
        ("Asked on", _moment(erasure.created_at)),
        ("Erased on", _moment(erasure.erased_at)),
        ("Looked through once more on", _moment(erasure.finished_at)),
        ("Kept out by digests", erasure.kept_out.count()),
    ]
    told += [(f"Gone: {kind}", count) for kind, count in sorted(erasure.counts.items())]
    told += [
        (f"Elsewhere: {one.place}", f"{STATES[one.state]}: {one.words}")
        for one in service.far(erasure)
    ]
    return told + [("Stays", words) for words in erasure.kept]


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else ""


def standing(erasure: Erasure) -> dict[str, Any]:
    """Return what the page shows of an erasure."""
    is_waiting = erasure.step == Erasure.Step.AGAIN
    searched = searching.progress(erasure.position) if erasure.position else 0.0
    far: list[Far] = service.far(erasure)
    return {
        "erasure": erasure,
        "is_busy": not erasure.is_over and not is_waiting,
        "is_waiting": is_waiting and not erasure.is_over,
        "percent": int(searched * 100) if erasure.step == Erasure.Step.SEARCH else None,
        "counts": sorted(erasure.counts.items()),
        "far": [(one, STATES[one.state]) for one in far],
        "digests": erasure.kept_out.count(),
    }
