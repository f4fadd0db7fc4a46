"""The small form that a field card turns into."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from contacts.importing.companies import name_key
from contacts.models import Company, Contact
from dashboards.contact.fields import coded, label

LINE_TYPES = (
    "mobile", "landline", "fixed_voip", "non_fixed_voip", "toll_free", "personal", "premium",
    "shared_cost", "uan", "voicemail", "pager", "unknown",
)  # fmt: skip
_TRUTHS = (("", "Not known"), ("true", "Yes"), ("false", "No"))
_DATE = {"type": "date"}


def field_form(contact: Contact, name: str, typed: QueryDict | None = None) -> FieldForm:
    """Return the form of one field; a field with a blank value empties it."""
    initial = getattr(contact, name)
    if isinstance(initial, bool):
        initial = "true" if initial else "false"
    elif isinstance(initial, Company):
        initial = str(initial)
    form = FieldForm(typed, initial={"value": initial})
    form.fields["value"] = _form_field(name, initial)
    form.fields["value"].widget.attrs.update({"id": f"value-{name}", "autofocus": True})
    return form


class FieldForm(forms.Form):
    value = forms.CharField()

    def stored(self, name: str) -> Any:
        """Return the cleaned value in the form of the field's column."""
        value = self.cleaned_data["value"]
        if name == "company" or value is not None:
            return value
        return None if Contact._meta.get_field(name).null else ""


class CompanyField(forms.CharField):
    """A company that is known, by its name or domain; blank for none."""

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value))
        if not text:
            return None
        found = (
            Company.objects.filter(domain=text.lower()).first()
            or Company.objects.filter(name=text, name_key=name_key(text)).order_by("id").first()
            or Company.objects.filter(name_key=name_key(text)).exclude(name_key="")
            .order_by("id").first()
        )  # fmt: skip
        if not found:
            raise ValidationError("No company is called so, nor has this domain.")
        return found


def _form_field(name: str, initial: Any) -> forms.Field:
    text = UnfoldAdminTextInputWidget()
    common: dict[str, Any] = {"required": False, "label": label(name)}
    column = Contact._meta.get_field(name)
    if name == "company":
        return CompanyField(widget=text, **common)
    if name == "email":
        widget = UnfoldAdminEmailInputWidget()
        return forms.EmailField(widget=widget, max_length=254, **common)
    if name == "phone_ext":
        message = "Digits only, 12 at most."
        return forms.RegexField(
            r"^[0-9]{1,12}$", widget=text, error_messages={"invalid": message}, **common
        )
    if name == "line_type":
        kinds = dict.fromkeys(filter(None, (*LINE_TYPES, initial)))  # and one of a new kind
        return _choice([("", "Not known"), *((kind, coded(kind)) for kind in kinds)], common)
    return _by_column(column, text, common)


def _by_column(column: Any, text: forms.Widget, common: dict[str, Any]) -> forms.Field:
    if column.choices:
        return _choice([("", "Not known"), *column.choices], common)
    if isinstance(column, models.BooleanField):
        widget = UnfoldAdminSelectWidget(choices=_TRUTHS)
        return forms.TypedChoiceField(
            choices=_TRUTHS, coerce=lambda value: value == "true", empty_value=None, widget=widget,
            **common,
        )  # fmt: skip
    if isinstance(column, models.PositiveSmallIntegerField):
        widget = UnfoldAdminIntegerFieldWidget()
        return forms.IntegerField(min_value=0, max_value=100, widget=widget, **common)
    if isinstance(column, models.DateTimeField):
        help_text = "UTC, for example 2026-11-22 14:30"
        return forms.DateTimeField(widget=text, help_text=help_text, **common)
    if isinstance(column, models.DateField):
        date = UnfoldAdminTextInputWidget(attrs=_DATE)
        date.input_type = "date"
        return forms.DateField(widget=date, **common)
    return forms.CharField(widget=text, max_length=column.max_length, **common)


def _choice(choices: list[Any], common: dict[str, Any]) -> forms.ChoiceField:
    widget = UnfoldAdminSelectWidget(choices=choices)
    return forms.ChoiceField(choices=choices, widget=widget, **common)
