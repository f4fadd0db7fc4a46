"""Forms of erasing: whom, and that the person who confirms means it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from unfold.widgets import UnfoldAdminTextInputWidget

from contacts.erasing.people import Person
from contacts.phone import PhoneRefused, parse

DIGITS = 4
NEEDED = "Type a number or an e-mail address."
NO_NUMBER = "That is no number: write it as +14155550100."
OTHER_DIGITS = "These are not its last {count} characters: look again whom you erase."


class WhomForm(forms.Form):
    """A number, an e-mail address, or both."""

    phone = forms.CharField(
        max_length=64, required=False, label="Phone number", widget=UnfoldAdminTextInputWidget()
    )
    email = forms.EmailField(
        max_length=254, required=False, label="E-mail address",
        widget=UnfoldAdminTextInputWidget(),
        error_messages={"invalid": "That is no e-mail address."},
    )  # fmt: skip

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].replace("\0", "").strip()
        if not typed:
            return ""
        try:
            return parse(typed, settings.DEFAULT_REGION).e164
        except PhoneRefused as refused:
            raise forms.ValidationError(NO_NUMBER) from refused

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        if not self.errors and not (chosen.get("phone") or chosen.get("email")):
            self.add_error("phone", NEEDED)
        return chosen

    @property
    def phones(self) -> list[str]:
        return [one for one in [self.cleaned_data.get("phone", "")] if one]

    @property
    def emails(self) -> list[str]:
        return [one.lower() for one in [self.cleaned_data.get("email", "")] if one]


class SureForm(forms.Form):
    """Who asked for it, and the end of the number, typed by whoever confirms."""

    asked_by = forms.CharField(
        max_length=200,
        label="Who asked for it, and how",
        widget=UnfoldAdminTextInputWidget(
            attrs={"placeholder": "For example: the person, by letter of 3 May"}
        ),
        error_messages={"required": "Say who asked: it stands on the receipt. Name nobody."},
    )
    ending = forms.CharField(
        max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type it, so that nobody is erased by a slip."},
    )
    click = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wanted = told = ending(person)
        what = "digits of the number" if person.phones else "characters of the e-mail address"
        self.fields["ending"].label = f"The last {len(told)} {what}"
        self.initial.setdefault("click", uuid4())

    def clean_ending(self) -> str:
        typed = str(self.cleaned_data["ending"]).strip().lower()
        if typed != self._wanted:
            raise forms.ValidationError(OTHER_DIGITS.format(count=len(self._wanted)))
        return typed


def ending(person: Person) -> str:
    """Return what has to be typed: the end of the number, else of the e-mail address."""
    told = [*person.phones, *person.emails]
    return told[0][-DIGITS:].lower() if told else ""
