"""Charging: what questions cost at the most, and what a reply to one costs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from enrichment.engine.desk import Request, is_paid
from enrichment.engine.items import ZERO
from integrations.errors import OutcomeUnknown, Pending
from integrations.provider import Ask, Reply

Pairs = Sequence[tuple[Ask, UUID]]


def price_of(request: Request, opened: Pairs) -> Decimal:
    """Return what the asks cost at the most, at the prices they were granted for."""
    terms = [(ask, request.terms[ask.lookup.slug]) for ask, _ in opened]
    return sum((one.price.usd for ask, one in terms if not is_paid(ask, one)), ZERO)


def charged(request: Request, ask: Ask, reply: Reply) -> Decimal:
    """Return what a reply costs; one that never came counts as bought.

    What is answered later is paid for when the ticket is given, and what is paid by the hit with
    the hit.
    """
    terms = request.terms[ask.lookup.slug]
    price = terms.price
    if is_paid(ask, terms):
        return ZERO
    if isinstance(reply.error, Pending):
        is_taken = reply.error.ticket and not ask.question.ticket
        return price.usd if is_taken and not price.on_hit_only else ZERO
    if isinstance(reply.error, OutcomeUnknown) or (not reply.error and reply.facts):
        return price.usd
    is_free = reply.error or price.on_hit_only or not reply.is_billed
    return ZERO if is_free else price.usd
