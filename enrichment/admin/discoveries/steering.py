"""What people do with a discovery: approve, pause, resume, cancel, change its cap, look again."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from contacts.admin.pages import go_to, person
from enrichment.admin import caps, steps
from enrichment.admin.discoveries import access
from enrichment.admin.discoveries.forms import cap_form
from enrichment.admin.discoveries.page import standing
from enrichment.discovery import service
from enrichment.models import Discovery


def approve(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    """Let the discovery spend, up to the cap that was typed."""
    form = cap_form(row, request.POST)
    if not form.is_valid() and row.state == Discovery.State.READY:
        return standing(office, request, row, form)
    cap, seen = form.cleaned_data.get("cap_usd"), form.cleaned_data.get("seen", "")
    return _take(
        office, request, row, lambda: service.approve(row, cap, seen=seen),
        f"approved with {caps.in_words(cap)}",
    )  # fmt: skip


def cap(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    """Change the cap; who may not approve may lower it only."""
    form = cap_form(row, request.POST, may_raise=access.may_approve(request.user, row))
    if not form.is_valid():
        return standing(office, request, row, form)
    wanted = form.cleaned_data["cap_usd"]
    return _take(
        office, request, row, lambda: service.set_cap(row, wanted), f"given {caps.in_words(wanted)}"
    )


def pause(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    return _take(office, request, row, lambda: service.pause(row), "paused")


def resume(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    return _take(office, request, row, lambda: service.resume(row), "resumed")


def cancel(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    return _take(office, request, row, lambda: service.cancel(row), "cancelled")


def estimate(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    return _take(office, request, row, lambda: service.estimate_again(row), "estimated again")


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


def _take(
    office: ModelAdmin, request: HttpRequest, row: Discovery, act: Callable[[], None], what: str
) -> HttpResponse:
    return steps.take(office, request, row, act, what, refusal=service.DiscoveryRefused)
