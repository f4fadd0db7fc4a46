"""Grounds: what the gate has to know of recipients, gathered for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contacts import suppression
from contacts.models import Contact
from outreach import hours
from outreach.gate import Agreed, Barred, Hours, Limits, Subject
from outreach.models import Campaign, Channel, Consent, Message, Rules

IMPORT = "import"
FACTS = (
    "id", "phone_is_valid", "line_type", "sms_pumping_risk_score", "sms_pumping_is_blocked",
    "is_reassigned", "reassigned_checked_on", "consent_on", "phone_country", "country", "state",
    "postal_code",
)  # fmt: skip
# What went, or may have gone, to a number.
GONE = (Message.State.SENDING, Message.State.SENT, Message.State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A number, and the contact that it is of, if there is one."""

    phone: str
    contact_id: int | None
    channel: str = Channel.SMS
    is_reply: bool = False


def subjects(recipients: Sequence[Recipient], rules: Rules, *, now: datetime) -> list[Subject]:
    """Return what is known of each, in their order, in five queries."""
    phones = sorted({one.phone for one in recipients})
    known = _contacts(one.contact_id for one in recipients)
    agreed, barred = _agreed(phones), _barred(phones)
    lately = _lately(phones, now - timedelta(days=rules.often_days))
    return [
        _subject(
            one, known.get(one.contact_id), agreed[one.phone], barred[one.phone],
            lately[one.phone], now,
        )
        for one in recipients
    ]  # fmt: skip


def limits_of(rules: Rules, campaign: Campaign | None) -> Limits:
    """Return what office and campaign ask for."""
    return Limits(
        needs_consent=rules.needs_consent,
        allows_unknown_line=rules.allows_unknown_line,
        most_risk=rules.most_risk,
        often_count=rules.often_count,
        often_days=rules.often_days,
        opens=campaign.opens if campaign else None,
        closes=campaign.closes if campaign else None,
        ends_on=campaign.ends_on if campaign else None,
    )


def _contacts(ids: Iterable[int | None]) -> dict[int | None, dict[str, Any]]:
    wanted = {id_ for id_ in ids if id_ is not None}
    return {row["id"]: row for row in Contact.objects.filter(pk__in=wanted).values(*FACTS)}


def _agreed(phones: Sequence[str]) -> Mapping[str, list[Agreed]]:
    found: defaultdict[str, list[Agreed]] = defaultdict(list)
    rows = Consent.objects.filter(phone__in=phones, withdrawn_at=None).order_by()
    for one in rows.only("phone", "source", "given_on", "channel", "proof"):
        found[one.phone].append(Agreed(one.source, one.given_on, one.channel, one.proof))
    return found


def _barred(phones: Sequence[str]) -> Mapping[str, list[Barred]]:
    found: defaultdict[str, list[Barred]] = defaultdict(list)
    for phone, entries in suppression.standing(phones).items():
        found[phone] = [
            Barred(
                str(one.reason), str(one.channel), one.since.isoformat(timespec="seconds"),
                one.list_name or "", one.is_stale,
            )
            for one in entries
        ]  # fmt: skip
    return found


def _lately(phones: Sequence[str], since: datetime) -> Mapping[str, list[datetime]]:
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    rows = Message.objects.filter(
        phone__in=phones, direction="out", is_reply=False, state__in=GONE, reserved_at__gt=since
    )
    for phone, at in rows.order_by("reserved_at").values_list("phone", "reserved_at"):
        if at:
            found[phone].append(at)
    return found


def _subject(
    one: Recipient, row: Mapping[str, Any] | None, agreed: list[Agreed], barred: list[Barred],
    lately: list[datetime], now: datetime,
) -> Subject:  # fmt: skip
    facts = row or {}
    if facts.get("consent_on"):
        agreed = [*agreed, Agreed(IMPORT, facts["consent_on"])]
    return Subject(
        channel=one.channel,
        phone=one.phone,
        is_valid=facts.get("phone_is_valid"),
        line_type=facts.get("line_type", ""),
        risk_score=facts.get("sms_pumping_risk_score"),
        is_risk_blocked=facts.get("sms_pumping_is_blocked"),
        reassigned=facts.get("is_reassigned", ""),
        reassigned_checked_on=facts.get("reassigned_checked_on"),
        agreed=agreed,
        barred=barred,
        had_lately=lately,
        hours=_hours(one.phone, facts, now),
        is_there=row is not None or one.is_reply,
        is_reply=one.is_reply,
    )


def _hours(phone: str, facts: Mapping[str, Any], now: datetime) -> Hours:
    found = hours.window(
        phone, country=facts.get("country", ""), state=facts.get("state", ""),
        postal_code=facts.get("postal_code", ""), at=now,
    )  # fmt: skip
    return Hours(found.zones, found.opens, found.closes, found.is_open, found.rule, found.is_never)
