"""Contacts in any state, bulk actions over them, and what these have left."""

from __future__ import annotations

from uuid import uuid4

from contacts.bulk import service
from contacts.bulk.service import Wish
from contacts.models import BulkAction, Contact, ContactChange


def make(number: int = 100, status: str = "pending", **values: object) -> Contact:
    """Make a contact and lead it to its status."""
    phone = f"+1415{5550000 + number}"
    contact = Contact.objects.create(phone_raw=phone, phone_e164=phone, **values)
    if status != "pending":
        Contact.objects.filter(pk=contact.pk).update(status="processing")
    if status in ("completed", "failed"):
        Contact.objects.filter(pk=contact.pk).update(status=status, error="no answer")
    Contact.objects.filter(pk=contact.pk).update(updated_at="2026-01-01T00:00:00Z")
    return contact


def many(count: int) -> None:
    Contact.objects.bulk_create(
        Contact(phone_raw="x", phone_e164=f"+1{4155550000 + n}") for n in range(count)
    )


def do(user, kind: str, selection: dict[str, object] | None = None, **more: str) -> BulkAction:
    wish = Wish(kind, selection or {}, service.newest_id(), uuid4(), **more)
    return service.start(wish, user)


def history() -> list[tuple[str, dict[str, object], dict[str, object]]]:
    return [(one.by, one.before, one.after) for one in ContactChange.objects.order_by("id")]


def counts(action: BulkAction) -> tuple[str, int, int, int]:
    return action.state, action.total_count, action.changed_count, action.refused_count
