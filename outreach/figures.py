"""Figures: what a campaign came to, counted from its messages."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from integrations.providers.twilio_messaging import reason
from outreach import ranks
from outreach.models import Campaign, Message

OUT = Q(direction=Message.Direction.OUT)
GOOD = ("delivered", "read", "completed")
WORDS = {
    "contact": "the contact was deleted", "number": "the number is not valid",
    "do_not_contact": "not to be contacted", "consent": "no consent",
    "reassigned": "the number has changed hands", "line_type": "the line takes no texts",
    "risk": "too risky", "often": "had enough lately", "hours": "no hour suits",
    "empty_place": "a place in the text stays empty", "too_long": "too long for this contact",
    "same_number": "another contact has the same number", "twilio": "refused by Twilio",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some got nothing, or did not get it: a code of ours or Twilio's, words, how many."""

    code: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """`sent` is what Twilio took; the rest of what is known of it comes from its statuses."""

    total: int
    open: int
    sent: int
    delivered: int
    failed: int
    unanswered: int
    refused: int
    cancelled: int
    unknown: int
    answered: int
    replied: int
    opted_out: int
    usd: Decimal

    @property
    def share(self) -> float | None:
        """How far the campaign is, 0 to 1."""
        return (self.total - self.open) / self.total if self.total else None


def results(campaign: Campaign) -> Results:
    """Return what became of a campaign's messages, in two queries."""
    states = Message.State
    found = Message.objects.filter(OUT, campaign=campaign).aggregate(
        total=Count("pk"),
        open=Count("pk", filter=Q(state__in=[states.WAITING, states.CLAIMED, states.SENDING])),
        sent=Count("pk", filter=Q(state=states.SENT)),
        delivered=Count("pk", filter=Q(remote_status__in=GOOD)),
        failed=Count("pk", filter=Q(remote_status__in=ranks.FAILED)),
        unanswered=Count("pk", filter=Q(remote_status__in=ranks.UNANSWERED)),
        refused=Count("pk", filter=Q(state=states.REFUSED)),
        cancelled=Count("pk", filter=Q(state__in=[states.CANCELLED, states.DEAD])),
        unknown=Count("pk", filter=Q(state=states.UNKNOWN)),
        answered=Count("pk", filter=Q(answered_by="human")),
        pressed=Count("pk", filter=Q(meaning="stop")),
        usd=Sum("price_usd", filter=Q(state__in=[states.SENT, states.UNKNOWN])),
    )
    replies = Message.objects.filter(campaign=campaign, direction=Message.Direction.IN).aggregate(
        replied=Count("phone", distinct=True),
        opted_out=Count("phone", distinct=True, filter=Q(meaning="stop")),
    )
    replies["opted_out"] += found.pop("pressed")
    return Results(**{**found, "usd": found["usd"] or Decimal(0)}, **replies)


def refusals(campaign: Campaign) -> list[Reason]:
    """Return why some of a campaign get nothing, the most frequent first."""
    rows = Message.objects.filter(OUT, campaign=campaign, state=Message.State.REFUSED)
    counted = rows.values("reason").order_by().annotate(count=Count("pk")).order_by("-count")
    return [
        Reason(row["reason"], WORDS.get(row["reason"], row["reason"]), row["count"])
        for row in counted
    ]


def failures(campaign: Campaign) -> list[Reason]:
    """Return what Twilio says of those that did not arrive, in words."""
    rows = Message.objects.filter(OUT, campaign=campaign).exclude(error_code="")
    counted = rows.values("error_code").order_by().annotate(count=Count("pk")).order_by("-count")
    return [
        Reason(row["error_code"], reason(row["error_code"]).text, row["count"]) for row in counted
    ]
