"""Suppresses numbers and lifts that again, each under the number's lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from contacts.models.suppression import Channel, ListedNumber, Reason, Suppression, SuppressionList

# The upper bits of our locks; a number's digits (15 at most) fit below them.
_LOCKS = 0x5B << 50
# Held shared by whoever holds a number, alone by whoever changes very many.
_EVERY_NUMBER = _LOCKS
# PostgreSQL has room for some 6,000 locks in all.
_ONE_BY_ONE = 500
NOTE_LIMIT = 300
log = structlog.get_logger(__name__)


def suppress(
    phones: Iterable[str],
    reason: str,
    *,
    channel: str = Channel.ALL,
    note: str = "",
    by: User | None = None,
    at: datetime | None = None,
) -> int:
    """Suppress numbers in E.164, and return how many of them were not yet, for this reason.

    `at` is when it was said, now if it isn't given: what was lifted since stays lifted, so that an
    old STOP may come late or twice. Raises ValueError for a reason, channel or number that is none.
    """
    reason, channel = Reason(reason), Channel(channel)
    new, left = 0, iter(dict.fromkeys(phones))
    with transaction.atomic():
        chunk = list(islice(left, _ONE_BY_ONE + 1))
        if len(chunk) > _ONE_BY_ONE:
            hold_every_number()
        while chunk:
            hold(chunk)
            new += _insert(chunk, reason, channel, note[:NOTE_LIMIT], by, at)
            chunk = list(islice(left, _ONE_BY_ONE))
    if new:
        log.info("numbers_suppressed", count=new, reason=str(reason), channel=str(channel))
    return new


def _insert(
    phones: list[str], reason: str, channel: str, note: str, by: User | None, at: datetime | None
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_suppression (phone_e164, reason, channel, since, note, by_id)"
            " SELECT phone, %(reason)s, %(channel)s, LEAST(%(at)s, clock_timestamp()), %(note)s,"
            " %(by)s FROM unnest(%(phones)s::text[]) AS said (phone)"
            " WHERE NOT EXISTS (SELECT FROM contacts_suppression AS lifted"
            "  WHERE lifted.phone_e164 = phone AND reason = %(reason)s AND channel = %(channel)s"
            "  AND lifted_at >= %(at)s)"
            " ON CONFLICT DO NOTHING",
            {
                "phones": phones, "reason": str(reason), "channel": str(channel), "note": note,
                "by": by.pk if by else None, "at": at,
            },
        )  # fmt: skip
        return int(cursor.rowcount)


def lift(
    phone: str,
    *,
    reasons: Iterable[str],
    why: str,
    by: User | None = None,
    at: datetime | None = None,
) -> int:
    """Lift what stands against a number for these reasons, and return how much that was.

    Raises ValueError when `why` is blank.

    `at` is when it was said, now if it isn't given: what came later stands. With `Reason.LIST` the
    number is taken off the lists that it is on; their next issue may bring it back.
    """
    if not (why := why.strip()[:NOTE_LIMIT]):
        raise ValueError("say why the number may be reached again")
    wanted = {Reason(reason) for reason in reasons}
    earlier = Q() if at is None else Q(since__lte=at)
    lifting: dict[str, Any] = {"lifted_at": at or timezone.now(), "lifted_by": by, "lift_note": why}
    with transaction.atomic():
        hold([phone])
        standing = Suppression.objects.filter(earlier, phone_e164=phone, lifted_at=None)
        lifted = standing.filter(reason__in=wanted).update(**lifting)
        if Reason.LIST in wanted:
            lifted += _take_off_lists(phone, lifting)
    if lifted:
        log.info("suppression_lifted", count=lifted, reasons=sorted(map(str, wanted)))
    return lifted


def lift_own(phones: Sequence[str], *, note: str, why: str, by: User | None) -> int:
    """Lift what we put there ourselves with this note, and return how many numbers that were."""
    with transaction.atomic():
        hold(phones) if len(phones) <= _ONE_BY_ONE else hold_every_number()
        own = Suppression.objects.filter(
            phone_e164__in=phones, reason=Reason.OWN, note=note[:NOTE_LIMIT], lifted_at=None
        )
        return own.update(lifted_at=timezone.now(), lifted_by=by, lift_note=why)


def _take_off_lists(phone: str, lifting: dict[str, Any]) -> int:
    """Take a number off the standing lists, and keep in its history that it was on them."""
    lists = list(
        SuppressionList.objects.filter(
            state=SuppressionList.State.STANDING, numbers__phone_e164=phone
        ).order_by("pk")
    )
    Suppression.objects.bulk_create(
        Suppression(
            phone_e164=phone,
            reason=Reason.LIST,
            channel=one.channel,
            since=one.finished_at or one.created_at,
            note=one.name,
            **lifting,
        )
        for one in lists
    )
    ListedNumber.objects.filter(phone_e164=phone, source__in=lists).delete()
    return len(lists)


def hold(phones: Iterable[str]) -> None:
    """Lock numbers until the transaction ends, in one order, so that holders never block in rings.

    Raises ValueError for what isn't E.164.
    """
    keys = sorted({_LOCKS | _digits(phone) for phone in phones})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_EVERY_NUMBER])
        cursor.execute(
            "SELECT count(pg_advisory_xact_lock(key)) FROM unnest(%s::bigint[]) AS held (key)",
            [keys],
        )


def hold_every_number() -> None:
    """Lock all numbers at once until the transaction ends: for changes of very many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_EVERY_NUMBER])


def _digits(phone: str) -> int:
    digits = phone.removeprefix("+")
    if phone == digits or not (digits.isascii() and digits.isdigit() and 6 <= len(digits) <= 15):
        raise ValueError(f"{phone!r} is not a number as E.164 writes it, such as +14155550100")
    return int(digits)
