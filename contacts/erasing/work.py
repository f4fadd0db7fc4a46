"""Works erasures: keeps out, ends what is on its way, erases, looks for the rest, looks once more.

The erasure's own row is the work item: each step is a transaction that moves it, so that whoever
comes after a kill goes on from there. The second look, some time after the first, is for what was
in somebody's hands meanwhile; then the row forgets who was meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.db import OperationalError, models, transaction
from django.db.models.functions import Now
from django.utils import timezone

from contacts.erasing import files, searching
from contacts.erasing.keeping_out import keep_out
from contacts.erasing.parts import Counts, added, in_order
from contacts.erasing.patterns import Patterns
from contacts.erasing.people import Person, still_there
from contacts.importing.store import take_turn
from contacts.leases import Heart, Queue, TakenOver, worker
from contacts.models import Contact, Erasure

ERASURES = Queue(Erasure, waiting="waiting", claimed="working", dead="failed")
TASK = "contacts.erase"
PAUSE_S = 5.0  # what is on its way is asked about again
FILE_PAUSE_S = 3600.0
GIVEN_UP = "given up: three workers were lost while they worked on it"
OPEN_FILES = "waits for {what}, which still needs its file: finish or delete it"
Step = Erasure.Step
log = structlog.get_logger(__name__)


def ring() -> None:
    """Tell the workers that there is work; a ring that is lost is rung again by the sweep."""
    current_app.send_task(TASK, retry=False)


def work_all() -> int:
    """Work erasures until none is due; return how many times one was taken up."""
    worked = 0
    with worker(_give_back) as own:
        while claimed := ERASURES.claim(own, 1):
            _work(claimed[0][0], own)
            worked += 1
    return worked


def run(erasure_id: int) -> Erasure:
    """Work one that is due in this process, if no other has it; return how it stands then."""
    with worker(_give_back) as own:
        if ERASURES.claim(own, 1, where="id = %s", params=[erasure_id]):
            _work(erasure_id, own)
    return Erasure.objects.get(pk=erasure_id)


def sweep(lost: Sequence[UUID]) -> None:
    """Give what lost workers held to others, and ring for every erasure that is due."""
    _give_back(lost)
    if Erasure.objects.filter(state=ERASURES.waiting, due_at__lte=Now()).exists():
        ring()


def _work(erasure_id: int, own: UUID) -> None:
    heart = Heart(own)
    try:
        while _step(erasure_id, own):
            heart.beat()
    except TakenOver as taken:
        log.warning("erasure_taken_over", erasure_id=erasure_id, reason=str(taken))
    except OperationalError as error:  # a deadlock with other work: the step is taken again
        log.warning("erasure_interrupted", erasure_id=erasure_id, reason=type(error).__name__)
        _wait(Erasure.objects.filter(pk=erasure_id, worker_id=own), 1.0)


def _step(erasure_id: int, own: UUID) -> bool:
    """Take one step; False when there is nothing to be done just now."""
    step = Erasure.objects.values_list("step", flat=True).get(pk=erasure_id)
    if step == Step.SEARCH:
        return _search(erasure_id, own)
    return _keep_out(erasure_id, own) and _erase(erasure_id, own)


def _keep_out(erasure_id: int, own: UUID) -> bool:
    """From here on nobody brings the person in again; then end what is on its way."""
    with transaction.atomic():
        erasure = _held(erasure_id, own)
        take_turn()  # no chunk of an import decides while this is written
        found = still_there(Person.read(erasure.person))
        keep_out(found.person, erasure)
        there = added(part.count(found.person) for part in in_order())
        before = _most(erasure.position.get("before", {}), there)
        _save(erasure, person=found.person.as_json(), position={"before": before})
    with transaction.atomic():
        erasure = _held(erasure_id, own)
        if words := _stopped(Person.read(erasure.person)):
            _wait(Erasure.objects.filter(pk=erasure_id), PAUSE_S, words)
            return False
    return True


def _erase(erasure_id: int, own: UUID) -> bool:
    """Erase what every room has, the contacts last, in one transaction."""
    with transaction.atomic():
        erasure = _held(erasure_id, own)
        take_turn()
        person = still_there(Person.read(erasure.person)).person
        list(Contact.objects.select_for_update().filter(pk__in=person.contacts).order_by("pk"))
        if words := _stopped(person):
            _wait(Erasure.objects.filter(pk=erasure_id), PAUSE_S, words)
            return False
        went = added(part.erase(person, erasure) for part in in_order())
        went = _most(erasure.position.get("before", {}), went)  # what was taken back went first
        counts = added([erasure.counts, went])
        is_second = erasure.step == Step.AGAIN
        _save(
            erasure, person=person.as_json(), counts=counts, step=Step.SEARCH, words="",
            position=searching.first() | {"is_second": is_second}, losses=0,
            erased_at=erasure.erased_at or timezone.now(),
        )  # fmt: skip
    log.info("person_erased", erasure_id=erasure_id, contacts=counts.get("contacts", 0))
    return True


def _search(erasure_id: int, own: UUID) -> bool:
    """Look through one stretch of a table; at the end through the files."""
    with transaction.atomic():
        erasure = _held(erasure_id, own)
        patterns = Patterns(Person.read(erasure.person))
        position, counts = searching.search(patterns, erasure.position)
        is_second = erasure.position.get("is_second", False)
        if position is not None:
            told = added([erasure.counts, counts])
            _save(erasure, position=position | {"is_second": is_second}, counts=told, losses=0)
            return True
        gone = files.erase(patterns)
        erasure.kept += gone.kept
        told = {"files of imports": gone.uploads, "files of exports": gone.exports}
        counts = added([erasure.counts, counts, told])
        if is_second and not gone.still:
            _finish(erasure, counts)
            return False
        waits_s = FILE_PAUSE_S if is_second else settings.ERASURE_AGAIN_S
        words = OPEN_FILES.format(what=", ".join(gone.still))[:300] if gone.still else ""
        _save(erasure, step=Step.AGAIN, counts=counts, position={})
        _wait(Erasure.objects.filter(pk=erasure_id), waits_s, words)
    return False


def _finish(erasure: Erasure, counts: Counts) -> None:
    _save(
        erasure, state=Erasure.State.DONE, step=Step.OVER, counts=counts, person={}, position={},
        words="", worker_id=None, finished_at=timezone.now(),
    )  # fmt: skip


def _most(one: Counts, other: Counts) -> Counts:
    return {kind: max(one.get(kind, 0), other.get(kind, 0)) for kind in {**one, **other}}


def _stopped(person: Person) -> str:
    """Take back what waits in every room; return in words what is still on its way, "" if none."""
    return next(filter(None, [part.stop(person) for part in in_order()]), "")


def _held(erasure_id: int, own: UUID) -> Erasure:
    """Return the erasure, locked; raises TakenOver when it is no longer this worker's."""
    mine = Erasure.objects.select_for_update(of=("self",))
    erasure = mine.filter(pk=erasure_id, worker_id=own, state=ERASURES.claimed).first()
    if erasure is None:
        raise TakenOver(f"erasure {erasure_id} is no longer ours")
    return erasure


def _save(erasure: Erasure, **values: object) -> None:
    for name, value in values.items():
        setattr(erasure, name, value)
    erasure.save(update_fields=[*values, "traces", "kept"])


def _wait(rows: models.QuerySet[Erasure], seconds: float, words: str = "") -> None:
    rows.update(
        state=ERASURES.waiting, worker_id=None, words=words[:300],
        due_at=timezone.now() + timedelta(seconds=seconds),
    )  # fmt: skip


def _give_back(worker_ids: Sequence[UUID]) -> None:
    dead = ERASURES.give_back(worker_ids)[1]
    Erasure.objects.filter(pk__in=dead).update(words=GIVEN_UP)
