"""The back office of runs: what one will cost, how far it is, and pause, resume, cancel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from contacts.admin.base import ToLookAt, table
from contacts.selection import in_words
from enrichment import services
from enrichment.models import Run

COLOURS = {
    "done": "success", "working": "info", "estimating": "info", "ready": "warning",
    "paused": "warning", "blocked": "danger",
}  # fmt: skip
# What a person can do with a run in each state.
FITTING: dict[Run.State, tuple[str, ...]] = {
    Run.State.DRAFT: ("cancel",),
    Run.State.ESTIMATING: (),
    Run.State.READY: ("approve", "cancel"),
    Run.State.WORKING: ("pause", "cancel"),
    Run.State.PAUSED: ("resume", "cancel"),
    Run.State.BLOCKED: ("resume", "pause", "cancel"),
    Run.State.DONE: ("again",),
    Run.State.CANCELLED: ("again",),
}


class ApproveForm(BaseDialogForm):
    """Says what the run will cost, and takes its cap."""

    form_before_template = "enrichment/approve.html"
    cap_usd = forms.DecimalField(
        label="Spend at most, in US dollars",
        required=False,
        min_value=0,
        decimal_places=6,
        max_digits=14,
        widget=UnfoldAdminDecimalFieldWidget(),
        help_text="Empty: no cap but the account's.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run = Run.objects.get(pk=self.object_id)
        self.fields["cap_usd"].initial = self.run.cap_usd

    def get_before_template_context(
        self, request: HttpRequest, object_id: int | str | None = None
    ) -> dict[str, Any]:
        known = self.run.estimate or {}
        costs = {name: _money(known.get(name, 0)) for name in ("expected_usd", "max_usd")}
        return {"estimate": {**known, **costs}}


def _asks(title: str, description: str, submit: str, form: Any = None) -> dict[str, Any]:
    return {
        "title": title,
        "description": description,
        "form_class": form,
        "form_submit_text": submit,
    }


@admin.register(Run)
class RunAdmin(ToLookAt):
    list_display = ("named", "state_shown", "how_far", "spent", "created_at")
    list_filter = ("state", "is_sandbox")
    list_select_related = ("recipe",)
    search_fields = ("name__istartswith",)
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": ("name", "state", "reason", "how_far", "spent", "items_shown")}),
        ("Lookups", {"fields": ("lookups_shown",)}),
        ("Estimate", {"fields": ("estimate_shown",)}),
        ("How", {"fields": ("recipe", "mode", "selection_shown", "is_sandbox", "created_by",
                            "created_at", "approved_at", "started_at", "finished_at")}),
    )  # fmt: skip
    actions_detail = ("approve", "pause", "resume", "cancel", "again")

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Show what can be done in the state that the run is in."""
        found = list(super().get_actions_detail(request, object_id))
        run = Run.objects.filter(pk=object_id).first()
        fitting = FITTING[Run.State(run.state)] if run else ()
        prefix = "enrichment_run_"
        return [one for one in found if one.action_name.removeprefix(prefix) in fitting]

    def has_steer_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("enrichment.change_run")

    @action(
        description="Approve",
        permissions=["steer"],
        dialog=_asks("Approve this run?", "From here on it may spend.", "Approve", ApproveForm),
    )
    def approve(self, request: HttpRequest, form: ApproveForm, object_id: str) -> HttpResponse:
        cap_usd = form.cleaned_data["cap_usd"]
        return self._told(request, object_id, lambda run: services.launch(run, cap_usd), "approved")

    @action(
        description="Pause",
        permissions=["steer"],
        dialog=_asks("Pause this run?", "What is in hand is finished.", "Pause"),
    )
    def pause(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._told(request, object_id, services.pause, "paused")

    @action(
        description="Resume",
        permissions=["steer"],
        dialog=_asks("Resume this run?", "It goes on within its cap.", "Resume"),
    )
    def resume(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._told(request, object_id, services.resume, "going on")

    @action(
        description="Cancel",
        permissions=["steer"],
        dialog=_asks("Cancel this run?", "What it learned stays; it cannot go on.", "Cancel it"),
    )
    def cancel(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._told(request, object_id, services.cancel, "cancelled")

    @action(
        description="Try failures again",
        permissions=["steer"],
        dialog=_asks(
            "Try the failed contacts again?",
            "This makes a new run over them, with its own estimate, that waits for approval.",
            "Make the run",
        ),
    )
    def again(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        run = services.retry_failed(Run.objects.get(pk=object_id), request.user)  # type: ignore[arg-type]
        messages.success(request, f"{run} waits for approval.")
        return _go_to(run)

    def _told(
        self, request: HttpRequest, object_id: str, do: Callable[[Run], None], what: str
    ) -> HttpResponse:
        """Do it to the run and say what came of it, on the run's page."""
        run = Run.objects.get(pk=object_id)
        try:
            do(run)
            messages.success(request, f"{run} is {what}.")
        except services.RunRefused as refused:
            messages.error(request, str(refused))
        return _go_to(run)

    @display(description="Run", header=True, ordering="id")
    def named(self, run: Run) -> tuple[str, str]:
        return str(run), run.recipe.name

    @display(description="State", label=COLOURS)
    def state_shown(self, run: Run) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @display(description="Contacts")
    def how_far(self, run: Run) -> str:
        if not run.total_count:
            return ""
        share = run.finished_count / run.total_count
        failed = f", {run.failed_count:,} failed" if run.failed_count else ""
        return f"{run.finished_count:,} of {run.total_count:,} ({share:.0%}){failed}"

    @display(description="Spent")
    def spent(self, run: Run) -> str:
        cap = "" if run.cap_usd is None else f" of {_money(run.cap_usd)}"
        return f"{_money(run.spent_usd)}{cap}" + (" (sandbox)" if run.is_sandbox else "")

    @display(description="Items")
    def items_shown(self, run: Run) -> str:
        link = f"{reverse('admin:enrichment_runitem_changelist')}?run__id__exact={run.pk}"
        return format_html('<a class="text-primary-600" href="{}">Every contact of it</a>', link)

    @display(description="Contacts")
    def selection_shown(self, run: Run) -> str:
        return in_words(run.selection)

    @display(description="Lookups")
    def lookups_shown(self, run: Run) -> SafeString:
        rows = [
            (one.lookup, one.asked, one.hits, one.misses, one.reused, one.skipped, one.errors,
             _money(one.spent_usd))
            for one in run.lookups.all()
        ]  # fmt: skip
        return table(
            ("lookup", "asked", "hits", "misses", "reused", "skipped", "errors", "spent"), rows
        )

    @display(description="Estimate")
    def estimate_shown(self, run: Run) -> SafeString:
        return estimate_table(run.estimate or {})


def estimate_table(estimate: dict[str, Any]) -> SafeString:
    """Return the estimate as a table with its sum in the last row."""
    rows = [
        (one["lookup"], one["questions"], one["fresh"], f"{one['hit_rate']:.0%}",
         *(_money(one[key]) for key in ("min_usd", "expected_usd", "max_usd")))
        for one in estimate.get("lookups", ())
    ]  # fmt: skip
    if rows:
        sums = (_money(estimate[key]) for key in ("min_usd", "expected_usd", "max_usd"))
        rows.append(("In all", f"{estimate['calls']} calls", "", "", *sums))
    return table(("lookup", "questions", "known", "hit rate", "least", "expected", "most"), rows)


def _money(amount: Any) -> str:
    return f"${float(amount):,.2f}"


def _go_to(run: Run) -> HttpResponse:
    url = reverse("admin:enrichment_run_change", args=[run.pk])
    return HttpResponse(headers={"HX-Redirect": url})
