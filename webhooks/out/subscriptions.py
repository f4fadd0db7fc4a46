"""What people do with subscriptions: make and edit them, new secrets, on and off, an example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from contacts import happenings
from integrations.accounts import secret_box
from webhooks.models import Parcel, Subscription
from webhooks.out.composing import body_of
from webhooks.out.events import EVENTS
from webhooks.out.signing import new_secret
from webhooks.out.wording import gathered

FORMER_FOR = timedelta(hours=24)
LOCK = 0x51771CF  # the advisory lock of who changes what is wanted
# In the database: they may be a million.
FORGET = (
    "DELETE FROM webhooks_attempt AS a USING webhooks_parcel AS p"
    " WHERE a.parcel_id = p.id AND p.subscription_id = %s",
    "DELETE FROM webhooks_parcel WHERE subscription_id = %s",
)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a subscription keeps sealed: its address, its secret, and the one before."""

    url: str = ""
    secret: str = ""
    former: str = ""

    def keys(self, row: Subscription, now: datetime) -> list[str]:
        """Return the secrets to sign with; the former one counts for FORMER_FOR."""
        is_former_good = bool(row.rotated_at and row.rotated_at > now - FORMER_FOR)
        former = [self.former] if self.former and is_former_good else []
        return [self.secret, *former]

    def seal(self) -> str:
        return secret_box().seal({"url": self.url, "secret": self.secret, "former": self.former})


def opened(row: Subscription) -> Opened:
    """Return what a subscription keeps sealed. Raises SecretUnreadable."""
    return Opened(**secret_box().open(row.sealed)) if row.sealed else Opened()


def save(row: Subscription, url: str, *, by: User | None = None) -> str:
    """Write a subscription that was made or edited; return its secret if it is a new one's.

    An empty `url` leaves the address as it was. Only webhooks are signed.
    """
    held = opened(row)
    is_new = row.pk is None
    secret = new_secret() if is_new and row.kind == row.Kind.WEBHOOK else held.secret
    held = Opened(url or held.url, secret, held.former)
    row.sealed, row.place = held.seal(), place_of(row, held.url)
    if is_new:
        row.created_by = by
    with transaction.atomic():
        row.save()
        note_wishes()
    return secret if is_new else ""


def place_of(row: Subscription, url: str) -> str:
    """Return where it goes without what may be a secret: a host, or who gets the e-mail."""
    if row.kind == row.Kind.EMAIL:
        return ", ".join(row.recipients.split())[:255]
    return "Slack" if row.kind == row.Kind.SLACK else (urlsplit(url).netloc[:255])


def rotate(row: Subscription) -> str:
    """Return a new secret; what is sent is signed with the former one too for FORMER_FOR."""
    with transaction.atomic():
        row = Subscription.objects.select_for_update().get(pk=row.pk)
        held, secret = opened(row), new_secret()
        row.sealed = Opened(held.url, secret, held.secret).seal()
        row.rotated_at = timezone.now()
        row.save(update_fields=["sealed", "rotated_at"])
    log.info("subscription_rotated", subscription=row.pk)
    return secret


def switch_on(rows: QuerySet[Subscription]) -> int:
    """Tell them again; what still waits for them goes out too. Return how many were off."""
    with transaction.atomic():
        count = rows.filter(is_enabled=False).update(
            is_enabled=True, off_since=None, off_why="", failing_since=None, failures=0,
            rests_until=None,
        )  # fmt: skip
        note_wishes()
    return count


def switch_off(rows: QuerySet[Subscription]) -> int:
    """Tell them no more; return how many were on."""
    with transaction.atomic():
        count = rows.filter(is_enabled=True).update(is_enabled=False)
        note_wishes()
    return count


def delete(row: Subscription) -> None:
    """Delete a subscription with all that it was and is to be told."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for sql in FORGET:
                cursor.execute(sql, [row.pk])
        row.delete()
        note_wishes()


def note_wishes() -> None:
    """Have told what any subscription wants; in the transaction that changed one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    on = Subscription.objects.filter(is_enabled=True).values_list("events", flat=True)
    happenings.want(sorted({kind for kinds in on for kind in kinds}))


def send_example(row: Subscription) -> Parcel:
    """Owe the example of the first event that a subscription hears of."""
    event = EVENTS[next(kind for kind in row.events if kind in EVENTS)]
    now = timezone.now()
    said = {**event.example, "is_example": True}
    lines: Sequence[str] = ["This is an example: it asks whether messages arrive here."]
    return Parcel.objects.create(
        subscription=row, kind=event.kind, subject="example", due_at=now,
        body=gathered({event.kind: 1}, lines) if row.says_words else body_of(event.kind, now, said),
    )  # fmt: skip


def reseal() -> int:
    """Seal every address and secret anew with the first key. Raises SecretUnreadable."""
    with transaction.atomic():
        rows = list(Subscription.objects.exclude(sealed="").select_for_update().order_by("pk"))
        for row in rows:
            row.sealed = secret_box().rotate(row.sealed)
            row.save(update_fields=["sealed"])
    return len(rows)
