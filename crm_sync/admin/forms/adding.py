"""The form of a new connection: its name, its address, and what its way has typed."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from crm_sync.admin.forms.general import HTTPS, TAKEN, address_field, cleaned_address
from crm_sync.admin.forms.typed import add_typed, unfit, without_prefix
from crm_sync.models import Connection
from crm_sync.signing_in import Kind, Way


class AddForm(forms.Form):
    label = forms.CharField(
        label="Name", max_length=100, widget=UnfoldAdminTextInputWidget(),
        help_text="What people here call it, such as the organisation's name.",
        error_messages={"required": "Give the connection a name."},
    )  # fmt: skip

    def __init__(self, of: Kind, way: Way, data: Any = None) -> None:
        self.of, self.way = of, way
        super().__init__(data, initial={"label": of.label})
        if of.pattern:
            self.fields["address"] = address_field(of)
        add_typed(self.fields, way, is_new=True)
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"about-{name}"
            field.widget.is_required = False  # we say what is missing, in our words

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        if Connection.objects.filter(kind=self.of.slug, label=label).exists():
            raise forms.ValidationError(TAKEN)
        return label

    def clean_address(self) -> str:
        return cleaned_address(self.of, self.cleaned_data["address"])

    def clean(self) -> dict[str, Any]:
        for name, words in unfit(self.way, self.cleaned_data).items():
            self.add_error(name, words)
        return self.cleaned_data

    @property
    def address(self) -> str:
        typed = self.cleaned_data.get("address", "")
        return f"{HTTPS}{typed}" if typed else ""

    @property
    def typed(self) -> dict[str, str]:
        return without_prefix(self.cleaned_data)
