"""What people do with a discovery: approve, pause, resume, cancel, change its cap, look again."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from contacts.admin.pages import go_to, person
from enrichment.admin.discoveries import access
from enrichment.admin.discoveries.forms import CapForm
from enrichment.admin.discoveries.page import standing
from enrichment.discovery import service
from enrichment.models import Discovery
from enrichment.wording import usd


def approve(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    """Let the discovery spend, up to the cap that was typed."""
    form = CapForm(request.POST, row=row)
    if not form.is_valid() and row.state == Discovery.State.READY:
        return standing(office, request, row, form)
    cap, seen = form.cleaned_data.get("cap_usd"), form.cleaned_data.get("seen", "")
    return _told(
        office, request, row, lambda: service.approve(row, cap, seen=seen),
        f"approved with {_cap(cap)}",
    )  # fmt: skip


def cap(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    """Change the cap; who may not approve may lower it only."""
    form = CapForm(request.POST, row=row)
    if form.is_valid():
        wanted = form.cleaned_data["cap_usd"]
        if _is_raise(row, wanted) and not access.may_approve(request.user, row):
            form.add_error("cap_usd", "More may be spent only by who may approve discoveries.")
    if not form.is_valid():
        return standing(office, request, row, form)
    return _told(
        office, request, row, lambda: service.set_cap(row, wanted), f"given {_cap(wanted)}"
    )


def _is_raise(row: Discovery, wanted: Decimal | None) -> bool:
    return row.cap_usd is not None and (wanted is None or wanted > row.cap_usd)


def pause(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    return _told(office, request, row, lambda: service.pause(row), "paused")


def resume(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    return _told(office, request, row, lambda: service.resume(row), "resumed")


def cancel(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    return _told(office, request, row, lambda: service.cancel(row), "cancelled")


def estimate(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    return _told(office, request, row, lambda: service.estimate_again(row), "estimated again")


def again(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    """Make the same discovery once more, and go to it."""
    try:
        new = service.again(row, person(request))
    except service.DiscoveryRefused as refused:
        messages.warning(request, str(refused))
        return go_to(row)
    office.log_addition(request, new, f"made like discovery {row.pk}")
    messages.success(request, "This is the same once more. Look at its estimate, then approve.")
    return go_to(new)


def _told(
    office: ModelAdmin, request: HttpRequest, row: Discovery, act: Callable[[], None], what: str
) -> HttpResponse:
    """Do it and keep who did; or say why not."""
    try:
        with transaction.atomic():
            act()
            office.log_change(request, row, what)
        messages.success(request, f"The discovery is {what}.")
    except service.DiscoveryRefused as refused:
        messages.warning(request, str(refused))
    return go_to(row)


def _cap(amount: Decimal | None) -> str:
    return "no cap" if amount is None else f"a cap of {usd(amount)}"
