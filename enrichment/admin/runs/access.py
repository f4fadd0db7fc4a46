"""Who may do what with a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contacts.admin import pages
from enrichment.models import Run

Ask = Callable[[Any, Run], bool]
RUNS = Run.objects.select_related("recipe", "created_by")


def may_view(user: Any, run: Run) -> bool:
    """True for whoever may view or steer runs, and for whoever made this one."""
    return bool(
        user.has_perm("enrichment.view_run")
        or user.has_perm("enrichment.change_run")
        or (run.created_by_id == user.pk and user.has_perm("enrichment.add_run"))
    )


def may_add(user: Any, run: Run | None = None) -> bool:
    return bool(user.has_perm("enrichment.add_run"))


def may_approve(user: Any, run: Run) -> bool:
    return bool(user.has_perm("enrichment.approve_run"))


def may_steer(user: Any, run: Run) -> bool:
    return bool(user.has_perm("enrichment.change_run"))


def opened(view: pages.View[Run], may: Ask) -> pages.Opened:
    """Give the view its run, for those who may."""
    return pages.opened(view, may, RUNS, "enrichment")
