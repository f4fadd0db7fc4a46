"""Writes and decisions about campaigns."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import timezone

from contacts import selection
from integrations import ledger
from integrations.accounts import is_sandbox
from outreach.campaigns import drafting, estimating
from outreach.models import Campaign, Message, Template
from outreach.ringing import ring, ring_estimate

log = structlog.get_logger(__name__)

ENDED = (Campaign.State.DONE, Campaign.State.CANCELLED)
OPEN = (
    Message.State.WAITING, Message.State.CLAIMED, Message.State.SENDING, Message.State.UNKNOWN,
)  # fmt: skip
OLDEST = timedelta(days=1)
BY_A_PERSON = "person"


class CampaignRefused(ValueError):
    """A campaign cannot do what was asked of it now; the message says why and what to do."""


def create(
    name: str,
    template: Template,
    chosen: dict[str, Any],
    *,
    user: User | None = None,
    **options: Any,
) -> Campaign:
    """Create a campaign, a draft without an estimate; `options` are its own fields."""
    selection.contacts(chosen)  # raises SelectionRefused
    return Campaign.objects.create(
        name=name[:200], template=template, channel=template.channel, selection=chosen,
        words=drafting.snapshot(template), is_sandbox=is_sandbox(), created_by=user, **options,
    )  # fmt: skip


def estimate(campaign: Campaign, *, waits: bool = False) -> None:
    """Have the estimate made, or made anew, by the template and the contacts as they are now.

    A large one is left to a worker unless it `waits`.
    """
    drafts = Campaign.objects.filter(
        pk=campaign.pk, state__in=[Campaign.State.DRAFT, Campaign.State.READY]
    )
    moved = drafts.update(
        state=Campaign.State.ESTIMATING, estimate=None, is_sandbox=is_sandbox(),
        words=drafting.snapshot(campaign.template),
    )  # fmt: skip
    campaign.refresh_from_db()
    if not moved:
        raise CampaignRefused(_does_not_fit(campaign))
    if waits or estimating.is_small(campaign):
        estimating.make(campaign.pk, waits=waits)
        campaign.refresh_from_db()
    else:
        ring_estimate(campaign.pk)


def approve(
    campaign: Campaign, *, cap_usd: Decimal | None = None, user: User | None = None, seen: str = ""
) -> None:
    """Approve a campaign: from here on it sends, up to its cap, else to the most of its estimate.

    `seen` is when the estimate was made that the person looked at; another one is refused.
    """
    since = (timezone.now() - OLDEST).isoformat()
    ready = Campaign.objects.filter(
        pk=campaign.pk, state=Campaign.State.READY, is_sandbox=is_sandbox(),
        estimate__made_at__gte=since, estimate__go__gt=0,
    )  # fmt: skip
    if seen:
        ready = ready.filter(estimate__made_at=seen)
    with transaction.atomic():
        moved = ready.update(
            state=Campaign.State.WORKING, cap_usd=cap_usd, approved_at=timezone.now(),
            approved_by=user, reason="", blocked_by="",
        )  # fmt: skip
        campaign.refresh_from_db()
        if not moved:
            raise CampaignRefused(_not_approved(campaign, since, seen))
        ledger.set_cap(campaign.budget_key, campaign.ceiling_usd)
        ring()
    log.info("campaign_approved", campaign=campaign.pk, cap_usd=cap_usd)


def _not_approved(campaign: Campaign, since: str, seen: str) -> str:
    known = campaign.estimate or {}
    if campaign.state != Campaign.State.READY:
        return _does_not_fit(campaign)
    if campaign.is_sandbox != is_sandbox():
        return "Sandbox and real sending were switched since. Have it estimated again."
    if not known.get("go"):
        return "Nobody would get it. Look at why, below."
    if known.get("made_at", "") < since:
        return "Its estimate is older than a day. Have it estimated again, then approve."
    return "Its estimate was made again meanwhile. Look at the new one, then approve."


def pause(campaign: Campaign, why: str = "paused by a person", by: str = BY_A_PERSON) -> None:
    """Let nothing more go; what is on its way to Twilio goes."""
    _move(campaign, [Campaign.State.WORKING], Campaign.State.PAUSED, why, by)


def resume(campaign: Campaign) -> None:
    """Go on with a paused campaign."""
    _move(campaign, [Campaign.State.PAUSED], Campaign.State.WORKING, "", "")
    ring()


def stop(campaign: Campaign, why: str = "stopped by a person") -> None:
    """End a campaign for good; what waits is cancelled."""
    open_ones = [state for state in Campaign.State if state not in ENDED]
    with transaction.atomic():
        _move(campaign, open_ones, Campaign.State.CANCELLED, why, BY_A_PERSON)
        Message.objects.filter(
            campaign=campaign, state__in=[Message.State.WAITING, Message.State.CLAIMED]
        ).update(
            state=Message.State.CANCELLED, words=why[:300], worker_id=None, finished_at=Now()
        )  # fmt: skip
        Campaign.objects.filter(pk=campaign.pk).update(finished_at=Now())


def set_cap(campaign: Campaign, cap_usd: Decimal | None) -> None:
    """Change the cap; a campaign that stood still for it goes on. None is the estimate's most."""
    with transaction.atomic():
        if (
            not Campaign.objects.filter(pk=campaign.pk)
            .exclude(state__in=ENDED)
            .update(cap_usd=cap_usd)
        ):
            campaign.refresh_from_db()
            raise CampaignRefused(_does_not_fit(campaign))
        campaign.refresh_from_db()
        ledger.set_cap(campaign.budget_key, campaign.ceiling_usd)
        Campaign.objects.filter(
            pk=campaign.pk, state=Campaign.State.PAUSED, blocked_by=campaign.budget_key
        ).update(state=Campaign.State.WORKING, blocked_by="", reason="")
        ring()
    campaign.refresh_from_db()


def set_pace(campaign: Campaign, per_hour: int | None, per_day: int | None) -> None:
    """Change how many may go in an hour and in a day."""
    Campaign.objects.filter(pk=campaign.pk).update(per_hour=per_hour, per_day=per_day)
    # What waits for the old caps is asked anew at once.
    Message.objects.filter(
        campaign=campaign, state=Message.State.WAITING, reason__startswith="campaign_"
    ).update(due_at=Now())
    campaign.refresh_from_db()
    ring()


def block(campaign_id: int, blocked_by: str, why: str) -> None:
    """Pause a campaign that cannot go on by itself."""
    working = Campaign.objects.filter(pk=campaign_id, state=Campaign.State.WORKING)
    if working.update(state=Campaign.State.PAUSED, blocked_by=blocked_by[:60], reason=why[:300]):
        log.warning("campaign_blocked", campaign=campaign_id, by=blocked_by)


def end_finished() -> int:
    """End the campaigns of which no message is open; return how many."""
    left = Message.objects.filter(campaign=OuterRef("pk"), state__in=OPEN)
    going = Campaign.objects.filter(state__in=[Campaign.State.WORKING, Campaign.State.PAUSED])
    return going.filter(~Exists(left)).update(
        state=Campaign.State.DONE, finished_at=Now(), reason="", blocked_by=""
    )


def _move(
    campaign: Campaign, allowed: list[Campaign.State], to: Campaign.State, why: str, by: str
) -> None:
    moved = Campaign.objects.filter(pk=campaign.pk, state__in=allowed).update(
        state=to, reason=why[:300], blocked_by=by, not_before=None
    )
    campaign.refresh_from_db()
    if not moved:
        raise CampaignRefused(_does_not_fit(campaign))
    log.info("campaign_moved", campaign=campaign.pk, to=str(to))


def _does_not_fit(campaign: Campaign) -> str:
    return (
        "Nothing was changed: that does not fit the state that the campaign is in:"
        f" {campaign.get_state_display().lower()}."
    )
