"""The form of a schedule: its name, what it does, and when, with no word of cron."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django_celery_beat.models import PeriodicTask
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminTimeWidget,
)

from contacts.admin.meanwhile import Meanwhile
from dashboards.schedule.jobs import JOBS
from dashboards.schedule.when import (
    DAILY,
    EVERY,
    MONTHLY,
    UNITS,
    WEEKDAYS,
    WEEKLY,
    When,
    when_of,
    write,
)

KINDS = (
    (EVERY, "Every so often"),
    (DAILY, "Every day"),
    (WEEKLY, "On days of the week"),
    (MONTHLY, "On a day of each month"),
)
FIELDS = ("every", "unit", "at", "weekdays", "day")


class ScheduleForm(Meanwhile, forms.ModelForm):  # type: ignore[type-arg]
    """A schedule that a person made; those of the program are only switched on and off."""

    name = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget())
    task = forms.ChoiceField(
        label="What it does", choices=[("", "Choose …"), *JOBS.items()],
        widget=UnfoldAdminSelectWidget(),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="When", choices=KINDS, initial=DAILY, widget=UnfoldAdminSelectWidget()
    )
    every = forms.IntegerField(
        required=False, min_value=1, max_value=10_000, initial=1,
        widget=UnfoldAdminIntegerFieldWidget(),
        error_messages={"min_value": "Write 1 or more.", "max_value": "Write 10,000 or less."},
    )  # fmt: skip
    unit = forms.ChoiceField(
        required=False, choices=[(unit, unit.capitalize()) for unit in UNITS], initial="hours",
        widget=UnfoldAdminSelectWidget(),
    )  # fmt: skip
    at = forms.TimeField(
        label="At", required=False, initial="03:00", widget=UnfoldAdminTimeWidget(),
        help_text="UTC, such as 03:30.",
        error_messages={"invalid": "Write a time of day, such as 03:30."},
    )  # fmt: skip
    weekdays = forms.MultipleChoiceField(
        label="Days", required=False, choices=list(WEEKDAYS.items()),
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )  # fmt: skip
    day = forms.IntegerField(
        label="Day of the month", required=False, min_value=1, max_value=28, initial=1,
        widget=UnfoldAdminIntegerFieldWidget(), help_text="1 to 28, which every month has.",
    )  # fmt: skip

    class Meta:
        model = PeriodicTask
        fields = ("name", "task", "enabled")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        when = when_of(self.instance) if self.instance.pk else None
        for name in ("kind", *FIELDS) if when else ():
            self.initial[name] = getattr(when, name)
        if "task" in self.fields and self.instance.task not in ("", *JOBS):
            field = self.fields["task"]
            field.choices = [*field.choices, (self.instance.task, self.instance.task)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        kind = said.get("kind")
        needed = {EVERY: ("every", "unit"), DAILY: ("at",), WEEKLY: ("at", "weekdays"),
                  MONTHLY: ("at", "day")}  # fmt: skip
        for name in needed.get(kind or "", ()):
            if not self.has_error(name) and said.get(name) in (None, "", []):
                self.add_error(name, NEEDED[name])
        return said

    def validate_unique(self) -> None:
        """The model's own asks for a row that says when, which is only written on saving."""
        try:
            models.Model.validate_unique(self.instance, self._kept_out())
        except forms.ValidationError as wrong:
            self.add_error(None, wrong)

    def _kept_out(self) -> set[str]:
        """What is not in the form cannot be mended in it."""
        return {field.name for field in PeriodicTask._meta.fields} - {*self.fields}

    def save(self, commit: bool = True) -> PeriodicTask:
        if "kind" in self.cleaned_data:
            write(self.instance, self._when())
        task: PeriodicTask = super().save(commit)
        return task

    def _when(self) -> When:
        given = {name: self.cleaned_data.get(name) for name in FIELDS}
        said = {name: value for name, value in given.items() if value not in (None, "", [])}
        if "weekdays" in said:
            said["weekdays"] = tuple(said["weekdays"])
        return When(self.cleaned_data["kind"], **said)


NEEDED = {
    "every": "Write how many.",
    "unit": "Choose seconds, minutes, hours or days.",
    "at": "Write a time of day, such as 03:30.",
    "weekdays": "Choose at least one day.",
    "day": "Write a day from 1 to 28.",
}
