"""What people do with a run: approve, pause, resume, cancel, change its cap, try failures again."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.timesince import timesince
from unfold.admin import ModelAdmin

from contacts.admin.pages import go_to, person
from enrichment import services
from enrichment.admin import caps, steps
from enrichment.admin.runs import access
from enrichment.admin.runs.forms import cap_form
from enrichment.admin.runs.page import standing
from enrichment.models import Run

AS_ESTIMATED = "the estimate's most as its cap"


def approve(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    """Let the run spend, up to the cap that was typed."""
    form = cap_form(run, request.POST)
    if not form.is_valid() and run.state == Run.State.READY:
        return standing(office, request, run, form)
    cap, seen = form.cleaned_data.get("cap_usd"), form.cleaned_data.get("seen", "")
    return _take(
        office, request, run, lambda: services.launch(run, cap, seen=seen),
        f"approved with {caps.in_words(cap, AS_ESTIMATED)}",
    )  # fmt: skip


def cap(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    """Change the cap; who may not approve may lower it only."""
    form = cap_form(run, request.POST, may_raise=access.may_approve(request.user, run))
    if not form.is_valid():
        return standing(office, request, run, form)
    wanted = form.cleaned_data["cap_usd"]
    return _take(
        office, request, run, lambda: services.set_cap(run, wanted),
        f"given {caps.in_words(wanted, AS_ESTIMATED)}",
    )  # fmt: skip


def pause(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    return _take(office, request, run, lambda: services.pause(run), "paused")


def resume(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    return _take(office, request, run, lambda: services.resume(run), "resumed")


def cancel(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    return _take(office, request, run, lambda: services.cancel(run), "cancelled")


def estimate(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    return _take(office, request, run, lambda: services.estimate_again(run), "estimated again")


def again(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    """Make a run over the contacts that failed in this one, and go to it."""
    if not run.failed_count:
        messages.info(request, "Nothing failed in this run.")
        return go_to(run)
    new = services.retry_failed(run, person(request))
    office.log_addition(request, new, f"made of what failed in {run}")
    messages.success(request, "This run is over what failed. Look at its estimate, then approve.")
    return go_to(new)


def _take(
    office: ModelAdmin, request: HttpRequest, run: Run, act: Callable[[], None], what: str
) -> HttpResponse:
    """Take the step; what refuses it is told with who was there before."""
    return steps.take(
        office, request, run, act, what, refusal=services.RunRefused,
        why_not=lambda refused: f"{refused} {_before(run)}".strip(),
    )  # fmt: skip


def _before(run: Run) -> str:
    for step in steps.taken(run, 1):
        ago = timesince(step.action_time).split(",")[0]
        return f"The last step was by {step.user}, {ago} ago: {step.get_change_message()}."
    return ""
