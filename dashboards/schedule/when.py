"""When a schedule rings, as people say it: so often, each day, on days of the week or the month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

EVERY, DAILY, WEEKLY, MONTHLY = "every", "daily", "weekly", "monthly"
UNITS = ("seconds", "minutes", "hours", "days")
UNIT_S = {"microseconds": 1e-6, "seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
# As cron counts them: 0 is Sunday.
WEEKDAYS = {
    "1": "Monday", "2": "Tuesday", "3": "Wednesday", "4": "Thursday", "5": "Friday",
    "6": "Saturday", "0": "Sunday",
}  # fmt: skip
LARGER = (("seconds", "minutes", 60), ("minutes", "hours", 60), ("hours", "days", 24))
MISSED_S = 3600  # a ring that nobody heard for so long is not made up for


@dataclass(frozen=True, slots=True)
class When:
    """`kind` says which of the others count; `at` is UTC, `day` is of the month, 1 to 28."""

    kind: str
    every: int = 1
    unit: str = "hours"
    at: time = time(3)
    weekdays: tuple[str, ...] = ()
    day: int = 1


def when_of(task: PeriodicTask) -> When | None:
    """Return when a schedule rings, None for what only a cron line can say."""
    if task.interval:
        return When(EVERY, every=task.interval.every, unit=task.interval.period)
    cron = task.crontab
    if cron is None or not (cron.minute.isdecimal() and cron.hour.isdecimal()):
        return None
    if cron.month_of_year != "*":
        return None
    at = time(int(cron.hour), int(cron.minute))
    days, day = cron.day_of_week, cron.day_of_month
    if days == day == "*":
        return When(DAILY, at=at)
    if day == "*" and set(days.split(",")) <= set(WEEKDAYS):
        return When(WEEKLY, at=at, weekdays=tuple(days.split(",")))
    return When(MONTHLY, at=at, day=int(day)) if days == "*" and day.isdecimal() else None


def in_words(task: PeriodicTask) -> str:
    """Return when a task runs as a person would say it, times in UTC."""
    when = when_of(task)
    if when is None:
        return str(task.crontab.human_readable if task.crontab else task.scheduler or "Never")
    if when.kind == EVERY:
        when = _largest(when)
        unit = when.unit.removesuffix("s") if when.every == 1 else f"{when.every:,} {when.unit}"
        return f"Every {unit}"
    at = f"at {when.at:%H:%M} UTC"
    if when.kind == DAILY:
        return f"Every day {at}"
    if when.kind == MONTHLY:
        return f"On day {when.day} of each month {at}"
    names = [name for number, name in WEEKDAYS.items() if number in when.weekdays]
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"Each {listed} {at}"


def _largest(when: When) -> When:
    """Return the same in the largest unit that says it: 60 seconds are a minute."""
    for smaller, larger, size in LARGER:
        if when.unit == smaller and when.every % size == 0:
            when = replace(when, every=when.every // size, unit=larger)
    return when


def next_at(task: PeriodicTask) -> datetime | None:
    """Return when it rings next, None while it is off; what is overdue rings now."""
    if not task.enabled:
        return None
    now = timezone.now()
    left: timedelta = task.schedule.remaining_estimate(task.last_run_at or task.date_changed or now)
    due = max(now, now + left)
    return (due + timedelta(seconds=0.5)).replace(microsecond=0)


def write(task: PeriodicTask, when: When) -> None:
    """Give a task, which the caller saves, the row that says when."""
    task.interval = task.crontab = task.solar = task.clocked = None
    task.expires, task.expire_seconds = None, MISSED_S
    if when.kind == EVERY:
        task.interval = _interval(when.every, when.unit)
        task.expire_seconds = int(min(MISSED_S, when.every * UNIT_S[when.unit]))
    else:
        task.crontab = _crontab(when)


def _interval(every: int, unit: str) -> IntervalSchedule:
    found = IntervalSchedule.objects.filter(every=every, period=unit).first()
    return found or IntervalSchedule.objects.create(every=every, period=unit)


def _crontab(when: When) -> CrontabSchedule:
    said = {
        "minute": str(when.at.minute),
        "hour": str(when.at.hour),
        "day_of_week": ",".join(when.weekdays) if when.kind == WEEKLY else "*",
        "day_of_month": str(when.day) if when.kind == MONTHLY else "*",
        "month_of_year": "*",
        "timezone": "UTC",
    }
    found = CrontabSchedule.objects.filter(**said).first()
    return found or CrontabSchedule.objects.create(**said)
