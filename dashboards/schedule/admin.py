"""The back office of the schedule: what rings when, last and next; on, off, now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from celery import current_app
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import formats
from django_celery_beat.models import PeriodicTask, PeriodicTasks
from kombu.exceptions import OperationalError as BrokerAway
from unfold.admin import ModelAdmin
from unfold.decorators import display

from dashboards.schedule.form import ScheduleForm
from dashboards.schedule.jobs import is_own, job_label, name_of
from dashboards.schedule.when import in_words, next_at


class ScheduleAdmin(ModelAdmin):
    """The program's own schedules can be switched off; people's can be anything."""

    form = ScheduleForm
    change_form_before_template = "contacts/seen.html"
    list_display = ("called", "when", "last", "next", "on")
    list_filter = ("enabled",)
    list_select_related = ("interval", "crontab", "solar", "clocked")
    search_fields = ("name",)
    search_help_text = "A part of a schedule's name"
    ordering = ("name",)
    sortable_by = ()
    actions = ("switch_on", "switch_off", "run_now")
    conditional_fields = {
        "every": "kind == 'every'",
        "unit": "kind == 'every'",
        "at": "kind != 'every'",
        "weekdays": "kind == 'weekly'",
        "day": "kind == 'monthly'",
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[PeriodicTask]:
        """Without Celery's own: it clears results, and nothing here keeps any."""
        rows: QuerySet[PeriodicTask] = super().get_queryset(request)
        return rows.exclude(task__startswith="celery.")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj and is_own(obj):
            return ((None, {"fields": ("own_name", "job", "when", "enabled", "last", "next")}),)
        times = (("last", "next"),) if obj else ()
        return (
            (None, {"fields": ("name", "task", "enabled")}),
            ("When", {"fields": ("kind", "every", "unit", "at", "weekdays", "day")}),
            *(("So far", {"fields": shown}) for shown in times),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        return ("own_name", "job", "when", "last", "next")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        made = super().get_form(request, obj, change=change, **kwargs)
        if obj and is_own(obj):
            only = [name for name in made.base_fields if name != "enabled"]
            made = type("OwnScheduleForm", (made,), dict.fromkeys(only))
        made.base_fields["enabled"].label = "On"
        made.base_fields["enabled"].help_text = OWN_WORDS if obj and is_own(obj) else ""
        return made

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_kept = obj is not None and is_own(obj)  # it would be back at the next start
        return not is_kept and bool(super().has_delete_permission(request, obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found = super().get_actions(request)
        return {name: one for name, one in found.items() if name != "delete_selected"}

    @admin.action(description="Switch on", permissions=["change"])
    def switch_on(self, request: HttpRequest, tasks: QuerySet[PeriodicTask]) -> None:
        self._switch(request, tasks, is_on=True)

    @admin.action(description="Switch off", permissions=["change"])
    def switch_off(self, request: HttpRequest, tasks: QuerySet[PeriodicTask]) -> None:
        self._switch(request, tasks, is_on=False)

    @admin.action(description="Run now", permissions=["change"])
    def run_now(self, request: HttpRequest, tasks: QuerySet[PeriodicTask]) -> None:
        names = list(tasks.values_list("task", flat=True))
        try:
            for name in names:
                current_app.send_task(name, retry=False, expires=600)
        except BrokerAway:
            messages.error(request, "Redis is away, so no worker can be rung. Try again later.")
            return
        messages.success(request, f"{_counted(len(names))} rung; a worker takes it up at once.")

    def _switch(self, request: HttpRequest, tasks: QuerySet[PeriodicTask], *, is_on: bool) -> None:
        count = tasks.update(enabled=is_on)
        PeriodicTasks.update_changed()
        messages.success(request, f"{_counted(count)} switched {'on' if is_on else 'off'}.")

    @display(description="Schedule", header=True)
    def called(self, task: PeriodicTask) -> tuple[str, str]:
        return name_of(task), job_label(task.task)

    @display(description="Schedule")
    def own_name(self, task: PeriodicTask) -> str:
        return name_of(task)

    @display(description="What it does")
    def job(self, task: PeriodicTask) -> str:
        return job_label(task.task)

    @display(description="When")
    def when(self, task: PeriodicTask) -> str:
        return in_words(task)

    @display(description="Last run")
    def last(self, task: PeriodicTask) -> str:
        return _moment(task.last_run_at) or "Not yet"

    @display(description="Next run")
    def next(self, task: PeriodicTask) -> str:
        return _moment(next_at(task)) or "None while it is off"

    @display(description="On", boolean=True)
    def on(self, task: PeriodicTask) -> bool:
        return bool(task.enabled)


OWN_WORDS = (
    "The program needs it, and says when at each start of the scheduler."
    " Switched off, its work is left undone until it is on again."
)


def _moment(at: datetime | None) -> str:
    return f"{formats.date_format(at, 'DATETIME_FORMAT')} UTC" if at else ""


def _counted(count: int) -> str:
    return "1 schedule was" if count == 1 else f"{count} schedules were"
