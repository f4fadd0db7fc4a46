"""Who may do what with an export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contacts.admin import pages
from contacts.models import Export

Ask = Callable[[Any, Export], bool]
EXPORTS = Export.objects.select_related("created_by")


def may_export(user: Any) -> bool:
    return bool(user.has_perm("contacts.export_contact"))


def may_view_all(user: Any) -> bool:
    return bool(user.has_perm("contacts.view_export"))


def may_view(user: Any, export: Export) -> bool:
    """True for one's own, and for who may see everybody's; its file is another question."""
    return may_view_all(user) or _is_own(user, export)


def may_download(user: Any, export: Export) -> bool:
    """True for one's own, as long as one may export at all, and for who may fetch everybody's."""
    any_export = user.has_perm("contacts.download_any_export")
    return may_export(user) and (any_export or _is_own(user, export))


def may_ask_again(user: Any, export: Export) -> bool:
    return may_export(user) and may_view(user, export)


def may_cancel(user: Any, export: Export) -> bool:
    return _is_own(user, export) or may_delete(user, export)


def may_delete(user: Any, export: Export) -> bool:
    return bool(user.has_perm("contacts.delete_export")) and may_view(user, export)


def _is_own(user: Any, export: Export) -> bool:
    return export.created_by_id == user.pk and may_export(user)


def opened(view: pages.View[Export], may: Ask) -> pages.Opened:
    """Give the view its export, for those who may."""
    return pages.opened(view, may, EXPORTS, "contacts")
