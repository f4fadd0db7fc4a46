"""What this room has of a person: records in CRMs, what was agreed on them, and referrals.

Every record that we know to be theirs is owed a deletion, whatever its connection's policy is, also
where the connection is switched off or only pulls: it waits, and the receipt says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from contacts.erasing.parts import Counts, Far, Part
from contacts.erasing.people import Person
from contacts.models import Erasure
from crm_sync.connector import COMPANY
from crm_sync.models import (
    Change,
    Deletion,
    Finding,
    Link,
    OutboxItem,
    Referral,
    ReferralChange,
)
from crm_sync.referrals.held import without
from crm_sync.referrals.schema import parse

Row = TypeVar("Row", bound=Model)
ON_ITS_WAY = "a sync is sending them to {label} just now"
SEVERAL = "{label}: several records there may be theirs ({ids}): look at them there"
THEIRS = "{label}: a referral named them, and Partner Center keeps its own record of it"
BY_KEY = "key:"  # of a write whose answer was lost: the record is to be looked for by our key
State = Deletion.State
STANDS = {State.DONE: "done", State.FAILED: "failed", State.DEAD: "failed"}


def count(person: Person) -> Counts:
    """Return by kind what there is, records by connection."""
    labels = _links(person).exclude(remote_id="").values_list("connection__label", flat=True)
    found: Counts = {}
    for label in labels:
        kind = f"records in {label}, to be deleted there"
        found[kind] = found.get(kind, 0) + 1
    return found | {"referrals that name them": _referrals(person).count()}


def stop(person: Person) -> str:
    """Take them out of what is owed to CRMs; what is being sent ends first.

    An item whose write may have arrived unheard goes too: its key is looked for.
    """
    _about(Change.objects.all(), person).delete()
    items = _about(OutboxItem.objects.all(), person)
    items.exclude(state=OutboxItem.State.CLAIMED).delete()
    busy = items.select_related("connection").first()
    return ON_ITS_WAY.format(label=busy.connection.label) if busy else ""


def erase(person: Person, erasure: Erasure) -> Counts:
    """Owe each CRM the deletion of what is theirs there, then forget what we knew of it."""
    before = count(person)
    links = list(_links(person).select_for_update(of=("self",)).order_by("pk"))
    owed = erasure.traces.setdefault("crm", [])
    for link in links:
        if remote_id := link.remote_id or (f"{BY_KEY}{link.key}" if link.intended_at else ""):
            owed.append(_owed(link, remote_id))
        if link.state == Link.State.SEVERAL and link.candidates:
            ids = ", ".join(map(str, link.candidates))[:100]
            erasure.kept.append(SEVERAL.format(label=link.connection.label, ids=ids))
    _about(Finding.objects.all(), person).delete()
    Link.objects.filter(pk__in=[link.pk for link in links]).delete()  # with their conflicts
    referrals = list(_referrals(person))
    _clear(referrals)
    erasure.kept += dict.fromkeys(
        words for row in referrals
        if (words := THEIRS.format(label=row.connection.label)) not in erasure.kept
    )  # fmt: skip
    return before


def _owed(link: Link, remote_id: str) -> int:
    """Return the deletion of a remote record, the one that waits already or a new one."""
    theirs = {"connection": link.connection, "object": link.object, "remote_id": remote_id}
    row, is_new = Deletion.objects.get_or_create(
        **theirs, state__in=(State.WAITING, State.CLAIMED),
        defaults={"reason": Deletion.Reason.ERASED, "state": State.WAITING},
    )  # fmt: skip
    if not is_new:
        Deletion.objects.filter(pk=row.pk).update(reason=Deletion.Reason.ERASED)
    return row.pk


def far(erasure: Erasure) -> list[Far]:
    """Return how each record stands that a CRM is to delete."""
    ids = erasure.traces.get("crm", [])
    rows = Deletion.objects.filter(pk__in=ids).select_related("connection").order_by("pk")
    return [
        Far(_place(row), STANDS.get(State(row.state), "waiting"), _in_words(row)) for row in rows
    ]


def _place(row: Deletion) -> str:
    if row.remote_id.startswith(BY_KEY):
        return f"{row.connection.label}, a record that may have been made"
    return f"{row.connection.label}, {row.object} {row.remote_id}"


def _in_words(row: Deletion) -> str:
    if row.state == State.DONE:
        words = f"deleted there on {row.finished_at:%d %b %Y, %H:%M} UTC"
        return f"{words}: {row.words}" if row.words else words
    if row.state in STANDS:
        return row.words or "could not be deleted"
    if not row.connection.is_enabled:
        return "the connection is switched off"
    return "for the next sync of the connection"


def _about(rows: QuerySet[Row], person: Person) -> QuerySet[Row]:
    """Return the rows whose subject is one of the contacts, as a contact there or as a lead."""
    return rows.filter(subject_id__in=person.contacts).exclude(object=COMPANY)


def _links(person: Person) -> QuerySet[Link]:
    return Link.objects.filter(contact__in=person.contacts).select_related("connection")


def _referrals(person: Person) -> QuerySet[Referral]:
    return Referral.objects.filter(
        Q(contact__in=person.contacts) | Q(emails__overlap=list(person.own_emails()))
    ).select_related("connection")


def _clear(rows: Iterable[Referral]) -> None:
    """Take whoever is kept out out of what referrals say, as the next pull will, too."""
    for row in rows:
        (raw,) = without([row.raw])
        if raw.get("id"):
            values = parse(raw).values
            row.raw, row.emails = values["raw"], values["emails"]
            row.content_hash = values["content_hash"]
        row.notes = ""
        row.save(update_fields=["raw", "emails", "content_hash", "notes"])
        ReferralChange.objects.filter(referral=row, what="lead").update(after="erased")


def _forget_referrals(keys: Sequence[Any]) -> int:
    _clear(Referral.objects.filter(pk__in=list(keys)))
    return len(keys)


PART = Part(
    "crm", count, erase, stop, forget={"crm_sync.referral": _forget_referrals}, far=far
)  # fmt: skip
