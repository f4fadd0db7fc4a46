"""The back office of run items: per contact what was asked, answered, reused, skipped, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from contacts.admin.base import ToLookAt
from contacts.paging import COUNTED, EstimatedPaginator
from contacts.selection import read_id
from enrichment import queries
from enrichment.models import Run, RunItem
from integrations.money import usd
from integrations.wording import in_words

COLOURS = {
    "done": "success", "claimed": "info", "failed": "danger", "dead": "danger", "waiting": "",
}  # fmt: skip
# By what an entry of the trace says: in words, in short, and its colour.
WORDS = {
    "error": ("Failed", "failed", "rejected"),
    "hit": ("Answered", "answered", "created"),
    "miss": ("Asked, nothing known", "nothing known", ""),
    "reused": ("Known already", "known already", "updated"),
    "skipped": ("Not asked", "not asked", ""),
    "pending": ("Asked, answered later", "answered later", "updated"),
}
OF_RUN, IN_STATE = "run__id__exact", "state__exact"
# What an address may say of which the runs' counters know how many items there are.
COUNTED_BY_RUNS = {OF_RUN, IN_STATE, "p"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One lookup of an item: what became of it, why, at what price."""

    slug: str
    said: str
    tone: str
    why: str
    usd: str
    answer_url: str


class WithError(admin.SimpleListFilter):
    """One of the errors that a run's page lists, in the words of the items themselves."""

    title = "error"
    parameter_name = "error"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        error = request.GET.get(self.parameter_name, "")
        return [(error, in_words(error))] if error else []

    def queryset(self, request: HttpRequest, rows: QuerySet[RunItem]) -> QuerySet[RunItem]:
        error = self.value()
        return queries.with_error(rows, error) if error else rows


@admin.register(RunItem)
class RunItemAdmin(ToLookAt):
    list_display = ("contact_shown", "run", "state_shown", "asked", "cost", "why", "finished_at")
    list_filter = ("state", WithError)
    list_select_related = ("contact", "run")
    search_fields = ("contact__phone_e164",)  # makes the box; `get_search_results` does the work
    search_help_text = "The beginning of a number, with its +"
    change_list_template = "enrichment/items/list.html"
    list_before_template = "enrichment/items/_of_run.html"
    change_form_template = "enrichment/items/item.html"
    fields = (
        "run_shown", "person_shown", "state", "why", "trace_shown", "cost", "tries", "losses",
        "due_at", "finished_at",
    )  # fmt: skip

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return [name for name in self.list_display if name != "run" or OF_RUN not in request.GET]

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        state = queries.State.FAILED if "error" in request.GET else request.GET.get(IN_STATE, "")
        return queries.order_of(state, is_of_run=OF_RUN in request.GET)

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> EstimatedPaginator:
        paginator = EstimatedPaginator(*args, **kwargs)
        if COUNTED_BY_RUNS.issuperset(request.GET):
            count = queries.count_of(_run_of(request), request.GET.get(IN_STATE, ""))
            if count is not None:
                paginator.count = min(count, COUNTED)
        return paginator

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        run = _run_of(request)
        title = f"What was asked in {run}" if run else "What was asked of contacts"
        context = {**(extra_context or {}), "title": title, "of_run": run}
        return super().changelist_view(request, context)

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[RunItem], term: str
    ) -> tuple[QuerySet[RunItem], bool]:
        text = term.strip()
        return (rows.filter(contact__phone_e164__startswith=text) if text else rows), False

    @display(description="Contact", header=True)
    def contact_shown(self, item: RunItem) -> tuple[str, str]:
        return item.contact.phone_display, item.contact.full_name

    @display(description="Contact")
    def person_shown(self, item: RunItem) -> SafeString:
        return _link("contacts_contact", item.contact_id, str(item.contact))

    @display(description="Run")
    def run_shown(self, item: RunItem) -> SafeString:
        return _link("enrichment_run", item.run_id, str(item.run))

    @display(description="State", label=COLOURS)
    def state_shown(self, item: RunItem) -> tuple[str, str]:
        return item.state, item.get_state_display()

    @display(description="Lookups")
    def asked(self, item: RunItem) -> str:
        counts = Counter(entry.get("o", "") for entry in item.trace.values())
        parts = [f"{counts[o]} {short}" for o, (_, short, _) in WORDS.items() if counts[o]]
        return ", ".join(parts)

    @display(description="Cost")
    def cost(self, item: RunItem) -> str:
        return usd(item.cost_usd)

    @display(description="Why")
    def why(self, item: RunItem) -> str:
        return in_words(item.error)

    @display(description="What was asked")
    def trace_shown(self, item: RunItem) -> SafeString:
        rows = [_asked(slug, entry) for slug, entry in sorted(item.trace.items(), key=_asked_first)]
        return render_to_string("enrichment/items/_trace.html", {"rows": rows})


def _run_of(request: HttpRequest) -> Run | None:
    try:
        return Run.objects.filter(pk=read_id(request.GET.get(OF_RUN, ""))).first()
    except ValueError:
        return None


def _asked(slug: str, entry: dict[str, str]) -> Asked:
    outcome = entry.get("o", "")
    said, _, tone = WORDS.get(outcome, (outcome, "", ""))
    answer = entry.get("a", "")
    url = reverse("admin:enrichment_answer_change", args=[answer]) if answer else ""
    return Asked(slug, said, tone, in_words(entry.get("why", "")), entry.get("usd", ""), url)


def _asked_first(traced: tuple[str, dict[str, str]]) -> tuple[int, str]:
    slug, entry = traced
    outcome = entry.get("o", "")
    return list(WORDS).index(outcome) if outcome in WORDS else len(WORDS), slug


def _link(page: str, pk: int, text: str) -> SafeString:
    url = reverse(f"admin:{page}_change", args=[pk])
    return format_html('<a class="text-primary-600" href="{}">{}</a>', url, text)
