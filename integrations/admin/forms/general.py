"""What an account is called, whether it is asked at all, and its provider's own options."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from integrations.admin.forms.section import Section
from integrations.models import Account
from integrations.provider import Switch


class GeneralForm(Section):
    """The name, and the switch of the whole account."""

    name = "general"
    title = "Account"

    is_enabled = forms.BooleanField(
        label="Ask this provider",
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text="Off, no run asks it; what it would have told stays unknown.",
    )
    label = forms.CharField(
        label="Name", max_length=100, widget=UnfoldAdminTextInputWidget(),
        help_text="What people here call the account.",
        error_messages={"required": "Give the account a name."},
    )  # fmt: skip

    def current(self) -> dict[str, Any]:
        return {"is_enabled": self.account.is_enabled, "label": self.account.label}

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        if self._others().filter(label=label).exists():
            raise forms.ValidationError("Another account of this provider has this name.")
        return label

    def clean_is_enabled(self) -> bool:
        is_enabled: bool = self.cleaned_data["is_enabled"]
        if is_enabled and self._others().filter(is_enabled=True).exists():
            raise forms.ValidationError("Another account is asked: switch that one off first.")
        return is_enabled

    def apply(self, changed: dict[str, Any]) -> None:
        for name, value in changed.items():
            setattr(self.account, name, value)
        self.account.save(update_fields=[*changed, "updated_at"])

    def _others(self) -> Any:
        return Account.objects.filter(provider=self.of.slug).exclude(pk=self.account.pk)


class OptionsForm(Section):
    """How the provider is asked: what its file calls switches."""

    name = "options"
    title = "How it is asked"

    def current(self) -> dict[str, Any]:
        kept = self.account.options
        return {switch.name: kept.get(switch.name, switch.default) for switch in self.of.switches}

    def add_fields(self) -> None:
        self.fields.update({switch.name: _field(switch) for switch in self.of.switches})

    def apply(self, changed: dict[str, Any]) -> None:
        own = {switch.name: switch.default for switch in self.of.switches}
        options = {**self.account.options, **changed}
        self.account.options = {
            name: value for name, value in options.items() if name not in own or value != own[name]
        }
        self.account.save(update_fields=["options", "updated_at"])


def _field(switch: Switch) -> forms.Field:
    named: dict[str, Any] = {"label": switch.label, "help_text": switch.hint}
    if isinstance(switch.default, bool):
        return forms.BooleanField(required=False, widget=UnfoldBooleanSwitchWidget(), **named)
    if isinstance(switch.default, int):
        widget = UnfoldAdminIntegerFieldWidget()
        return forms.IntegerField(min_value=1, max_value=1000, widget=widget, **named)
    checks = [RegexValidator(rf"\A(?:{switch.pattern})\Z", switch.hint)] if switch.pattern else []
    widget = UnfoldAdminTextInputWidget()
    return forms.CharField(
        required=bool(switch.default), max_length=1000, widget=widget, validators=checks, **named
    )
