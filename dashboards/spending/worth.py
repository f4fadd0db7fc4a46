"""What the money was worth: usable contacts of a recipe, by day and by wanted field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from dashboards.spending.asked import Asked
from enrichment.models import Recipe, UsableDay

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Worth:
    """Contacts that have something, of those that are done, and what each cost; `name` is a field
    or a day."""

    name: str
    done: int
    usable: int
    spent_usd: Decimal

    @property
    def share(self) -> float | None:
        return self.usable / self.done if self.done else None

    @property
    def each_usd(self) -> Decimal | None:
        return self.spent_usd / self.usable if self.usable else None


def recipes() -> list[Recipe]:
    """Return those that have ever run, by name."""
    return list(Recipe.objects.filter(runs__isnull=False).distinct().order_by("name"))


def by_field(asked: Asked, spent_usd: Decimal, *, is_sandbox: bool) -> list[Worth]:
    """Return a row for each wanted field, all of the money set against each."""
    found = _tallies(asked, is_sandbox=is_sandbox).exclude(field="").values_list("field")
    sums = found.annotate(Sum("done"), Sum("usable")).order_by("field")
    return [Worth(name, done, usable, spent_usd) for name, done, usable in sums]


def by_day(asked: Asked, spent: dict[str, Decimal], *, is_sandbox: bool) -> list[Worth]:
    """Return a row for each day of the period: contacts done on it, money spent on it."""
    found = _tallies(asked, is_sandbox=is_sandbox).filter(field="").values_list("day")
    sums: dict[date, tuple[int, int]] = {
        day: (done, usable)
        for day, done, usable in found.annotate(Sum("done"), Sum("usable")).order_by("day")
    }
    return [
        Worth(str(day), *sums.get(day, (0, 0)), spent.get(str(day), ZERO))
        for day in asked.period.days
    ]


def _tallies(asked: Asked, *, is_sandbox: bool) -> QuerySet[UsableDay]:
    found = UsableDay.objects.filter(
        day__range=(asked.period.first, asked.period.last), run__is_sandbox=is_sandbox
    )
    if (recipe := asked.filters.get("recipe", "")).isdecimal():
        found = found.filter(run__recipe_id=int(recipe))
    return found
