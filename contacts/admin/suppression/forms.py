"""What is asked for numbers that must not be reached, and for lists of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from contacts.admin.imports.forms import UploadForm, regions
from contacts.models.suppression import MAX_AGE_DAYS, Channel, Reason
from contacts.suppression.pasting import MOST, read_numbers
from contacts.suppression.service import NOTE_LIMIT

# What a person may give as a reason; a STOP is sent by its owner, a list is a file.
BY_HAND = [choice for choice in Reason.choices if choice[0] not in (Reason.STOP, Reason.LIST)]
_FAULTS_SHOWN = 20


class DayInput(UnfoldAdminTextInputWidget):
    """A day, chosen in the browser's own calendar."""

    input_type = "date"

    def format_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


class AddForm(forms.Form):
    """Numbers by hand, all of one reason. Nothing is kept until every line can be read."""

    text = forms.CharField(
        label="Numbers",
        max_length=MOST * 40,
        strip=False,
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 8, "placeholder": "+1 415 555 0100\n(415) 555-0101\n…"}
        ),
        error_messages={
            "required": "Type or paste some numbers.",
            "max_length": "This is too long to paste: bring it as a list.",
        },
    )
    reason = forms.ChoiceField(choices=BY_HAND, widget=UnfoldAdminSelectWidget())
    channel = forms.ChoiceField(
        choices=Channel.choices, label="What is not to reach them", widget=UnfoldAdminSelectWidget()
    )
    region = forms.ChoiceField(label="Numbers without + are of", widget=UnfoldAdminSelectWidget())
    note = forms.CharField(
        max_length=NOTE_LIMIT,
        required=False,
        label="Note",
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "For example: asked by e-mail"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["text"].widget.attrs["maxlength"]
        self.fields["region"].choices = regions()  # type: ignore[attr-defined]
        self.initial.setdefault("region", settings.DEFAULT_REGION)

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        if "text" not in chosen or "region" not in chosen:
            return chosen
        pasted = read_numbers(chosen["text"].replace("\0", ""), chosen["region"])
        chosen["numbers"] = pasted.numbers
        for fault in pasted.faults[:_FAULTS_SHOWN]:
            self.add_error("text", str(fault))
        if pasted.faults[_FAULTS_SHOWN:]:
            more = len(pasted.faults) - _FAULTS_SHOWN
            self.add_error("text", f"{more:,} more of them are no numbers.")
        if len(pasted.numbers) > MOST:
            self.add_error("text", f"More than {MOST:,} numbers: bring them as a list.")
        if not (pasted.numbers or pasted.faults):
            self.add_error("text", "Type or paste some numbers.")
        return chosen


class LiftForm(forms.Form):
    """Which reasons are lifted, and why."""

    reasons = forms.MultipleChoiceField(
        choices=Reason.choices, error_messages={"required": "Tick what is to be lifted."}
    )
    why = forms.CharField(
        max_length=NOTE_LIMIT,
        label="Why it may be reached again",
        widget=UnfoldAdminTextInputWidget(
            attrs={"placeholder": "For example: signed the form of 3 May"}
        ),
        error_messages={"required": "Say why: it is kept in the history of the number."},
    )


class AgeForm(forms.Form):
    days = forms.IntegerField(
        min_value=1, max_value=3_660, label="Stale after so many days",
        widget=UnfoldAdminIntegerFieldWidget(),
    )  # fmt: skip


class ListForm(UploadForm):
    """A do-not-contact list: a file or a paste, what it is called, and of when it is."""

    name = forms.CharField(
        max_length=100,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "For example: National register"}),
        error_messages={"required": "Give it a name, so that people know it by."},
    )
    as_of = forms.DateField(
        label="Drawn up on",
        widget=DayInput(),
        error_messages={"required": "Say of which day the list is."},
    )
    days = forms.IntegerField(
        min_value=1, max_value=3_660, initial=MAX_AGE_DAYS, label="Stale after so many days",
        widget=UnfoldAdminIntegerFieldWidget(),
    )  # fmt: skip
    channel = forms.ChoiceField(
        choices=Channel.choices, label="What is not to reach them", widget=UnfoldAdminSelectWidget()
    )
    region = forms.ChoiceField(label="Numbers without + are of", widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = regions()  # type: ignore[attr-defined]
        self.initial.setdefault("region", settings.DEFAULT_REGION)

    def clean_as_of(self) -> Any:
        day = self.cleaned_data["as_of"]
        if day > timezone.now().date():
            raise forms.ValidationError("This day is yet to come: say of which day the list is.")
        return day
