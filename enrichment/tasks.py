"""Celery tasks: they say "there is work" and carry none of it."""

from __future__ import annotations

from celery import shared_task

from enrichment import estimating, keeping_up, rehearsals, services, sweeping
from enrichment.discovery import pages
from enrichment.discovery import work as discovering
from enrichment.leads import scanning, scans, service
from enrichment.ringing import ring, ring_discovery, ring_rehearsal, ring_scan
from enrichment.runtime import runtime
from integrations.stopping import is_stopping

SLICE_S = 20.0


@shared_task(name="enrichment.work")
def work() -> None:
    """Work on what is due for a while, then make room and ring again."""
    if runtime().work(SLICE_S) and not is_stopping():
        ring(1)


@shared_task(name="enrichment.start_run")
def start_run(run_id: int) -> None:
    """Set up the items of an approved run, then let workers at it."""
    services.start(run_id)


@shared_task(name="enrichment.estimate_run")
def estimate_run(run_id: int) -> None:
    """Make the estimate of a draft run; nothing when another worker is at it."""
    estimating.make(run_id)


@shared_task(name="enrichment.rehearse")
def rehearse(rehearsal_id: int) -> None:
    """Play a rehearsal for a while, then make room and ring again."""
    if rehearsals.work(rehearsal_id, SLICE_S) and not is_stopping():
        ring_rehearsal(rehearsal_id)


@shared_task(name="enrichment.scan_domains")
def scan_domains() -> None:
    """Look at domains for a while, then make room and ring again."""
    if scanning.work(runtime(), SLICE_S) and not is_stopping():
        ring_scan()


@shared_task(name="enrichment.tend_leads")
def tend_leads() -> None:
    """Score what has changed since, and set up a scan of what is due by schedule."""
    service.settle_changed()
    scans.start_due()


@shared_task(name="enrichment.settle_leads")
def settle_leads(company_ids: list[int]) -> None:
    """Score companies of which a run has just learned something that leads are made of."""
    service.settle_learned(company_ids)


@shared_task(name="enrichment.discover")
def discover() -> None:
    """Search places that wait for a while, put finished discoveries together, ring again."""
    if discovering.work(SLICE_S, is_stopping) and not is_stopping():
        ring_discovery()


@shared_task(name="enrichment.forget_pages")
def forget_pages() -> None:
    """Empty pages of searches that their providers no longer let us keep."""
    pages.forget_stale()


@shared_task(name="enrichment.sweep")
def sweep() -> None:
    """Give back what lost workers held, wake runs that may go on, ring if anything is due."""
    sweeping.sweep()


@shared_task(name="enrichment.keep_up")
def keep_up() -> None:
    """Make the runs of upkeep that are due."""
    keeping_up.keep_up()
