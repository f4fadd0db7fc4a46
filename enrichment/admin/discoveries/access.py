"""Who may do what with a discovery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contacts.admin import pages
from enrichment.models import Discovery

Ask = Callable[[Any, Discovery], bool]
DISCOVERIES = Discovery.objects.select_related("created_by", "recipe", "record", "run")


def may_view(user: Any, row: Discovery) -> bool:
    """True for whoever may view or steer discoveries, and for whoever made this one."""
    return bool(
        user.has_perm("enrichment.view_discovery")
        or user.has_perm("enrichment.change_discovery")
        or (row.created_by_id == user.pk and user.has_perm("enrichment.add_discovery"))
    )


def may_add(user: Any, row: Discovery | None = None) -> bool:
    return bool(user.has_perm("enrichment.add_discovery"))


def may_approve(user: Any, row: Discovery) -> bool:
    return bool(user.has_perm("enrichment.approve_discovery"))


def may_steer(user: Any, row: Discovery) -> bool:
    return bool(user.has_perm("enrichment.change_discovery"))


def opened(view: pages.View[Discovery], may: Ask) -> pages.Opened:
    """Give the view its discovery, for those who may."""
    return pages.opened(view, may, DISCOVERIES, "enrichment")
