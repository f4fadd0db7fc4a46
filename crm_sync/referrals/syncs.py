"""A referral sync's own row and position: taken up again, moved on, ended, or put back."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from contacts.leases import TakenOver
from crm_sync.models import Connection, Position, Sync
from crm_sync.referrals.provider import CLAIMS
from crm_sync.referrals.storing import Stored
from integrations.errors import (
    AccountUnusable,
    CallError,
    ContractBroken,
    CredentialRejected,
    NotEntitled,
    Refused,
    Throttled,
    Transient,
)

OBJECT = "referral"
# What changed shortly before the newest that we have seen may come in late.
OVERLAP = timedelta(minutes=10)
LEAST_S, MOST_S, USUAL_S = 1.0, 3600.0, 60.0
MOST_TRIES = 5


class Stopped(Exception):
    """Somebody wants the sync to stop."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where to begin: at a page's address, else with what changed since then, else with all."""

    since: datetime | None
    link: str = ""


def begin(sync: Sync) -> Start:
    """Return where a sync begins: where it was left, or what the last one came to."""
    hold(sync)
    cursor = _cursor(sync)
    if cursor.get("link") and cursor.get("sync") == sync.pk:
        return Start(_time(cursor.get("since")), cursor["link"])
    mark = _time(cursor.get("watermark"))
    since = None if sync.is_full or mark is None else mark - OVERLAP
    own = {"since": since and since.isoformat(), "link": "", "newest": None, "held": None}
    _move(sync, {**cursor, **own, "sync": sync.pk})
    return Start(since)


def begin_anew(sync: Sync) -> Start:
    """Forget the page that a sync was left at, which Partner Center knows no more."""
    cursor = _cursor(sync)
    _move(sync, {**cursor, "link": ""})
    return Start(_time(cursor.get("since")))


def move_on(sync: Sync, stored: Stored, link: str) -> None:
    """Note a page in the transaction that writes it; the last one moves the watermark.

    The watermark does not pass what could not be kept: the next sync asks for that again.
    """
    row = hold(sync)
    cursor = _cursor(sync)
    newest = _latest(cursor.get("newest"), stored.newest_at)
    held = _earliest(cursor.get("held"), stored.held_at)
    if link:
        after = {"link": link, "newest": newest, "held": held}
    else:
        mark = _earliest(held, _latest(cursor.get("watermark"), newest))
        after = {"watermark": mark, "link": "", "newest": None, "held": None}
    _move(sync, {**cursor, **after})
    so_far = row.counts.get(OBJECT, {})
    counts = {name: so_far.get(name, 0) + n for name, n in stored.counts().items()}
    Sync.objects.filter(pk=sync.pk).update(counts={**row.counts, OBJECT: counts})


def hold(sync: Sync) -> Sync:
    """Lock the sync's row. Raises TakenOver when it is another worker's, Stopped when it has to."""
    row = Sync.objects.select_for_update().get(pk=sync.pk)
    if (row.state, row.worker_id) != (Sync.State.CLAIMED, sync.worker_id):
        raise TakenOver(f"sync {sync.pk} is another worker's")
    if row.wants_stop:
        raise Stopped
    return row


def done(sync: Sync, failed_ids: list[str]) -> None:
    """End a sync that went through; what could not be kept is told."""
    words = ""
    if failed_ids:
        words = f"Not kept, and asked for again next time: {', '.join(failed_ids[:5])}"
    _end(sync, Sync.State.DONE, reason=words[:300], stage="")


def stop(sync: Sync) -> None:
    _end(sync, Sync.State.STOPPED)


def fail(sync: Sync, error: CallError) -> None:
    """End a sync that cannot go on, with why; a connection that needs somebody says so."""
    category = category_of(error)
    _end(sync, Sync.State.FAILED, reason=str(error)[:300], category=category)
    state = {"login": Connection.State.NEEDS_LOGIN, "permission": Connection.State.REFUSED}
    if category in state:
        Connection.objects.filter(pk=sync.connection_id).update(
            state=state[category], state_reason=str(error)[:300], state_since=Now()
        )


def put_back(sync: Sync, error: CallError) -> None:
    """Let the sync wait its turn in the queue; it goes on at the page where it is (XR-54)."""
    due_at = timezone.now() + timedelta(seconds=pause_s(error))
    rows = Sync.objects.filter(pk=sync.pk, state=Sync.State.CLAIMED, worker_id=sync.worker_id)
    waits = {"state": Sync.State.WAITING, "worker_id": None, "due_at": due_at}
    # Waiting for one's turn is no try.
    spared = 0 if isinstance(error, Transient) else 1
    tries = Greatest(F("tries") - spared, 0)
    rows.update(**waits, reason=str(error)[:300], category=category_of(error), tries=tries)


def may_wait(sync: Sync, error: CallError) -> bool:
    """Tell whether the sync may go on later by itself: what passes, and not for ever."""
    if isinstance(error, Throttled) or (
        isinstance(error, Refused) and not isinstance(error, AccountUnusable)
    ):
        return True
    return isinstance(error, Transient) and sync.tries < MOST_TRIES


def pause_s(error: CallError) -> float:
    """Return how long to wait, within an hour: never less than was asked, and each a bit longer.

    The bit is up to a tenth and ten seconds, so that those who were refused together do not come
    back together.
    """
    asked = error.retry_after_s
    if asked is None and error.retry_at is not None:
        asked = (error.retry_at - timezone.now()).total_seconds()
    asked = min(max(USUAL_S if asked is None else asked, LEAST_S), MOST_S)
    return asked + random.uniform(0, asked * 0.1 + 10)


def category_of(error: CallError) -> str:
    """Return what kind of thing went wrong: who has to act is another for each."""
    if isinstance(error, CredentialRejected) or error.code == CLAIMS:
        return "login"
    kinds: tuple[tuple[type[CallError], str], ...] = (
        (NotEntitled, "permission"), (Throttled, "throttled"), (AccountUnusable, "unusable"),
        (Refused, "held_back"), (Transient, "unreachable"), (ContractBroken, "contract"),
    )  # fmt: skip
    return next((word for kind, word in kinds if isinstance(error, kind)), "rejected")


def _end(sync: Sync, state: str, **values: Any) -> None:
    rows = Sync.objects.filter(pk=sync.pk, state=Sync.State.CLAIMED, worker_id=sync.worker_id)
    values.setdefault("category", "")
    rows.update(state=state, worker_id=None, finished_at=Now(), **values)


def _cursor(sync: Sync) -> dict[str, Any]:
    found = Position.objects.filter(connection_id=sync.connection_id, object=OBJECT).first()
    return dict(found.cursor) if found else {}


def _move(sync: Sync, cursor: Mapping[str, Any]) -> None:
    Position.objects.update_or_create(
        connection_id=sync.connection_id, object=OBJECT, defaults={"cursor": dict(cursor)}
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _latest(one: str | None, other: datetime | str | None) -> str | None:
    return max(filter(None, (one, _text(other))), key=datetime.fromisoformat, default=None)


def _earliest(one: str | None, other: datetime | str | None) -> str | None:
    return min(filter(None, (one, _text(other))), key=datetime.fromisoformat, default=None)


def _text(moment: datetime | str | None) -> str | None:
    return moment.isoformat() if isinstance(moment, datetime) else moment
