"""Senders in the back office: what to enter at each, its secret, and what came last."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.timesince import timesince
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldBooleanSwitchWidget

from integrations.accounts import secret_box
from integrations.secrets import SecretKeyInvalid
from webhooks import sealing
from webhooks.models import Delivery, Sender
from webhooks.senders.entering import ENTRIES, Entry

SHORTEST = 16


class SenderForm(forms.ModelForm):  # type: ignore[type-arg] # generic for the type checker only
    """The organization, and a secret that is typed or made; neither is ever shown again."""

    typed = forms.CharField(
        required=False,
        min_length=SHORTEST,
        max_length=500,
        widget=UnfoldAdminPasswordWidget(
            attrs={"autocomplete": "new-password", "spellcheck": "false"}, render_value=False
        ),
    )
    makes = forms.BooleanField(required=False, widget=UnfoldBooleanSwitchWidget())

    class Meta:
        model = Sender
        fields = ("organization",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entry = ENTRIES[self.instance.slug]
        again = "The one before counts for a week yet." if self.instance.sealed else ""
        if "typed" in self.fields:
            self.fields["typed"].label = entry.secret
            self.fields["typed"].help_text = f"Type it to set it; left blank it stays. {again}"
        if "makes" in self.fields:
            self.fields["makes"].label = f"Make a new {entry.secret.lower()} when I save"
            self.fields["makes"].help_text = f"It is shown once, on the next page. {again}"
        if "organization" in self.fields:
            self.fields["organization"].label = f"Only of this: {entry.organization}"

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        try:
            secret_box()
        except SecretKeyInvalid as why:
            raise forms.ValidationError(f"{why}. Nothing was kept.") from why
        return found


@admin.register(Sender)
class SenderAdmin(ModelAdmin):
    form = SenderForm
    list_display = ("name", "secret_shown", "came_last")
    list_display_links = ("name",)
    actions = None
    ordering = ("slug",)
    readonly_fields = ("address", "there", "proof", "secret_shown", "came_last")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        """Every sender has a row, made by whoever looks first."""
        sealing.ensure_senders()
        answer: HttpResponseBase = super().changelist_view(request, extra_context)
        return answer

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        own = "typed" if _entry(obj).is_theirs else "makes"
        seen = ("address", "there", "proof", "came_last", "secret_shown")
        return (*seen, own, "organization") if self.has_change_permission(request) else seen

    def save_model(self, request: HttpRequest, obj: Sender, form: Any, change: bool) -> None:
        """Keep the organization, and the secret; one made here is shown this once."""
        assert isinstance(request.user, User)
        super().save_model(request, obj, form, change)
        if typed := form.cleaned_data.get("typed"):
            sealing.set_secret(obj, typed, request.user)
        elif form.cleaned_data.get("makes"):
            made, entry = sealing.make_secret(obj, request.user), _entry(obj)
            is_in_address = "{}" in entry.address
            what = "Address" if is_in_address else entry.secret
            shown = _site(request) + entry.address.format(made) if is_in_address else made
            words = "Copy it now, it is shown only this once. {}: <code>{}</code>"
            messages.warning(request, format_html(words, what, shown))

    @display(description="Sender")
    def name(self, row: Sender) -> str:
        return str(row)

    @display(description="Address to enter")
    def address(self, row: Sender) -> str:
        where = (settings.SITE_URL.rstrip("/") or "https://…") + _entry(row).address
        return where.format("…")

    @display(description="Where to enter it")
    def there(self, row: Sender) -> str:
        return _entry(row).there

    @display(description="What proves it")
    def proof(self, row: Sender) -> str:
        return _entry(row).proof

    @display(description="Secret")
    def secret_shown(self, row: Sender) -> str:
        if not row.sealed or not row.secret_set_at:
            return "Not set: nothing is taken in"
        by = f" by {row.secret_set_by}" if row.secret_set_by else ""
        return f"Set on {row.secret_set_at:%d %b %Y, %H:%M} UTC{by}"

    @display(description="What came last")
    def came_last(self, row: Sender) -> str:
        last = Delivery.objects.filter(sender=row.slug).order_by("-id").first()
        if last is None:
            return "Nothing yet"
        return f"{last.kind}, {timesince(last.received_at)} ago"


def _entry(row: Sender) -> Entry:
    return ENTRIES[row.slug]


def _site(request: HttpRequest) -> str:
    return str(settings.SITE_URL or request.build_absolute_uri("/")).rstrip("/")
