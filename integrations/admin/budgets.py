"""The list of budgets: whose each is, what it may spend, and what is spent and promised."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import BigIntegerField, F, Func, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from integrations.admin.forms.section import usd
from integrations.models import Account, Budget
from integrations.registry import PROVIDERS

# By what a key begins with: the page of whose budget it is, and its name.
WORK = {
    "run": ("enrichment_run_change", "Run"),
    "discovery": ("enrichment_discovery_change", "Discovery"),
}
LABELS = {of.slug: of.label for of in PROVIDERS}


@admin.register(Budget)
class BudgetAdmin(ModelAdmin):
    show_full_result_count = False
    paginator = InfinitePaginator
    list_per_page = 50
    sortable_by = ()
    list_display_links = None  # a row leads to whose budget it is
    list_display = ("pot", "spent", "promised", "cap", "used")
    search_fields = ("key__startswith",)
    search_help_text = (
        "run:7, discovery:2, account:3:2026-11 for a month, account:3:2026-11-22 for a day"
    )
    ordering = ("-key",)
    fields = ("pot", "spent", "promised", "cap", "used")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Budget]:
        """Join the account that a key such as "account:3:2026-11" names: its caps are there."""
        rows: QuerySet[Budget] = super().get_queryset(request)
        number = Func(F("key"), Value(":"), Value(2), function="split_part")
        of = Account.objects.filter(pk=OuterRef("number"))
        return rows.annotate(
            number=Cast(number, BigIntegerField()),
            account=Subquery(of.values("provider")[:1]),
            daily=Subquery(of.values("daily_cap_usd")[:1]),
            monthly=Subquery(of.values("monthly_cap_usd")[:1]),
        )

    @display(description="Budget of")
    def pot(self, budget: Any) -> str:
        kind, _, rest = budget.key.partition(":")
        if kind in WORK:
            page, word = WORK[kind]
            return _link(page, budget.number, f"{word} {rest}")
        period = rest.partition(":")[2]
        label = LABELS.get(budget.account, budget.account)
        name = label or f"account {budget.number}, which is gone"
        text = f"{name}, {'day' if _is_day(budget) else 'month'} {period}"
        return _link("integrations_account_change", budget.number, text)

    @display(description="Spent")
    def spent(self, budget: Any) -> str:
        return usd(budget.spent_usd, "")

    @display(description="Promised to calls under way")
    def promised(self, budget: Any) -> str:
        return usd(budget.reserved_usd, "")

    @display(description="May spend")
    def cap(self, budget: Any) -> str:
        return usd(_cap(budget), "no cap")

    @display(description="Used")
    def used(self, budget: Any) -> str:
        cap = _cap(budget)
        if cap is None:
            return ""
        used = budget.spent_usd + budget.reserved_usd
        return f"{used / cap:.0%}" if cap else "100%"


def _link(page: str, pk: int, text: str) -> str:
    return format_html(
        '<a class="sb-link" href="{}">{}</a>', reverse(f"admin:{page}", args=[pk]), text
    )


def _cap(budget: Any) -> Any:
    """Return the cap: a run's or discovery's own, an account's as it is set today."""
    if budget.key.partition(":")[0] in WORK:
        return budget.cap_usd
    return budget.daily if _is_day(budget) else budget.monthly


def _is_day(budget: Any) -> bool:
    return bool(budget.key.count("-") == 2)
