"""Owing: happenings become parcels, one for each subscription that wants to hear of them.

A happening is taken away in the transaction that writes its parcels. Nobody reads past one that
another transaction has not committed yet, so there is no place to lose and none is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from contacts.models import Happening
from webhooks.models import Parcel, Subscription
from webhooks.out import terms
from webhooks.out.composing import Row, Told, body_of, compose
from webhooks.out.wording import add

AT_ONCE = 1000
GATHERS_FOR = timedelta(seconds=30)
TAKE = """
DELETE FROM contacts_happening WHERE id = ANY(ARRAY(
  SELECT id FROM contacts_happening WHERE id = ANY(%s) ORDER BY id FOR UPDATE SKIP LOCKED
)) RETURNING id, kind, subject, facts::text, happened_at
"""
log = structlog.get_logger(__name__)


def owe_all() -> int:
    """Make parcels of the happenings that wait, a good many; return how many there were.

    One that cannot be told, by a mistake of ours, stays until that is mended, and holds up none.
    """
    try:
        return owe()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("happenings_not_told")
    return sum(_owe_alone(pk) for pk in _first(AT_ONCE))


def _owe_alone(pk: int) -> int:
    try:
        return owe([pk])
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("happening_not_told", happening=pk)
        return 0


@transaction.atomic
def owe(ids: Sequence[int] | None = None) -> int:
    """Make parcels of these happenings, or of the first ones, and return how many there were."""
    rows = _take(_first(AT_ONCE) if ids is None else ids)
    if not rows:
        return 0
    told = compose(rows)
    for row in Subscription.objects.filter(is_enabled=True).order_by("pk"):
        if mine := _of(row, told):
            (_gather if row.says_words else _owe)(row, mine)
    return len(rows)


def _first(limit: int) -> list[int]:
    return list(Happening.objects.order_by("id").values_list("pk", flat=True)[:limit])


def _take(ids: Sequence[int]) -> list[Row]:
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [list(ids)])
        found = sorted(cursor.fetchall())
    return [(kind, subject, orjson.loads(facts), at) for _, kind, subject, facts, at in found]


def _of(row: Subscription, told: Sequence[Told]) -> list[Told]:
    """Return what a subscription wants to hear; what was before it was made is not for it."""
    wanted = [one for one in told if one.kind in row.events and one.at >= row.created_at]
    if not wanted or not row.terms:
        return wanted
    try:
        held = terms.read(row.terms, row.events)
    except terms.Unfit as why:  # the events of another version of the program
        log.error("terms_unfit", subscription=row.pk, why=str(why))
        return []
    return [one for one in wanted if terms.hold(held, one.kind, one.said)]


def _owe(row: Subscription, told: Sequence[Told]) -> None:
    Parcel.objects.bulk_create(
        Parcel(
            subscription=row, kind=one.kind, subject=one.subject,
            body=body_of(one.kind, one.at, one.said),
        )
        for one in told
    )  # fmt: skip


def _gather(row: Subscription, told: Sequence[Told]) -> None:
    """Add to the message that waits for its moment, or begin one."""
    Subscription.objects.select_for_update().get(pk=row.pk)  # one gathers at a time
    open_ones = Parcel.objects.filter(
        subscription=row, state=Parcel.State.WAITING, tries=0, due_at__gt=timezone.now()
    )
    parcel = open_ones.select_for_update().order_by("id").first()
    if parcel is not None:
        parcel.body = add(parcel.body, told)
        parcel.save(update_fields=["body"])
        return
    kinds = {one.kind for one in told}
    Parcel.objects.create(
        subscription=row, kind=kinds.pop() if len(kinds) == 1 else "several", body=add("", told),
        due_at=_moment(row, timezone.now()),
    )  # fmt: skip


def _moment(row: Subscription, now: datetime) -> datetime:
    """Return when a new message goes out: soon, or where the day's are used up, at its end."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = Parcel.objects.filter(subscription=row, created_at__gte=midnight).count()
    return now + GATHERS_FOR if today < row.daily_limit else midnight + timedelta(days=1)
