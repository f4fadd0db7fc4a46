"""What the dashboards have done in the background."""

from __future__ import annotations

from celery import shared_task

from dashboards import clearing, tallies
from dashboards.alerting import watching


@shared_task(name="dashboards.count_contacts")
def count_contacts() -> None:
    """Count contacts again if anything changed; the home page shows how many of what."""
    tallies.refresh()


@shared_task(name="dashboards.watch")
def watch() -> None:
    """Raise and clear alerts, and send what is owed for them."""
    watching.watch()


@shared_task(name="dashboards.clear_old")
def clear_old() -> None:
    """Clear what would grow for ever."""
    clearing.clear_old()
