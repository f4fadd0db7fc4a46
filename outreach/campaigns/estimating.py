"""Estimating: who would get a campaign, who would not and why, in how many segments, at what price.

The estimate writes the campaign's messages: those that may go wait, and go nowhere before the
campaign is approved; the others are refused, with what the gate said. Its lists and counts are read
from these rows. Made again, it writes them anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from contacts import selection
from contacts.models import Contact
from integrations.accounts import Accounts
from outreach import gate, grounds, pricing
from outreach.campaigns import drafting
from outreach.models import Campaign, Message, Rules
from outreach.models.message import SAME_NUMBER

AT_ONCE = 2_000  # contacts whose estimate takes about a second
CHUNK = 1_000
Note = Callable[[float], None]


def is_small(campaign: Campaign) -> bool:
    """Tell whether the estimate can be waited for."""
    picked = selection.contacts(campaign.selection).values("pk")[: AT_ONCE + 1]
    return bool(picked.count() <= AT_ONCE)


def make(campaign_id: int, *, waits: bool = False) -> None:
    """Estimate a campaign and let it wait for approval; nothing when another session is at it."""
    with _alone(campaign_id, waits=waits) as is_mine:
        campaign = _estimated(campaign_id).select_related("template").first()
        if not is_mine or campaign is None:
            return
        try:
            found = _estimate(campaign, lambda share: _note(campaign_id, share))
        except selection.SelectionRefused as why:
            _estimated(campaign_id).update(
                state=Campaign.State.CANCELLED, reason=f"it could not be estimated: {why}"[:300]
            )
            return
        _estimated(campaign_id).update(estimate=found, state=Campaign.State.READY)


def _estimated(campaign_id: int) -> QuerySet[Campaign]:
    return Campaign.objects.filter(pk=campaign_id, state=Campaign.State.ESTIMATING)


def _note(campaign_id: int, share: float) -> None:
    _estimated(campaign_id).update(estimate={"share": round(share, 2)})


@dataclass(slots=True)
class _Sums:
    contacts: int = 0
    go: int = 0
    segments: int = 0
    now_usd: Decimal = Decimal(0)
    max_usd: Decimal = Decimal(0)
    seen: set[str] = field(default_factory=set)

    def add(self, draft: Message, decision: gate.Decision) -> None:
        self.go += 1
        self.segments += draft.segments
        self.max_usd += draft.price_usd
        if decision.allowed:
            self.now_usd += draft.price_usd

    def as_json(self) -> dict[str, Any]:
        return {
            "contacts": self.contacts, "go": self.go, "segments": self.segments,
            "min_usd": str(self.now_usd), "max_usd": str(self.max_usd),
            "made_at": timezone.now().isoformat(),
        }  # fmt: skip


def _estimate(campaign: Campaign, note: Note) -> dict[str, Any]:
    """Write the messages anew and return the estimate's sums; money as text, so that it is exact.

    The least is the price of what could go at once, the most that of all that may go.
    """
    Message.objects.filter(campaign=campaign).delete()
    rules, prices, sums = Rules.current(), _prices(campaign), _Sums()
    picked = selection.contacts(campaign.selection)
    total = picked.count()
    last = 0
    while chunk := _chunk(picked, last):
        _plan(campaign, chunk, rules, prices, sums)
        last = chunk[-1].pk
        note(min(0.99, sums.contacts / max(total, 1)))
    return sums.as_json()


def _prices(campaign: Campaign) -> pricing.Prices:
    accounts = Accounts()
    accounts.refresh()
    return pricing.Prices(campaign.channel, accounts)


def _chunk(picked: QuerySet[Contact], after: int) -> list[Contact]:
    rows = picked.filter(pk__gt=after).select_related("company").order_by("pk")
    return list(rows[:CHUNK])


def _plan(
    campaign: Campaign, chunk: Sequence[Contact], rules: Rules, prices: pricing.Prices, sums: _Sums
) -> None:
    now = timezone.now()
    recipients = [grounds.Recipient(one.phone_e164, one.pk, campaign.channel) for one in chunk]
    limits = grounds.limits_of(rules, campaign)
    found = grounds.subjects(recipients, rules, now=now)
    rows = []
    for contact, subject in zip(chunk, found, strict=True):
        decision = gate.decide(subject, limits, (), now=now, plans=True)
        draft = drafting.drafted(campaign, contact, decision, prices)
        if draft.phone in sums.seen:
            draft.state, draft.reason = Message.State.REFUSED, SAME_NUMBER
            draft.words = "another contact of this campaign has the same number"
        elif draft.state == Message.State.WAITING:
            sums.add(draft, decision)
        sums.seen.add(contact.phone_e164)
        rows.append(draft)
    sums.contacts += len(chunk)
    with transaction.atomic():
        Message.objects.bulk_create(rows, batch_size=CHUNK)


@contextmanager
def _alone(campaign_id: int, *, waits: bool) -> Iterator[bool]:
    """Hold the lock of this campaign's estimate; False when another session has it."""
    key = f"outreach.estimate:{campaign_id}"
    take = "pg_advisory_lock" if waits else "pg_try_advisory_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {take}(hashtextextended(%s, 0))", [key])
        (taken,) = cursor.fetchone()
    is_mine = taken is not False
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])
