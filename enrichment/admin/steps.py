"""The steps that people take with a run or a discovery: taken, kept with who did, and told."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from contacts.admin.pages import go_to
from enrichment.models import Discovery, Run

SHOWN = 10


def take(
    office: ModelAdmin,
    request: HttpRequest,
    row: Run | Discovery,
    act: Callable[[], None],
    what: str,
    *,
    refusal: type[ValueError],
    why_not: Callable[[ValueError], str] = str,
) -> HttpResponse:
    """Act and keep who did and `what`, or tell `why_not`; go to the row's page.

    Only a `refusal` is told; nothing is kept of what was refused.
    """
    try:
        with transaction.atomic():
            act()
            office.log_change(request, row, what)
        messages.success(request, f"The {row._meta.verbose_name} is {what}.")
    except refusal as refused:
        messages.warning(request, why_not(refused))
    return go_to(row)


def taken(row: Run | Discovery, limit: int = SHOWN) -> list[LogEntry]:
    """Return the last `limit` steps with the row, the newest first, each with its `user`."""
    about = ContentType.objects.get_for_model(row)
    rows = LogEntry.objects.filter(content_type=about, object_id=str(row.pk))
    return list(rows.select_related("user").order_by("-pk")[:limit])
