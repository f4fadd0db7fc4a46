"""Pages of the ledger, newest first, at a bounded cost however long it is.

Ids are UUIDs of version 7, so they sort by time and a day is a range of them. A page looks at no
more than the last of `LOOKED_AT` calls of the shortest list that an index gives (a contact's, those
without an answer, all of them), and at the first of it where that brings enough; when it brought
too few, it says how far it got and the next page goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from integrations.ids import first_uuid7, moment_of
from integrations.models import ApiCall
from integrations.queries.filters import Wanted

SHOWN = 50
LOOKED_AT = (2_000, 50_000)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of calls; `after` is where the next begins, `searched_to` how far this one looked."""

    rows: Sequence[ApiCall]
    after: UUID | None = None
    searched_to: datetime | None = None


def page(
    wanted: Wanted, before: UUID | None = None, *, looked_at: Sequence[int] = LOOKED_AT
) -> Page:
    """Return the newest calls that are wanted, from before `before` on."""
    base = _base(wanted, before).order_by("-pk")
    is_short = wanted.is_of_contacts or not wanted.params
    found = Page([])
    for count in (None,) if is_short else looked_at:
        floor = None if count is None else _floor(base, count)
        rows = base.filter(wanted.conditions)
        found = _cut(list((rows.filter(pk__gt=floor) if floor else rows)[: SHOWN + 1]), floor)
        if len(found.rows) == SHOWN or floor is None:
            break
    return found


def _cut(rows: list[ApiCall], floor: UUID | None) -> Page:
    if len(rows) > SHOWN:
        return Page(rows[:SHOWN], rows[SHOWN - 1].pk)
    if floor is None:
        return Page(rows)
    return Page(rows, UUID(int=floor.int + 1), moment_of(floor))


def _floor(base: QuerySet[ApiCall], count: int) -> UUID | None:
    """Return the id of the call that is one too many, None where there are not so many."""
    return next(iter(base.values_list("pk", flat=True)[count : count + 1]), None)


def _base(wanted: Wanted, before: UUID | None) -> QuerySet[ApiCall]:
    """Return the calls to look through: what an index gives, within the span of ids."""
    base: QuerySet[ApiCall] = ApiCall.objects.all()
    if wanted.is_of_contacts:
        return (base.filter(pk__lt=before) if before else base).filter(wanted.conditions)
    if wanted.is_unanswered:
        base = base.exclude(outcome="answered")
    if wanted.since:
        base = base.filter(pk__gte=first_uuid7(wanted.since))
    if wanted.until:
        base = base.filter(pk__lt=first_uuid7(wanted.until))
    return base.filter(pk__lt=before) if before else base
