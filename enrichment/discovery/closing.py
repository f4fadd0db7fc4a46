"""Closing a page's call: it is settled, and what it brought becomes an answer.

One transaction, which may run twice: what stands is recognised by its call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import structlog
from django.db import connection

from enrichment.discovery import pages
from enrichment.discovery.pages import Kept, PageAsk
from enrichment.engine.jsontext import clipped, json_text
from enrichment.models import Answer
from enrichment.questions import key_of
from integrations import ledger
from integrations.calls import Call
from integrations.errors import (
    CallError,
    ContractBroken,
    CredentialRejected,
    OutcomeUnknown,
    QuotaExhausted,
    Unreachable,
)
from integrations.ledger import Intent, Settled
from integrations.models import Account
from integrations.search import Page
from integrations.services import stop_account

log = structlog.get_logger(__name__)
FAR = timedelta(days=3650)
ZERO = Decimal(0)


@dataclass(slots=True)
class Ended:
    """A call that ended, as it goes into the database; `raw` are words that nobody could read."""

    ask: PageAsk
    intent: Intent
    call: Call
    page: Page | None = None
    error: CallError | None = None
    usd: Decimal = ZERO
    raw: Any = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def charged(ended: Ended) -> Decimal:
    """Return what a page costs, at the price promised; of unknown outcome it counts as bought."""
    price_usd, is_by_hit = ended.intent.price_usd, ended.ask.search.price.on_hit_only
    if ended.page is None:
        return price_usd if isinstance(ended.error, OutcomeUnknown) else ZERO
    return ZERO if is_by_hit and not ended.page.businesses else price_usd


def close_page(ended: Ended) -> Kept | None:
    """Settle the call and keep what it brought; a second time it changes nothing."""
    call, ask = ended.call, ended.ask
    row = _row(ended)
    kept = Kept(
        row.pk, ended.at, len(ended.page.businesses) if ended.page else 0,
        bool(ended.page and ended.page.cursor), row.raw, row.outcome == Answer.Outcome.UNKNOWN,
    ) if row else None  # fmt: skip
    if _stands(call.request_id):
        return kept
    if isinstance(ended.error, CredentialRejected | QuotaExhausted):
        _stop(call, ended.error)
    if not call.sent and not isinstance(call.error, Unreachable):
        ledger.release([ended.intent])
        return None
    if row:
        Answer.objects.bulk_create([row], ignore_conflicts=True)
    ledger.settle([Settled(call, [ended.intent], _outcome(ended), [_part(ended)])])
    log.debug("provider_called", provider=ask.search.provider, request_id=str(call.request_id))
    return kept


def _row(ended: Ended) -> Answer | None:
    """Return the answer to keep: the page, that a dear call's outcome is unknown, or odd words."""
    ask, call, page = ended.ask, ended.call, ended.page
    is_dear = ended.intent.price_usd > call.account.hold_unknown_above_usd
    is_held = isinstance(ended.error, OutcomeUnknown) and is_dear
    is_broken = isinstance(ended.error, ContractBroken)
    if page is None and not is_held and not is_broken:
        return None
    outcome = Answer.Outcome.HIT if page and page.businesses else Answer.Outcome.MISS
    if is_broken:
        outcome = Answer.Outcome.BROKEN
    return Answer(
        id=key_of(f"{call.request_id}|{ask.search.name}"),
        question_key=ask.key,
        lookup=ask.search.slug,
        request_id=call.request_id,
        outcome=Answer.Outcome.UNKNOWN if is_held else outcome,
        facts=pages.facts_of(page) if page else {},
        raw=pages.written(page) if page else orjson.loads(json_text(clipped(ended.raw))),
        price_usd=ended.usd,
        is_sandbox=ask.is_sandbox,
        observed_at=ended.at,
        expires_at=ended.at + (FAR if is_held else pages.keep_for(ask.search)),
    )


def _stands(request_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM integrations_apicall WHERE id = %s AND outcome <> 'unknown'",
            [request_id],
        )
        return cursor.fetchone() is not None


def _outcome(ended: Ended) -> str:
    if isinstance(ended.error, OutcomeUnknown):
        return "unknown"
    return "failed" if ended.error else "answered"


def _part(ended: Ended) -> tuple[str, str, Decimal]:
    kind = "error" if ended.page is None else "hit" if ended.page.businesses else "miss"
    return ended.ask.search.name, kind, ended.usd


def _stop(call: Call, error: CallError) -> None:
    is_refused = isinstance(error, CredentialRejected)
    state = Account.State.REJECTED if is_refused else Account.State.EXHAUSTED
    stop_account(call.account.id, call.account.version, state, str(error), until=error.retry_at)
