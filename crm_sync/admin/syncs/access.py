"""Who may see syncs, and what they leave to people; and who may do something about it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from crm_sync.admin.access import SEE, SYNC
from crm_sync.connector import COMPANY
from crm_sync.mapping import service
from crm_sync.models import Connection, Sync

VIEW = "crm_sync.view_sync"
REFUSED = "crm_sync.view_outboxitem"
LINKS = "crm_sync.view_link"
CONFLICTS = "crm_sync.view_conflict"
DELETIONS = "crm_sync.view_deletion"
MAPPINGS = ("crm_sync.view_mapping", "crm_sync.change_mapping")
ROWS = Sync.objects.select_related("connection", "created_by")


def may_view(user: Any, sync: Sync | None = None) -> bool:
    return bool(user.has_perm(VIEW))


def may_sync(user: Any, sync: Sync | None = None) -> bool:
    return bool(user.has_perm(SYNC))


def may_stop(user: Any, sync: Sync) -> bool:
    return may_view(user) and may_sync(user)


def sees(user: Any, obj: str) -> bool:
    """Tell whether somebody may see what is in a record: a person's data, or a company's."""
    return bool(user.has_perm(f"contacts.view_{COMPANY if obj == COMPANY else 'contact'}"))


def connection_link(user: Any, of: Connection) -> str:
    """Return where a connection's page is, "" for who may not see it."""
    may = any(user.has_perm(one) for one in SEE)
    return reverse("admin:crm_sync_connection_change", args=[of.pk]) if may else ""


def start_link(of: Connection) -> str:
    return reverse("admin:crm_sync_connection_start", args=[of.pk])


def mapping_link(user: Any, of: Connection, obj: str) -> str:
    """Return where the mapping of an object is, "" where there is none, or not for this person."""
    if obj not in service.objects(of) or not any(user.has_perm(one) for one in MAPPINGS):
        return ""
    return reverse("mapping:page", args=[of.pk, obj])
