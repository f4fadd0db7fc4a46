"""The back office of answers: what was bought, and the held ones that wait for a person."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from contacts.admin.base import ToLookAt, table
from enrichment.answering import release_unknown
from enrichment.models import Answer
from enrichment.templatetags.enrichment_words import field_label
from integrations.money import usd
from integrations.wording import lookup_names

COLOURS = {
    "hit": "success", "miss": "", "unknown": "warning", "pending": "info", "broken": "danger",
}  # fmt: skip


@admin.register(Answer)
class AnswerAdmin(ToLookAt):
    paginator = InfinitePaginator
    list_display = ("asked", "outcome_shown", "price", "sandbox", "observed_at", "expires")
    list_filter = ("outcome", "is_sandbox")
    search_fields = ("id",)  # makes the search box; `get_search_results` does the work
    search_help_text = "The id of an answer or of a question"
    ordering = ("-id",)
    fields = (
        "id", "asked", "outcome", "facts_shown", "raw_shown", "price", "call",
        "question_key", "is_sandbox", "observed_at", "expires_at",
    )  # fmt: skip
    actions = ("let_go",)

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("enrichment.change_answer")

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[Answer], term: str
    ) -> tuple[QuerySet[Answer], bool]:
        if not term.strip():
            return rows, False
        try:
            wanted = UUID(term.strip())
        except ValueError:
            return rows.none(), False
        return rows.filter(pk=wanted) | rows.filter(question_key=wanted), False

    @admin.action(
        description="Let go of held questions: they may be asked, and paid, again",
        permissions=["release"],
    )
    def let_go(self, request: HttpRequest, answers: QuerySet[Answer]) -> None:
        held = list(answers.filter(outcome=Answer.Outcome.UNKNOWN))
        for answer in held:
            release_unknown(answer)
        messages.success(request, f"{len(held)} held questions may be asked again.")

    @display(description="Lookup")
    def asked(self, answer: Answer) -> str:
        return lookup_names(answer.lookup)

    @display(description="Sandbox", boolean=True)
    def sandbox(self, answer: Answer) -> bool:
        return answer.is_sandbox

    @display(description="Price")
    def price(self, answer: Answer) -> str:
        return usd(answer.price_usd)

    @display(description="Outcome", label=COLOURS)
    def outcome_shown(self, answer: Answer) -> tuple[str, str]:
        return answer.outcome, answer.get_outcome_display()

    @display(description="Stale from", ordering="expires_at")
    def expires(self, answer: Answer) -> Any:
        return answer.expires_at

    @display(description="Facts")
    def facts_shown(self, answer: Answer) -> SafeString:
        rows = [
            (field_label(name), value, f"{sure:.0%}" if isinstance(sure, int | float) else sure)
            for name, (value, sure) in answer.facts.items()
        ]
        return table(("Field", "Value", "How sure"), rows)

    @display(description="What the provider said")
    def raw_shown(self, answer: Answer) -> str:
        said = json.dumps(answer.raw, indent=2, ensure_ascii=False)
        return format_html('<pre class="text-xs whitespace-pre-wrap">{}</pre>', said)

    @display(description="Call")
    def call(self, answer: Answer) -> str:
        link = reverse("admin:integrations_apicall_change", args=[answer.request_id])
        return format_html('<a class="text-primary-600" href="{}">{}</a>', link, answer.request_id)
