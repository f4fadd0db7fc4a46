"""The back office of the ledger and of budgets: to look at only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from integrations.models import Account, ApiCall, Budget
from integrations.registry import PROVIDERS

COLOURS = {"answered": "success", "failed": "danger", "unknown": "warning"}


class ToLookAt(ModelAdmin):
    """Rows that people read and the machine writes; nobody counts them."""

    show_full_result_count = False
    paginator = InfinitePaginator
    list_per_page = 50
    list_filter_submit = True
    sortable_by = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ProviderFilter(admin.SimpleListFilter):
    """The providers of the registry: a big table is not asked for its values."""

    title = "provider"
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(of.slug, of.label) for of in PROVIDERS]

    def queryset(self, request: HttpRequest, rows: QuerySet[ApiCall]) -> QuerySet[ApiCall]:
        return rows.filter(provider=self.value()) if self.value() else rows


@admin.register(ApiCall)
class ApiCallAdmin(ToLookAt):
    list_display = (
        "what", "outcome_shown", "http_status", "error_class", "ms", "price_usd", "contact",
        "started_at",
    )  # fmt: skip
    list_filter = ("outcome", ProviderFilter, "is_sandbox")
    search_fields = ("id",)  # makes the search box; `get_search_results` does the work
    search_help_text = "A request id, or the number of a contact"
    ordering = ("-id",)
    fields = (
        "id", "provider", "lookup", "account_shown", "contact", "run_id", "outcome", "http_status",
        "error_class", "error", "ms", "tries", "price_usd", "remote_id", "exchange",
        "is_sandbox", "started_at",
    )  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[ApiCall], term: str
    ) -> tuple[QuerySet[ApiCall], bool]:
        text = term.strip()
        if not text:
            return rows, False
        if text.isdecimal() and len(text) < 19:
            return rows.filter(contact_id=int(text)), False
        try:
            return rows.filter(pk=UUID(text)), False
        except ValueError:
            return rows.none(), False

    @display(description="Lookup", header=True)
    def what(self, call: ApiCall) -> tuple[str, str]:
        return call.lookup, call.provider

    @display(description="Outcome", label=COLOURS)
    def outcome_shown(self, call: ApiCall) -> tuple[str, str]:
        return call.outcome, call.get_outcome_display()

    @display(description="Contact")
    def contact(self, call: ApiCall) -> str:
        if not call.contact_id:
            return ""
        link = reverse("admin:contacts_contact_change", args=[call.contact_id])
        return format_html('<a href="{}">{}</a>', link, call.contact_id)

    @display(description="Account")
    def account_shown(self, call: ApiCall) -> str:
        if call.account_id is None:
            return ""
        return str(Account.objects.filter(pk=call.account_id).first() or f"{call.account_id}, gone")


@admin.register(Budget)
class BudgetAdmin(ToLookAt):
    list_display = ("pot", "cap_usd", "reserved_usd", "spent_usd")
    search_fields = ("key__startswith",)
    ordering = ("-key",)
    fields = ("pot", "cap_usd", "reserved_usd", "spent_usd")

    @display(description="Pot", ordering="key")
    def pot(self, budget: Budget) -> str:
        kind, _, rest = budget.key.partition(":")
        if kind == "run":
            return f"Run {rest}"
        account, _, period = rest.partition(":")
        return f"Account {account}, {'day' if period.count('-') == 2 else 'month'} {period}"
