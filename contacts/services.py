"""Writes to contacts by people: an edit that outranks every other source, and "do it again"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from contacts.models import Contact

# What a person may not type: the number is the identity, the rest is the machine's.
NOT_EDITABLE = frozenset((
    "id", "phone_raw", "phone_e164", "status", "error", "reprocessed_at", "cost_usd",
    "quality_score", "provenance", "revision", "enriched_at", "created_at", "updated_at",
))  # fmt: skip
EDITABLE = frozenset(
    field.name for field in Contact._meta.concrete_fields if field.name not in NOT_EDITABLE
)
PERSON = "person:"
log = structlog.get_logger(__name__)


class EditConflict(Exception):
    """Somebody has changed the contact meanwhile; `current` is how it stands now."""

    def __init__(self, current: Contact) -> None:
        super().__init__(f"{current} has been changed meanwhile")
        self.current = current


def edit_contact(contact_id: int, changes: Mapping[str, Any], user: User, revision: int) -> Contact:
    """Write a person's values over whatever stood there, and return the contact.

    `revision` is the one the person has seen. Raises EditConflict when it has moved, ValueError for
    a field that nobody may edit, and ValidationError (by field) for a value that does not fit.
    """
    if unknown := sorted(set(changes) - EDITABLE):
        raise ValueError(f"{unknown[0]} can't be edited")
    contact = Contact.objects.get(id=contact_id)
    if contact.revision != revision:
        raise EditConflict(contact)
    wanted = {n: value for n, value in changes.items() if getattr(contact, n) != value}
    if not wanted:
        return contact
    wanted |= full_name_with(contact, wanted)
    for name, value in wanted.items():
        setattr(contact, name, value)
    contact.clean_fields(exclude=set(NOT_EDITABLE))
    contact.validate_constraints()
    fact = {"by": f"{PERSON}{user.get_username()}", "at": _now(), "sure": 1.0}
    facts = contact.provenance | dict.fromkeys(wanted, fact)
    here = Contact.objects.filter(id=contact_id, revision=revision)
    values = {name: getattr(contact, name) for name in wanted}
    if not here.update(**values, provenance=facts, revision=F("revision") + 1, updated_at=Now()):
        raise EditConflict(Contact.objects.get(id=contact_id))
    contact.refresh_from_db()
    return contact


def full_name_with(contact: Contact, wanted: Mapping[str, Any]) -> dict[str, str]:
    """Return the full name that follows its changed parts, as long as it was made of them."""
    parts = {"first_name", "last_name"} & wanted.keys()
    was_made = contact.full_name in ("", f"{contact.first_name} {contact.last_name}".strip())
    if not parts or "full_name" in wanted or not was_made:
        return {}
    first, last = (wanted.get(n, getattr(contact, n)) for n in ("first_name", "last_name"))
    return {"full_name": f"{first} {last}".strip()[:200]}


def _now() -> str:
    return timezone.now().isoformat(timespec="seconds")


def reprocess(contacts: QuerySet[Contact], reason: str) -> int:
    """Open completed contacts for work again, in one statement; return how many.

    Others are left as they are: they are open already, or on their way.
    """
    opened = contacts.filter(status=Contact.Status.COMPLETED).update(
        status=Contact.Status.PENDING, reprocessed_at=Now(), error="", updated_at=Now()
    )
    log.info("contacts_reprocessed", count=opened, reason=reason)
    return opened


def retry(contacts: QuerySet[Contact]) -> int:
    """Let failed contacts be worked again, in one statement; return how many."""
    waiting = contacts.filter(status=Contact.Status.FAILED).update(
        status=Contact.Status.PENDING, error="", updated_at=Now()
    )
    log.info("contacts_retried", count=waiting)
    return waiting
