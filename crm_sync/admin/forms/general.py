"""What a connection is called and whether it is used, and how it is signed in with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from crm_sync.admin.forms.section import ConnectionSection
from crm_sync.connecting.setting_up import move
from crm_sync.models import Connection
from crm_sync.signing_in.login import AddressUnfit, address_of

HTTPS = "https://"
TAKEN = "Another connection to this CRM has this name."


class GeneralForm(ConnectionSection):
    """The name, and the switch of the whole connection."""

    name = "general"
    title = "Connection"

    is_enabled = forms.BooleanField(
        label="Use this connection", required=False, widget=UnfoldBooleanSwitchWidget(),
        help_text="Off, nothing is synced; what changes meanwhile waits.",
    )  # fmt: skip
    label = forms.CharField(
        label="Name", max_length=100, widget=UnfoldAdminTextInputWidget(),
        help_text="What people here call it, such as the organisation's name.",
        error_messages={"required": "Give the connection a name."},
    )  # fmt: skip

    def current(self) -> dict[str, Any]:
        return {"is_enabled": self.row.is_enabled, "label": self.row.label}

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        others = Connection.objects.filter(kind=self.row.kind).exclude(pk=self.row.pk)
        if others.filter(label=label).exists():
            raise forms.ValidationError(TAKEN)
        return label

    def apply(self, changed: dict[str, Any]) -> None:
        if changed.get("is_enabled"):  # nobody has kept for it what changed while it was off
            changed = {**changed, "owes_all_since": timezone.now()}
        self.write(changed)


class WayForm(ConnectionSection):
    """The way and the address; with another of either, the tokens of the former go."""

    name = "way"
    title = "How it signs in"
    permission = "crm_sync.sign_in_connection"

    def current(self) -> dict[str, Any]:
        found = {"way": self.row.way}
        if self.of.pattern:
            found["address"] = self.row.address.removeprefix(HTTPS)
        return found

    def add_fields(self) -> None:
        self.fields["way"] = forms.ChoiceField(
            label="Way", choices=[(way.slug, way.label) for way in self.of.ways],
            widget=UnfoldAdminRadioSelectWidget,
            help_text="Another way asks for other secrets, and forgets those of this one.",
        )  # fmt: skip
        if self.of.pattern:
            self.fields["address"] = address_field(self.of)

    def clean_address(self) -> str:
        return cleaned_address(self.of, self.cleaned_data["address"])

    def apply(self, changed: dict[str, Any]) -> None:
        if "address" in changed:
            changed = {**changed, "address": address_of(self.of, changed["address"])}
        move(self.row, changed)


def address_field(of: Any) -> forms.Field:
    return forms.CharField(
        label="Address", max_length=255, required=of.needs_address,
        widget=UnfoldAdminTextInputWidget(attrs={"autocapitalize": "none", "spellcheck": "false"}),
        help_text=f"{of.hint[:1].upper()}{of.hint[1:]}.",
        error_messages={"required": "Type the address."},
    )  # fmt: skip


def cleaned_address(of: Any, typed: str) -> str:
    """Return an address without https://. Raises ValidationError with what to type."""
    try:
        return address_of(of, typed).removeprefix(HTTPS)
    except AddressUnfit as why:
        raise forms.ValidationError(str(why)) from why
