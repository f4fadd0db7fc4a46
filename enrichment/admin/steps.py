"""A step that a person takes with a run or a discovery: taken, kept with who did, and told."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from contacts.admin.pages import go_to
from enrichment.models import Discovery, Run


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
