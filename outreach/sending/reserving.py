"""Reserving: in one transaction the numbers are held, the gate asked, money and message reserved.

A STOP takes the same number's lock, so it is either seen here, or it comes after the message is
committed as `sending` and about to leave. Locks are taken in one order everywhere: numbers,
campaigns, messages, rooms, budgets.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.utils import timezone

from contacts import leases, suppression
from integrations import acting, ledger
from integrations.accounts import Accounts
from integrations.acting import Promise
from outreach import gate, grounds, reckoning, rooms
from outreach.gate import Decision
from outreach.models import Campaign, Channel, Message, Rules
from outreach.pricing import acts_of, minutes
from outreach.sending.claiming import Parcel

ONE_MOMENT = timedelta(seconds=2)


@dataclass(slots=True)
class Reserved:
    """`go` are the parcels to be sent now; `over` are campaigns whose budget is short, by key."""

    go: list[Parcel] = field(default_factory=list)
    over: dict[int, str] = field(default_factory=dict)


def reserve(promises: Mapping[Parcel, Promise], worker_id: UUID) -> Reserved:
    """Reserve what may be sent now; the rest is refused or waits. May be committed twice."""
    parcels = list(promises)
    if not parcels or not leases.holds(worker_id):
        return Reserved()
    suppression.hold({one.phone for one in parcels})
    campaigns = _campaigns(parcels)
    mine = _mine(parcels, worker_id)
    at_work = [one for one in parcels if mine.get(one.id) == Message.State.CLAIMED]
    going, resting = _sorted(at_work, campaigns)
    decided = _decide(going, campaigns)
    found = _grant(promises, mine, decided, worker_id)
    _write(promises, worker_id, found, decided, resting)
    return found


def promised(accounts: Accounts, parcel: Parcel) -> Promise:
    """Return what the ledger is told of a parcel; one message has one key for all its life.

    Raises why the account cannot be used.
    """
    units = parcel.segments if parcel.channel == Channel.SMS else minutes(parcel.longest)
    caps = ((f"campaign:{parcel.campaign_id}", None),) if parcel.campaign_id else ()
    acts = acts_of(accounts, parcel.channel, parcel.phone, units)
    return acting.propose(
        accounts, *acts, key=f"message:{parcel.id}", contact_id=parcel.contact_id, caps=caps
    )


def _campaigns(parcels: Iterable[Parcel]) -> dict[int, Campaign]:
    """Return the working campaigns concerned; they stay so until the transaction ends."""
    ids = sorted({one.campaign_id for one in parcels if one.campaign_id})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM outreach_campaign WHERE id = ANY(%s) ORDER BY id FOR SHARE", [ids]
        )
    return Campaign.objects.filter(pk__in=ids, state=Campaign.State.WORKING).in_bulk()


def _mine(parcels: Iterable[Parcel], worker_id: UUID) -> dict[int, str]:
    """Return the states of the parcels that are still the worker's, and lock them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, state FROM outreach_message WHERE id = ANY(%s) AND worker_id = %s"
            " AND state IN ('claimed', 'sending') ORDER BY id FOR UPDATE",
            [[one.id for one in parcels], worker_id],
        )
        return dict(cursor.fetchall())


def _sorted(
    parcels: Iterable[Parcel], campaigns: Mapping[int, Campaign]
) -> tuple[list[Parcel], list[Parcel]]:
    """Return what may be asked about, and what has to rest.

    Of two to one number the second rests, so that the gate sees the first.
    """
    going: dict[str, Parcel] = {}
    resting = []
    for one in parcels:
        is_on = one.campaign_id is None or one.campaign_id in campaigns
        if is_on and one.phone not in going:
            going[one.phone] = one
        else:
            resting.append(one)
    return list(going.values()), resting


def _decide(
    parcels: Sequence[Parcel], campaigns: Mapping[int, Campaign]
) -> dict[int, tuple[Parcel, Decision]]:
    """Ask the gate about each, with what is left under the caps after the ones before."""
    now, rules = timezone.now(), Rules.current()
    recipients = [
        grounds.Recipient(one.phone, one.contact_id, one.channel, one.is_reply) for one in parcels
    ]
    known = grounds.subjects(recipients, rules, now=now)
    left: dict[tuple[str, int | None], list[gate.Room]] = {}
    found = {}
    for one, subject in zip(parcels, known, strict=True):
        campaign = campaigns.get(one.campaign_id) if one.campaign_id else None
        key = (one.channel, one.campaign_id)
        if key not in left:
            left[key] = _rooms(campaign, one.channel, rules, now)
        limits = grounds.limits_of(rules, campaign)
        decision = gate.decide(subject, limits, left[key], now=now)
        if decision.allowed and not one.is_reply:
            _take(left, one.channel, key)
        found[one.id] = (one, decision)
    return found


def _rooms(campaign: Campaign | None, channel: str, rules: Rules, now: datetime) -> list[gate.Room]:
    if rooms.has_any(campaign, channel, rules):
        rooms.alone(channel)
    return rooms.rooms(campaign, channel, rules, now=now)


def _take(
    left: dict[tuple[str, int | None], list[gate.Room]], channel: str, key: tuple[str, int | None]
) -> None:
    """Note one more: in the campaign's own rooms, and in the office's of the channel for all."""
    for other, found in left.items():
        if other[0] == channel:
            left[other] = rooms.taken(found, of_campaign=other == key)


def _grant(
    promises: Mapping[Parcel, Promise],
    mine: Mapping[int, str],
    decided: Mapping[int, tuple[Parcel, Decision]],
    worker_id: UUID,
) -> Reserved:
    """Reserve the money of what is allowed; what we reserved in a lost commit is granted again."""
    found = Reserved()
    wanted = [one for one, decision in decided.values() if decision.allowed]
    verdict = ledger.reserve([promises[one].intent for one in wanted], worker_id)
    for one in wanted:
        call_key = promises[one].intent.call_key
        if short := verdict.over.get(call_key):
            found.over[one.id] = short
        elif call_key not in verdict.in_flight:
            found.go.append(one)
    found.go += [one for one in promises if mine.get(one.id) == Message.State.SENDING]
    return found


def _write(
    promises: Mapping[Parcel, Promise],
    worker_id: UUID,
    found: Reserved,
    decided: Mapping[int, tuple[Parcel, Decision]],
    resting: Sequence[Parcel],
) -> None:
    now = timezone.now()
    going = {one.id for one in found.go}
    rows = [
        _row(one, decision, promises[one] if one.id in going else None, now)
        for one, decision in decided.values()
    ]
    rows += [_rest(one, now) for one in resting]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outreach_message AS m SET state = n.state, reason = n.reason, words = n.words,"
            " due_at = n.due_at, expires_at = n.expires_at,"
            " reserved_at = COALESCE(n.reserved_at, m.reserved_at), promise = n.promise,"
            " worker_id = CASE WHEN n.state = 'sending' THEN m.worker_id END,"
            " finished_at = CASE WHEN n.state = 'refused' THEN now() END,"
            " evidence = CASE WHEN n.evidence IS NULL THEN m.evidence"
            "  WHEN n.state = 'waiting' AND jsonb_array_length(m.evidence) > 1"
            "  THEN (m.evidence - (-1)) || n.evidence ELSE m.evidence || n.evidence END"
            " FROM json_to_recordset(%s::json) AS n (id bigint, state text, reason text,"
            " words text, due_at timestamptz, expires_at timestamptz, reserved_at timestamptz,"
            " promise jsonb, evidence jsonb)"
            " WHERE m.id = n.id AND m.state = 'claimed' AND m.worker_id = %s",
            [orjson.dumps(rows).decode(), worker_id],
        )
    began = time.monotonic()
    for one in found.go:
        one.reserved_at = began
        if one.id in decided:
            one.valid_s = decided[one.id][1].valid_s


def _row(one: Parcel, decision: Decision, promise: Promise | None, now: datetime) -> dict[str, Any]:
    because, is_going = decision.because, promise is not None
    state = "sending" if is_going else "refused" if decision.verdict == "no" else "waiting"
    return {
        "id": one.id,
        "state": state,
        "reason": because.name if because else "",
        "words": because.why[:300] if because else "",
        "due_at": decision.due_at or (now if is_going else now + ONE_MOMENT),
        "expires_at": now + timedelta(seconds=decision.valid_s) if is_going else None,
        "reserved_at": now if is_going else None,
        "promise": reckoning.noted(promise) if promise else None,
        "evidence": [decision.as_evidence("sending")],
    }


def _rest(one: Parcel, now: datetime) -> dict[str, Any]:
    """Let a parcel wait as it was."""
    due_at = now + ONE_MOMENT
    return {"id": one.id, "state": "waiting", "reason": "", "words": "", "due_at": due_at}
