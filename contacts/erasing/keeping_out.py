"""Keeping out: whoever was erased is known again by digests, and held back with words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from contacts.erasing import digests
from contacts.erasing.people import Person
from contacts.models import Erasure, KeptOut

Of = KeptOut.Of
HELD = "held back: this person was erased on"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who comes in: a number in E.164 or "", an e-mail or "", a name or ""."""

    phone: str = ""
    email: str = ""
    name: str = ""
    ext: str = ""


def keep_out(person: Person, erasure: Erasure) -> int:
    """Keep the digests of what tells the person; return how many there are of them.

    What others share counts together with the name alone; without any name it can't be kept.
    """
    key = digests.key()
    found = {digests.of_phone(key, phone): Of.PHONE for phone in person.own_phones()}
    found |= {digests.of_email(key, email): Of.EMAIL for email in person.own_emails()}
    found |= {digests.of_phone(key, phone, ext=ext): Of.DESK for phone, ext in person.extensions}
    for name in person.names:
        named = [digests.of_phone(key, phone, name=name) for phone in person.shared_phones]
        named += [digests.of_email(key, email, name=name) for email in person.shared_emails]
        found |= dict.fromkeys(named, Of.NAMED)
    KeptOut.objects.bulk_create(
        [KeptOut(digest=one, of=of, erasure=erasure) for one, of in sorted(found.items())],
        ignore_conflicts=True,
    )
    return len(found)


def held_back(callers: Sequence[Caller]) -> dict[int, str]:
    """Return why callers must stay out, by their place in the sequence; the others may come in.

    One query where nobody was ever erased. Where a transaction goes on to write, it has taken
    `importing.store.take_turn` before it asks: an erasure does so before it begins.
    """
    kinds = set(KeptOut.objects.order_by().values_list("of", flat=True).distinct())
    if not callers or not kinds:
        return {}
    key = digests.key()
    marks = [_marks(key, one, kinds) for one in callers]
    wanted = {mark for of_one in marks for mark in of_one}
    since = dict(KeptOut.objects.filter(digest__in=wanted).values_list("digest", "since"))
    if not since:
        return {}
    told = ((at, _first(since, of_one)) for at, of_one in enumerate(marks))
    return {at: f"{HELD} {day:%d %b %Y}" for at, day in told if day is not None}


def why_held(caller: Caller) -> str:
    """Return why somebody must stay out, "" for who may come in."""
    return held_back([caller]).get(0, "")


def _first(since: dict[str, datetime], marks: Iterable[str]) -> datetime | None:
    return min((since[mark] for mark in marks if mark in since), default=None)


def _marks(key: bytes, one: Caller, kinds: set[str]) -> list[str]:
    """Return the digests that would tell the caller; a million rows ask, so none is idle."""
    marks = []
    if one.phone and Of.PHONE in kinds:
        marks.append(digests.of_phone(key, one.phone))
    if one.phone and one.ext and Of.DESK in kinds:
        marks.append(digests.of_phone(key, one.phone, ext=one.ext))
    if one.email and Of.EMAIL in kinds:
        marks.append(digests.of_email(key, one.email))
    if one.name and Of.NAMED in kinds:
        marks.append(digests.of_phone(key, one.phone, name=one.name))
        marks.append(digests.of_email(key, one.email, name=one.name))
    return marks
