"""The sweep of sends: mends what workers left behind, ends campaigns, wakes what may go on."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from integrations import ledger
from integrations.accounts import Accounts
from integrations.errors import CallError
from outreach.campaigns import service
from outreach.models import Campaign, Message
from outreach.pricing import PROVIDER
from outreach.ringing import ring, ring_estimate, ring_looks
from outreach.sending.claiming import QUEUE

log = structlog.get_logger(__name__)

GIVEN_UP = "given up: three workers were lost while they had it"


def sweep() -> None:
    """Mend what workers left behind; safe to run at any time, anywhere."""
    with transaction.atomic():
        if gone := _gone():
            give_back(gone)
    service.end_finished()
    _wake()
    estimating = Campaign.objects.filter(state=Campaign.State.ESTIMATING)
    for campaign_id in estimating.values_list("pk", flat=True):
        ring_estimate(campaign_id)
    now = timezone.now()
    if _due(now).exists():
        ring()
    if Message.objects.filter(look_at__lte=now).exists():
        ring_looks()


def give_back(gone: list[UUID]) -> None:
    """Let others have what lost workers had claimed; what they were sending, nobody knows of."""
    _, dead = QUEUE.give_back(gone)
    Message.objects.filter(pk__in=dead).update(words=GIVEN_UP, finished_at=timezone.now())
    look_at = timezone.now() + timedelta(seconds=settings.OUTREACH_UNKNOWN_S)
    lost = Message.objects.filter(state=Message.State.SENDING, worker_id__in=gone).update(
        state=Message.State.UNKNOWN, worker_id=None, look_at=look_at, looks=0,
        words="the worker was lost while it was on its way",
    )  # fmt: skip
    log.warning("sends_given_back", unknown=lost, given_up=len(dead))


def _gone() -> list[UUID]:
    """Return workers that are gone, or left, with messages in their hands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT m.worker_id FROM outreach_message AS m"
            " JOIN contacts_worker AS w ON w.id = m.worker_id"
            " WHERE m.state IN ('claimed', 'sending') AND w.gone_at IS NOT NULL"
            " AND (w.is_lost OR w.gone_at < now() - %s * interval '1 second')",
            [settings.LEASE_S],
        )
        return [id_ for (id_,) in cursor.fetchall()]


def _wake() -> None:
    """Let campaigns go on that stood still for an account or a budget, and now may."""
    blocked = Campaign.objects.filter(state=Campaign.State.PAUSED).filter(
        Q(blocked_by__startswith="provider:")
        | Q(blocked_by__startswith="account:")
        | Q(blocked_by__startswith="campaign:")
    )
    accounts = Accounts()
    for campaign in blocked:
        accounts.refresh()
        if _is_mended(campaign, accounts):
            Campaign.objects.filter(
                pk=campaign.pk, state=Campaign.State.PAUSED, blocked_by=campaign.blocked_by
            ).update(state=Campaign.State.WORKING, blocked_by="", reason="")


def _is_mended(campaign: Campaign, accounts: Accounts) -> bool:
    if campaign.blocked_by.startswith("account:"):
        return ledger.has_room(campaign.blocked_by)
    if campaign.blocked_by == campaign.budget_key:
        return _has_room(campaign)
    try:
        accounts.view(PROVIDER)
    except CallError:
        return False
    # A sender that Twilio refuses is mended on the account's page, which makes another version.
    return campaign.blocked_by != f"provider:{accounts.current(PROVIDER).version}"


def _has_room(campaign: Campaign) -> bool:
    """Tell whether its cap leaves enough for a message: one that was lost may cost nothing."""
    waiting = Message.objects.filter(campaign=campaign, state=Message.State.WAITING)
    least = waiting.aggregate(least=Min("price_usd"))["least"]
    left = ledger.left_of(campaign.budget_key)
    return least is not None and (left is None or left >= least)


def _due(now: datetime) -> QuerySet[Message]:
    going = Q(campaign=None) | Q(campaign__state=Campaign.State.WORKING)
    return Message.objects.filter(going, state=Message.State.WAITING, due_at__lte=now)
