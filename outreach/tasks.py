"""Celery tasks: they say "there is work" and carry none of it."""

from __future__ import annotations

from celery import shared_task

from integrations.stopping import is_stopping
from outreach import looking, sweeping, voicemail
from outreach.campaigns import estimating
from outreach.ringing import ring, ring_looks
from outreach.runtime import runtime

SLICE_S = 20.0


@shared_task(name="outreach.send")
def send() -> None:
    """Send what is due for a while, then make room and ring again."""
    if runtime().work(SLICE_S) and not is_stopping():
        ring(1)


@shared_task(name="outreach.estimate_campaign")
def estimate_campaign(campaign_id: int) -> None:
    """Make a campaign's estimate; nothing when another worker is at it."""
    estimating.make(campaign_id)


@shared_task(name="outreach.look")
def look() -> None:
    """Ask Twilio for a while what became of messages, then make room and ring again."""
    if looking.work(runtime(), SLICE_S) and not is_stopping():
        ring_looks()


@shared_task(name="outreach.drop_voicemail")
def drop_voicemail(message_id: int) -> None:
    """Speak to the machine that answered a call, or hang up on it."""
    voicemail.drop(runtime(), message_id)


@shared_task(name="outreach.sweep")
def sweep() -> None:
    """Give back what lost workers held, end campaigns, ring if anything is due."""
    sweeping.sweep()
