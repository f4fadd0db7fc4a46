"""What people do with a run: approve, pause, resume, cancel, change its cap, try failures again."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.timesince import timesince
from unfold.admin import ModelAdmin

from contacts.admin.pages import go_to, person
from enrichment import services
from enrichment.admin.runs import access
from enrichment.admin.runs.forms import CapForm
from enrichment.admin.runs.page import standing, steps
from enrichment.models import Run
from integrations.money import usd


def approve(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    """Let the run spend, up to the cap that was typed."""
    form = CapForm(request.POST, run=run)
    if not form.is_valid() and run.state == Run.State.READY:
        return standing(office, request, run, form)
    cap, seen = form.cleaned_data.get("cap_usd"), form.cleaned_data.get("seen", "")
    return _told(
        office, request, run, lambda: services.launch(run, cap, seen=seen),
        f"approved with {_cap(cap)}",
    )  # fmt: skip


def cap(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    """Change the cap; who may not approve may lower it only."""
    form = CapForm(request.POST, run=run)
    if form.is_valid():
        wanted = form.cleaned_data["cap_usd"]
        if _is_raise(run, wanted) and not access.may_approve(request.user, run):
            form.add_error("cap_usd", "More may be spent only by who may approve runs.")
    if not form.is_valid():
        return standing(office, request, run, form)
    return _told(
        office, request, run, lambda: services.set_cap(run, wanted), f"given {_cap(wanted)}"
    )


def _is_raise(run: Run, wanted: Decimal | None) -> bool:
    return run.cap_usd is not None and (wanted is None or wanted > run.cap_usd)


def pause(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    return _told(office, request, run, lambda: services.pause(run), "paused")


def resume(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    return _told(office, request, run, lambda: services.resume(run), "resumed")


def cancel(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    return _told(office, request, run, lambda: services.cancel(run), "cancelled")


def estimate(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    return _told(office, request, run, lambda: services.estimate_again(run), "estimated again")


def again(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    """Make a run over the contacts that failed in this one, and go to it."""
    if not run.failed_count:
        messages.info(request, "Nothing failed in this run.")
        return go_to(run)
    new = services.retry_failed(run, person(request))
    office.log_addition(request, new, f"made of what failed in {run}")
    messages.success(request, "This run is over what failed. Look at its estimate, then approve.")
    return go_to(new)


def _told(
    office: ModelAdmin, request: HttpRequest, run: Run, act: Callable[[], None], what: str
) -> HttpResponse:
    """Do it and keep who did; or say why not, and who was there before."""
    try:
        with transaction.atomic():
            act()
            office.log_change(request, run, what)
        messages.success(request, f"The run is {what}.")
    except services.RunRefused as refused:
        messages.warning(request, f"{refused} {_before(run)}".strip())
    return go_to(run)


def _before(run: Run) -> str:
    for step in steps(run, 1):
        ago = timesince(step.action_time).split(",")[0]
        return f"The last step was by {step.user}, {ago} ago: {step.get_change_message()}."
    return ""


def _cap(amount: Decimal | None) -> str:
    return "no cap" if amount is None else f"a cap of {usd(amount)}"
