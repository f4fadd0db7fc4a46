"""The back office of accounts: secrets, switches, prices, limits, budgets."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm

from integrations.accounts import secrets_from_environment
from integrations.admin.forms import SECRET, SWITCH, LookupForm, form_for
from integrations.models import Account, AccountLookup
from integrations.registry import PROVIDERS, provider
from integrations.services import forget_secrets, resume_account, set_secrets

COLOURS = {"ok": "success", "rejected": "danger", "exhausted": "warning"}
KNOWN = [of.slug for of in PROVIDERS]


class LookupInline(TabularInline):
    """Every lookup of the provider; one without a row shows the provider's defaults."""

    model = AccountLookup
    form = LookupForm
    tab = True
    can_delete = False
    verbose_name_plural = "lookups"
    ordering = ("id",)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return len(missing_lookups(obj)) if obj else 0

    def get_max_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int | None:
        return len(provider(obj.provider).lookups) if obj else 0


def missing_lookups(account: Account) -> list[dict[str, Any]]:
    """Return the initial values of the lookups that the account has no row for."""
    have = {row.name for row in account.lookups.all()}
    return [
        {"name": name, "is_enabled": lookup.is_on_by_default}
        for name, lookup in provider(account.provider).lookups.items()
        if name not in have
    ]


@admin.register(Account)
class AccountAdmin(ModelAdmin):
    list_display = ("who", "is_enabled", "state_shown", "secrets_shown", "caps", "updated_at")
    show_full_result_count = False
    inlines = (LookupInline,)
    readonly_fields = ("provider", "state", "state_reason", "state_since")
    actions_detail = ("ask_again", "forget")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # every provider has an account; the next one comes with its page

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the ledger points at it; it can be switched off

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        rows: QuerySet[Account] = super().get_queryset(request)
        return rows.filter(provider__in=KNOWN).prefetch_related("lookups")

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_form(request, obj, form=form_for(provider(obj.provider)), **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        of = provider(obj.provider)
        secrets = [SECRET + secret.name for secret in of.secrets]
        switches = [SWITCH + switch.name for switch in of.switches]
        limits = ("max_in_flight", "limits")
        budget = ("daily_cap_usd", "monthly_cap_usd", "hold_unknown_above_usd")
        state = ("state", "state_reason", "state_since")
        return (
            (None, {"fields": ("provider", "label", "is_enabled", *secrets)}),
            ("State", {"fields": state, "classes": ("tab",)}),
            ("Switches and limits", {"fields": (*switches, *limits), "classes": ("tab",)}),
            ("Budget", {"fields": budget, "classes": ("tab",)}),
        )

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        of = provider(obj.provider)
        return {**given, "initial": missing_lookups(obj), "form_kwargs": {"of": of}}

    def save_model(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:
        """Write only what was typed: a worker may be changing the state of the same row."""
        obj.options = form.options
        own = {field.name for field in Account._meta.concrete_fields}
        changed = [name for name in form.changed_data if name in own]
        obj.save(update_fields=[*changed, "options", "updated_at"])
        set_secrets(obj, form.typed_secrets)

    @action(
        description="Ask again",
        permissions=["change"],
        dialog={
            "title": "Ask this provider again?",
            "description": "Runs that stand still for this account go on within seconds.",
            "form_class": None,
            "form_submit_text": "Ask again",
        },
    )
    def ask_again(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> Any:
        account = Account.objects.get(pk=object_id)
        resume_account(account)
        messages.success(request, f"{account} is asked again.")
        return self._back(account)

    @action(
        description="Forget secrets",
        permissions=["change"],
        dialog={
            "title": "Forget this account's secrets?",
            "description": "They cannot be brought back; runs stop asking this provider.",
            "form_class": None,
            "form_submit_text": "Forget them",
        },
    )
    def forget(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> Any:
        account = Account.objects.get(pk=object_id)
        forget_secrets(account)
        messages.success(request, f"The secrets of {account} are forgotten.")
        return self._back(account)

    def _back(self, account: Account) -> HttpResponse:
        url = reverse("admin:integrations_account_change", args=[account.pk])
        return HttpResponse(headers={"HX-Redirect": url})

    @display(description="Account", header=True, ordering="provider")
    def who(self, account: Account) -> tuple[str, str]:
        return provider(account.provider).label, account.label

    @display(description="State", label=COLOURS)
    def state_shown(self, account: Account) -> tuple[str, str]:
        return account.state, account.get_state_display()

    @display(description="Secrets")
    def secrets_shown(self, account: Account) -> str:
        if secrets_from_environment(provider(account.provider)):
            return "From the environment"
        return "Set" if account.secrets else "Not set"

    @display(description="Day / month")
    def caps(self, account: Account) -> str:
        caps = (account.daily_cap_usd, account.monthly_cap_usd)
        return " / ".join("no cap" if cap is None else f"${cap:,.2f}" for cap in caps)
