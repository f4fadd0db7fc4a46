"""A contact's card “In CRMs”: what it is in each, and since when."""

from __future__ import annotations

from typing import Any

from contacts.models import Contact
from crm_sync.admin.syncs.access import LINKS
from crm_sync.admin.syncs.linked import Linked, linked


def crms(user: Any, contact: Contact) -> list[Linked]:
    """Return the contact's records in CRMs, none for who may not see them; one query."""
    return linked(user, contact=contact.pk) if user.has_perm(LINKS) else []
