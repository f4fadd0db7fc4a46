"""The back office of accounts: a card each, and the page of one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.debug import sensitive_post_parameters
from unfold.admin import ModelAdmin

from integrations.admin import account_page
from integrations.admin.access import CHANGE, READ, SEE_ACCOUNT, SET_SECRETS, TEST, WRITE, page
from integrations.models import Account

# Address below an account's, view, methods, what it takes besides seeing the account.
PAGES = (
    ("test", account_page.test, WRITE, (TEST,)),
    ("resume", account_page.resume, WRITE, (CHANGE,)),
    ("forget", account_page.forget, READ + WRITE, (SET_SECRETS,)),
)


@admin.register(Account)
class AccountAdmin(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(
                f"<int:pk>/{name}/",
                page(self, view, methods, SEE_ACCOUNT, *who),
                name=f"integrations_account_{name}",
            )
            for name, view, methods, who in PAGES
        ]
        # Whoever may change something; the section asks for its own permission.
        save = page(self, account_page.save, WRITE, SEE_ACCOUNT, CHANGE, SET_SECRETS)
        save = sensitive_post_parameters()(save)
        return [
            *pages,
            path("<int:pk>/save/<slug:section>/", save, name="integrations_account_save"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # every provider has an account; the next one comes with its page

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the ledger points at it; it can be switched off

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        return page(self, account_page.cards, READ, SEE_ACCOUNT)(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return page(self, account_page.account, READ, SEE_ACCOUNT)(request, object_id)
