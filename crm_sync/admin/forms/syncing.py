"""What a connection syncs: which way, which objects, when, and what becomes of deletions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from contacts.selection import Selection, SelectionRefused, as_query, in_words, of_address
from crm_sync.admin.forms.section import ConnectionSection
from crm_sync.connector import OBJECTS
from crm_sync.models import Connection
from crm_sync.referrals.client import SOURCE
from crm_sync.registry import CONNECTORS
from crm_sync.wording import OBJECTS as LABELS

WHO = frozenset(("direction", "objects_on", "selection"))
LONGEST_MINUTES = 60 * 24 * 31


class SyncForm(ConnectionSection):
    name = "sync"
    title = "What it syncs"
    blank = "none"

    @classmethod
    def is_for(cls, row: Connection) -> bool:
        return row.kind != SOURCE.slug  # referrals only come in

    direction = forms.ChoiceField(
        label="Direction", choices=Connection.Direction.choices, widget=UnfoldAdminRadioSelectWidget
    )
    objects_on = forms.MultipleChoiceField(
        label="Objects", required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="What is not chosen is left alone.",
    )  # fmt: skip
    selection = forms.CharField(
        label="Which contacts", required=False, max_length=2_000,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "all that are completed"}),
        help_text="Blank: all that are completed. For others filter the list of contacts, and put"
        " its address here: what stands behind the question mark is taken.",
    )  # fmt: skip
    creates_here = forms.BooleanField(
        label="Take in people whom we do not have", required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text="Only of what comes from the CRM. Off, it only completes contacts of ours.",
    )  # fmt: skip
    when_deleted_here = forms.ChoiceField(
        label="When a contact is deleted here", choices=Connection.Here.choices,
        widget=UnfoldAdminRadioSelectWidget,
        help_text="Who asks to be erased is deleted there in any case.",
    )  # fmt: skip
    when_deleted_there = forms.ChoiceField(
        label="When a record is deleted in the CRM", choices=Connection.There.choices,
        widget=UnfoldAdminRadioSelectWidget,
    )  # fmt: skip

    def current(self) -> dict[str, Any]:
        row = self.row
        return {
            "direction": row.direction,
            "objects_on": _ordered(row.objects_on),
            "selection": _written(row.selection),
            "creates_here": row.creates_here,
            "when_deleted_here": row.when_deleted_here,
            "when_deleted_there": row.when_deleted_there,
        }

    def add_fields(self) -> None:
        connector = CONNECTORS.get(self.row.kind)
        known = connector.objects if connector else OBJECTS
        field = self.fields["objects_on"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one, LABELS[one]) for one in OBJECTS if one in known]

    def clean_objects_on(self) -> list[str]:
        return _ordered(self.cleaned_data["objects_on"])

    def clean_selection(self) -> str:
        try:
            return _written(of_address(self.cleaned_data["selection"]))
        except SelectionRefused as refused:
            raise forms.ValidationError(str(refused)) from None

    def shown(self, name: str, value: Any) -> str:
        if name != "selection":
            return super().shown(name, value)
        return in_words(of_address(value)) if value else "all that are completed"

    def apply(self, changed: dict[str, Any]) -> None:
        if "selection" in changed:
            changed = {**changed, "selection": of_address(changed["selection"])}
        if WHO & set(changed):  # whom nobody has sent yet may be among them now
            changed = {**changed, "owes_all_since": timezone.now()}
        self.write(changed)


class ScheduleForm(ConnectionSection):
    name = "schedule"
    title = "When it syncs"
    blank = "only when started by hand"

    every_minutes = forms.IntegerField(
        label="Every so many minutes", required=False, min_value=1, max_value=LONGEST_MINUTES,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text="Blank: only when somebody starts it, or when something changes.",
        error_messages={
            "min_value": "At least 1 minute; blank for never.",
            "max_value": "At most 44,640 minutes, which are 31 days.",
            "invalid": "Write a whole number of minutes, or nothing.",
        },
    )  # fmt: skip
    on_change = forms.BooleanField(
        label="Also when something changes", required=False, widget=UnfoldBooleanSwitchWidget(),
        help_text="What changes here goes to the CRM within a minute or so.",
    )  # fmt: skip

    def current(self) -> dict[str, Any]:
        found: dict[str, Any] = {"every_minutes": self.row.every_minutes}
        return found if self.row.kind == SOURCE.slug else found | {"on_change": self.row.on_change}

    def add_fields(self) -> None:
        if self.row.kind == SOURCE.slug:
            del self.fields["on_change"]

    def apply(self, changed: dict[str, Any]) -> None:
        if "every_minutes" in changed:
            changed = {**changed, "next_at": timezone.now() if changed["every_minutes"] else None}
        self.write(changed)


def _written(selection: Selection) -> str:
    """Return a selection as an address says it, the same however it was put together."""
    return as_query(dict(sorted(selection.items())))


def _ordered(objects: Any) -> list[str]:
    return [one for one in OBJECTS if one in (objects or ())]
