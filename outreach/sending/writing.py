"""Writing: what Twilio said of many messages, with what they cost, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection
from django.utils import timezone

from contacts import suppression
from integrations import acting
from integrations.providers.twilio_messaging import reason
from outreach import ranks
from outreach.campaigns import service
from outreach.models import Channel
from outreach.sending.performing import Posted

OPTED_OUT = "21610"
# Of a message that has gone Twilio's word stands, whatever became of the row meanwhile.
WRITE = """
UPDATE outreach_message AS m SET
 state = n.state, worker_id = NULL,
 promise = CASE WHEN n.state = 'unknown' THEN m.promise END, reason = n.reason, words = n.words,
 due_at = COALESCE(n.due_at, m.due_at), error_code = n.error_code,
 sid = CASE WHEN m.sid = '' THEN n.sid ELSE m.sid END,
 sender = CASE WHEN n.sender <> '' THEN n.sender ELSE m.sender END,
 segments = CASE WHEN n.segments > 0 THEN n.segments ELSE m.segments END,
 price_usd = COALESCE(n.price_usd, m.price_usd),
 remote_status = CASE WHEN n.rank > m.remote_rank THEN n.status ELSE m.remote_status END,
 remote_rank = GREATEST(n.rank, m.remote_rank),
 sent_at = CASE WHEN n.state = 'sent' THEN COALESCE(m.sent_at, now()) ELSE m.sent_at END,
 finished_at = CASE WHEN n.state = 'refused' THEN now() ELSE m.finished_at END,
 look_at = CASE WHEN m.remote_rank >= %(final)s THEN NULL ELSE n.look_at END
FROM json_to_recordset(%(rows)s::json) AS n (id bigint, state text, reason text, words text,
 due_at timestamptz, error_code text, sid text, sender text, segments int, price_usd numeric,
 status text, rank int, look_at timestamptz)
WHERE m.id = n.id AND (
 (n.state = 'sent' AND (m.sid = '' OR m.sid = n.sid))
 OR (m.state = 'sending' AND m.worker_id = %(worker)s))
"""


def write(posted: Sequence[Posted], worker_id: UUID) -> None:
    """Write what became of parcels; may be committed twice."""
    acting.settle([one.done for one in posted])
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "rows": orjson.dumps([_row(one, now) for one in posted]).decode(),
                "worker": worker_id,
                "final": ranks.FINAL,
            },
        )


def follow_up(posted: Sequence[Posted]) -> None:
    """Do what follows from refusals, in a transaction of its own: it takes other locks."""
    opted_out = [o.parcel.phone for o in posted if o.error and o.error.code == OPTED_OUT]
    if opted_out:
        suppression.suppress(
            opted_out, suppression.Reason.STOP, note="Twilio says that they opted out"
        )
    blocked = {o.parcel.campaign_id: o.error for o in posted if o.blocks and o.parcel.campaign_id}
    for campaign_id, error in sorted(blocked.items()):
        service.block(campaign_id, f"provider:{posted[0].done.promise.view.version}", str(error))


def _row(one: Posted, now: datetime) -> dict[str, Any]:
    sent, error = one.sent, one.error
    rank = ranks.rank(one.parcel.channel, sent.status) if sent else -1
    price = sent.price_usd if sent else None
    return {
        "id": one.parcel.id,
        "state": "waiting" if one.ending == "again" else one.ending,
        "reason": "twilio" if error else "",
        "words": _words(error) if error else "",
        "due_at": one.due_at if one.ending == "again" else None,
        "error_code": error.code[:10] if error and one.ending == "refused" else "",
        "sid": sent.sid if sent else "",
        "sender": sent.sender if sent else "",
        "segments": sent.segments if sent and one.parcel.channel == Channel.SMS else 0,
        "price_usd": None if price is None else str(price),
        "status": sent.status if sent else "",
        "rank": rank,
        "look_at": _look_at(one, rank, now),
    }


def _words(error: object) -> str:
    code = getattr(error, "code", "")
    known = reason(code, str(error)).text if code else str(error)
    return known[:300]


def _look_at(one: Posted, rank: int, now: datetime) -> datetime | None:
    """Return when Twilio is asked about it: soon where nobody knows, else if no status came."""
    if one.ending == "unknown":
        return now + timedelta(seconds=settings.OUTREACH_UNKNOWN_S)
    if one.ending == "sent" and rank < ranks.FINAL:
        return now + timedelta(seconds=settings.OUTREACH_POLL_S)
    return None
