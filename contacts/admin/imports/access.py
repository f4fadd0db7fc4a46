"""Who may do what with an import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contacts.admin import pages
from contacts.models import Import

Ask = Callable[[Any, Import], bool]

OVERWRITE_EDITS = "contacts.overwrite_edits_import"
IMPORTS = Import.objects.select_related("created_by", "undone_by")


def may_view(user: Any, record: Import) -> bool:
    return bool(user.has_perm("contacts.view_import") or user.has_perm("contacts.change_import"))


def may_prepare(user: Any, record: Import) -> bool:
    """True for whoever may change imports, and for who may add them, on drafts of their own."""
    return is_own(user, record) or user.has_perm("contacts.change_import")


def may_delete(user: Any, record: Import) -> bool:
    """True for whoever may delete imports, and for a draft by whoever has brought it."""
    is_draft = record.state == Import.State.DRAFT
    return (is_draft and is_own(user, record)) or user.has_perm("contacts.delete_import")


def may_undo(user: Any, record: Import) -> bool:
    """True for whoever may undo imports, and for whoever has brought this one."""
    return is_own(user, record) or user.has_perm("contacts.undo_import")


def may_download(user: Any, record: Import) -> bool:
    """True for those who bring files: a rejected row is one that they take back to mend."""
    may_bring = user.has_perm("contacts.add_import") or user.has_perm("contacts.change_import")
    return may_bring and may_view(user, record)


def is_own(user: Any, record: Import) -> bool:
    """True when the person has brought this import, and may still bring others."""
    return bool(record.created_by_id == user.pk and user.has_perm("contacts.add_import"))


def opened(view: pages.View[Import], may: Ask) -> pages.Opened:
    """Give the view its import, for those who may."""
    return pages.opened(view, may, IMPORTS, "contacts")
