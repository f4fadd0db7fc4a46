"""The jobs that a schedule can ring: ours alone, in plain words; none takes an argument."""

from __future__ import annotations

from django.conf import settings
from django_celery_beat.models import PeriodicTask

JOBS = {
    "enrichment.sweep": "Give back what lost workers held, and wake what may go on",
    "dashboards.count_contacts": "Count contacts for the home page",
    "contacts.tidy_search": "Tidy the search index",
    "enrichment.keep_up": "Start the runs that keep fields fresh",
    "enrichment.forget_pages": "Forget web pages that may not be kept",
    "enrichment.tend_leads": "Score leads that changed, and scan what is due",
    "integrations.ask_limits": "Ask providers what is left of their plans",
    "webhooks.sweep": "Give back deliveries that lost workers held, and ring for those that wait",
    "webhooks.forget_old": "Delete what old deliveries said",
    "webhooks.sweep_out": "Give back parcels that lost workers held, and ring for what is owed",
    "outreach.sweep": "Give back sends that lost workers held, and ask Twilio what it knows",
    "crm_sync.sweep": "Give back syncs that lost workers held, and start what is due",
    "crm_sync.check": "Compare mappings with what the CRMs say of themselves",
    "dashboards.watch": "Look for alerts, and send messages",
    "dashboards.clear_old": "Clear what is kept too long",
}
# What the program itself needs, by the name of its schedule.
OWN = {
    "sweep": "Sweep",
    "count_contacts": "Count contacts",
    "tidy_search": "Tidy search",
    "keep_up": "Keep fresh",
    "forget_pages": "Forget pages",
    "tend_leads": "Tend leads",
    "ask_limits": "Ask for limits",
    "sweep_deliveries": "Sweep deliveries",
    "forget_deliveries": "Forget deliveries",
    "sweep_parcels": "Sweep parcels",
    "sweep_sends": "Sweep sends",
    "sweep_syncs": "Sweep syncs",
    "check_mappings": "Check mappings",
    "watch": "Watch",
    "clear_old": "Clear old rows",
}


def job_label(task: str) -> str:
    """Return a job in words; one of another version of the program by its own name."""
    return JOBS.get(task, task)


def is_own(task: PeriodicTask) -> bool:
    """Tell whether the program keeps this schedule: it writes when, at each start of beat."""
    return task.name in settings.CELERY_BEAT_SCHEDULE


def name_of(task: PeriodicTask) -> str:
    name = str(task.name)
    return OWN.get(name, name) if is_own(task) else name
