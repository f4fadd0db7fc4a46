"""The form of an account: its secrets can be typed and never read, its switches are its own."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from integrations.accounts import secret_box, secrets_from_environment
from integrations.models import Account, AccountLookup
from integrations.provider import Provider, Secret, Switch
from integrations.registry import provider
from integrations.secrets import SecretUnreadable

SECRET, SWITCH = "secret_", "switch_"


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """The part that all providers share; `form_for` adds a provider's secrets and switches."""

    class Meta:
        model = Account
        fields = (
            "label", "is_enabled", "limits", "max_in_flight",
            "daily_cap_usd", "monthly_cap_usd", "hold_unknown_above_usd",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of = provider(self.instance.provider)
        known = _where_secrets_are(self.instance, of)
        for secret in of.secrets:
            self.fields[SECRET + secret.name].help_text = f"{known[secret.name]} {secret.hint}"
        for switch in of.switches:
            value = self.instance.options.get(switch.name, switch.default)
            self.initial[SWITCH + switch.name] = value

    def clean_limits(self) -> Any:
        limits = self.cleaned_data["limits"]
        if not limits:
            return None
        if not isinstance(limits, list) or not all(_is_limit(pair) for pair in limits):
            raise forms.ValidationError(
                "Write pairs of calls and seconds: [[15, 1], [500, 60]] is at most 15 in any"
                " second and 500 in any minute."
            )
        return limits

    def clean(self) -> dict[str, Any]:
        for secret in provider(self.instance.provider).secrets:
            typed = str(self.cleaned_data.get(SECRET + secret.name) or "").strip()
            if typed and secret.pattern and not re.fullmatch(secret.pattern, typed):
                self.add_error(SECRET + secret.name, f"This is not {secret.hint}.")
        return self.cleaned_data

    @property
    def typed_secrets(self) -> dict[str, str]:
        """What was typed, by the secret's name; blank where nothing was."""
        return self._parts(SECRET)

    @property
    def options(self) -> dict[str, Any]:
        """The switches that differ from the provider's own."""
        own = {switch.name: switch.default for switch in provider(self.instance.provider).switches}
        chosen = self._parts(SWITCH)
        return {name: value for name, value in chosen.items() if value != own[name]}

    def _parts(self, prefix: str) -> dict[str, Any]:
        found = self.cleaned_data.items()
        return {name.removeprefix(prefix): v for name, v in found if name.startswith(prefix)}


def form_for(of: Provider) -> type[AccountForm]:
    """Return the account form with the fields of this provider."""
    extra: dict[str, forms.Field] = {SECRET + s.name: _secret_field(s) for s in of.secrets}
    extra |= {SWITCH + s.name: _switch_field(s) for s in of.switches}
    return type("AccountForm", (AccountForm,), extra)


def _secret_field(secret: Secret) -> forms.Field:
    widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}, render_value=False)
    return forms.CharField(label=secret.label, required=False, max_length=5000, widget=widget)


def _switch_field(switch: Switch) -> forms.Field:
    named: dict[str, Any] = {"label": switch.label, "help_text": switch.hint, "required": False}
    if isinstance(switch.default, bool):
        return forms.BooleanField(widget=UnfoldBooleanWidget(), **named)
    named["required"] = True
    if isinstance(switch.default, int):
        return forms.IntegerField(min_value=1, widget=UnfoldAdminDecimalFieldWidget(), **named)
    return forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget(), **named)


def _where_secrets_are(account: Account, of: Provider) -> dict[str, str]:
    """Return in words, by the secret's name, whether it is set; never the secret itself."""
    if secrets_from_environment(of):
        return {s.name: f"Comes from the environment ({s.env})." for s in of.secrets}
    try:
        own = secret_box().open(account.secrets) if account.secrets else {}
    except SecretUnreadable as why:
        return {s.name: str(why) for s in of.secrets}
    is_set, is_not = "Set. Type a new one to replace it.", "Not set."
    return {s.name: is_set if own.get(s.name) else is_not for s in of.secrets}


def _is_limit(pair: Any) -> bool:
    if not isinstance(pair, list) or len(pair) != 2:
        return False
    return all(isinstance(n, int | float) and not isinstance(n, bool) and n > 0 for n in pair)


class LookupForm(forms.ModelForm):  # type: ignore[type-arg]
    """One lookup of the account's provider; saved only where it differs from the default."""

    name = forms.ChoiceField(label="Lookup", disabled=True, widget=UnfoldAdminSelectWidget())

    class Meta:
        model = AccountLookup
        fields = ("name", "is_enabled", "price_usd", "fresh_days")

    def __init__(self, *args: Any, of: Provider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, lookup.label) for name, lookup in of.lookups.items()]
        self.fields["name"].choices = names  # type: ignore[attr-defined]
        lookup = of.lookups.get(str(self.get_initial_for_field(self.fields["name"], "name")))
        if lookup:
            fresh_days = lookup.fresh_for.days
            self.fields["price_usd"].widget.attrs["placeholder"] = _plain(lookup.price.usd)
            self.fields["fresh_days"].widget.attrs["placeholder"] = str(fresh_days)
            self.fields["name"].help_text = lookup.note


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
