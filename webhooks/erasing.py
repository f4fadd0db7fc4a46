"""What this room has of a person: parcels about them, and what others have posted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from contacts.erasing.parts import Counts, Part
from contacts.erasing.people import Person
from contacts.models import Erasure
from webhooks.models import Delivery, Parcel

ON_ITS_WAY = "a parcel about them is being sent"
OF_CONTACTS = ("contact.", "duplicate.")
ENDED = (Delivery.State.DONE, Delivery.State.KEPT, Delivery.State.DEAD)


def count(person: Person) -> Counts:
    """Return by kind what there is; deliveries are found by what they say, when it is done."""
    return {"parcels to subscriptions": _parcels(person).count()}


def stop(person: Person) -> str:
    """Take back what waits to be told about the contacts."""
    parcels = _parcels(person)
    parcels.filter(state=Parcel.State.WAITING).delete()
    return ON_ITS_WAY if parcels.filter(state=Parcel.State.CLAIMED).exists() else ""


def erase(person: Person, _: Erasure) -> Counts:
    """Delete parcels about the contacts, with their attempts."""
    before = count(person)
    _parcels(person).delete()
    return before


def _parcels(person: Person) -> QuerySet[Parcel]:
    subjects = [str(pk) for pk in person.contacts]
    rows = Parcel.objects.filter(subject__in=subjects)
    return rows.filter(pk__in=[
        pk for pk, kind in rows.values_list("pk", "kind") if kind.startswith(OF_CONTACTS)
    ])  # fmt: skip


def _forget_deliveries(keys: Sequence[Any]) -> int:
    """Of what was posted only the name stays, so that it cannot come again; what waits is worked

    first, and found when it is looked for once more.
    """
    rows = Delivery.objects.filter(pk__in=list(keys), state__in=ENDED)
    return rows.update(
        state=Delivery.State.FORGOTTEN, payload={}, subject="", outcome="", worker_id=None
    )


def _forget_parcels(keys: Sequence[Any]) -> int:
    going = Parcel.objects.filter(pk__in=list(keys)).exclude(state=Parcel.State.CLAIMED)
    return going.delete()[1].get(Parcel._meta.label, 0)


PART = Part(
    "webhooks", count, erase, stop,
    forget={"webhooks.delivery": _forget_deliveries, "webhooks.parcel": _forget_parcels},
)  # fmt: skip
