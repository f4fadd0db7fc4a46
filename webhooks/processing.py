"""Processing: deliveries are claimed, each in a transaction of its own becomes what it means.

Three tries with growing waits, then given up with the reason, to be replayed by a person. Nothing
here depends on the order or the number of deliveries: what they mean is written so that it may be
written again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from contacts import leases
from contacts.leases import Heart, Queue
from webhooks import leads
from webhooks.meanings import meaning_of
from webhooks.models import Delivery

log = structlog.get_logger(__name__)

QUEUE = Queue(Delivery)
LEADS = "leads"
AT_ONCE = 500
MOST_TRIES = 3
FIRST_PAUSE_S = 10.0
ENDED = (Delivery.State.DEAD, Delivery.State.KEPT, Delivery.State.DONE)
GIVEN_UP = "given up: three workers were lost while they had it"


def work(
    seconds: float, should_stop: Callable[[], bool] = lambda: False, *, where: str = "true"
) -> bool:
    """Work deliveries for about `seconds`, those that meet `where` (our own SQL).

    Return whether more may wait.
    """
    stop_at = time.monotonic() + seconds
    with leases.worker(_give_back) as own:
        heart = Heart(own)
        while time.monotonic() < stop_at and not should_stop():
            rows = _claim(own, where)
            if not rows:
                return False
            if posted := [row for row in rows if row.sender == LEADS]:
                _take_in(posted)
            for row in rows:
                heart.beat()
                if row.sender != LEADS:
                    _perform(row)
    return True


def _claim(own: UUID, where: str = "true") -> list[Delivery]:
    """Claim some; one that took a worker with it is claimed alone."""
    with transaction.atomic():
        ids = QUEUE.claim(own, AT_ONCE, where=f"losses = 0 AND {where}")
        ids = ids or QUEUE.claim(own, 1, where=where)
    return list(Delivery.objects.filter(pk__in=[pk for (pk,) in ids]).order_by("pk"))


def _perform(row: Delivery) -> None:
    meaning = meaning_of(row.sender, row.kind)
    if meaning is None:
        _end(row, Delivery.State.KEPT, "nobody here reads such events")
        return
    try:
        with transaction.atomic():
            outcome = meaning(row)
            _end(row, Delivery.State.DONE, outcome)
    except (OperationalError, InterfaceError):
        raise  # the database is away: what is claimed goes back with this worker
    except Exception as mistake:
        log.exception("delivery_failed", delivery=row.pk, sender=row.sender)
        _fail(row, f"{type(mistake).__name__} in our own code")


def _take_in(rows: Sequence[Delivery]) -> None:
    """Make an import of leads, in one transaction with their ends."""
    try:
        with transaction.atomic():
            for pk, outcome in leads.take_in(rows).items():
                row = next(one for one in rows if one.pk == pk)
                state = Delivery.State.DONE if outcome else Delivery.State.KEPT
                _end(row, state, outcome or leads.NO_PHONE)
    except (OperationalError, InterfaceError):
        raise  # the database is away: what is claimed goes back with this worker
    except Exception as mistake:
        log.exception("leads_failed", count=len(rows))
        for row in rows:
            _fail(row, f"{type(mistake).__name__} in our own code")


def _end(row: Delivery, state: str, outcome: str) -> None:
    _mine(row).update(
        state=state, outcome=outcome[:300], worker_id=None, finished_at=timezone.now()
    )


def _fail(row: Delivery, why: str) -> None:
    if row.tries >= MOST_TRIES:
        _end(row, Delivery.State.DEAD, why)
        return
    pause = timedelta(seconds=FIRST_PAUSE_S * 4 ** (row.tries - 1))
    _mine(row).update(
        state=Delivery.State.WAITING, outcome=why[:300], worker_id=None,
        due_at=timezone.now() + pause,
    )  # fmt: skip


def _mine(row: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=row.pk, state=Delivery.State.CLAIMED, worker_id=row.worker_id)


def ended(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Return those that can be worked again."""
    return rows.filter(state__in=ENDED)


def replay(rows: QuerySet[Delivery]) -> int:
    """Have ended deliveries worked again, on a person's word; return how many."""
    count = ended(rows).update(
        state=Delivery.State.WAITING, tries=0, losses=0, due_at=timezone.now(), finished_at=None
    )
    if count:
        from webhooks.ringing import ring

        transaction.on_commit(ring)
    return count


def sweep() -> bool:
    """Give back what lost workers held; tell whether anything is due."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT d.worker_id FROM webhooks_delivery AS d"
            " JOIN contacts_worker AS w ON w.id = d.worker_id"
            " WHERE d.state = 'claimed' AND w.gone_at IS NOT NULL"
        )
        gone = [id_ for (id_,) in cursor.fetchall()]
    if gone:
        _, dead = QUEUE.give_back(gone)
        Delivery.objects.filter(pk__in=dead).update(outcome=GIVEN_UP, finished_at=timezone.now())
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=timezone.now())
    return waiting.exists()


def _give_back(own: Sequence[UUID]) -> None:
    """Let go of what a leaving worker holds; it counts as no loss."""
    Delivery.objects.filter(state=Delivery.State.CLAIMED, worker_id__in=own).update(
        state=Delivery.State.WAITING, worker_id=None, tries=F("tries") - 1
    )
