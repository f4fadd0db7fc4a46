"""API keys in the back office: made, shown once, revoked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from webhooks import keys
from webhooks.models import ApiKey


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg] # generic for the type checker only
    scopes = forms.MultipleChoiceField(
        choices=ApiKey.Scope.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        initial=[ApiKey.Scope.LEADS],
        label="What it may do",
    )
    per_minute = forms.IntegerField(
        min_value=1, max_value=100_000, initial=600, label="Requests a minute"
    )

    class Meta:
        model = ApiKey
        fields = ("name", "scopes", "per_minute")


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    form = ApiKeyForm
    list_display = ("name", "begins", "may", "per_minute", "last_used_on", "is_good")
    ordering = ("name",)
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("webhooks.change_apikey")

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Make the key, and show it: nobody can read it again."""
        assert isinstance(request.user, User)
        row, key = keys.create(obj.name, obj.scopes, per_minute=obj.per_minute, user=request.user)
        obj.pk, obj.prefix = row.pk, row.prefix
        words = "Copy the key now, it is shown only this once: <code>{}</code>"
        messages.warning(request, format_html(words, key))

    @admin.action(description="Revoke them: they open nothing any more", permissions=["revoke"])
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> None:
        for row in rows:
            keys.revoke(row)
        messages.success(request, f"{len(rows)} revoked.")

    @display(description="Begins with")
    def begins(self, row: ApiKey) -> str:
        return f"{row.prefix}…"

    @display(description="May")
    def may(self, row: ApiKey) -> str:
        words = dict(ApiKey.Scope.choices)
        return ", ".join(words.get(one, one) for one in row.scopes) or "nothing"

    @display(description="In use", boolean=True)
    def is_good(self, row: ApiKey) -> bool:
        return row.revoked_at is None
