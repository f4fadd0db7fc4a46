"""Posts one parcel by the way of its subscription: webhook, Slack or e-mail."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit

import structlog
from django.db import connections
from django.utils import timezone

from integrations import mail, slack
from integrations.messages import NotDelivered
from integrations.secrets import SecretUnreadable
from webhooks.models import Parcel, Subscription
from webhooks.out.carrying import Carrier, Letter, Result
from webhooks.out.signing import message_name
from webhooks.out.subscriptions import Opened, opened
from webhooks.out.urls import named_here
from webhooks.out.wording import title_and_text

log = structlog.get_logger(__name__)

KEPT = "Not sent: this is the sandbox. Below is what would have been sent."


async def carried(parcel: Parcel, carrier: Carrier, *, in_sandbox: bool) -> Result:
    """Send a parcel once and return what came of it, whatever that is."""
    try:
        return await post(parcel, carrier, in_sandbox=in_sandbox)
    except Exception as mistake:
        log.exception("parcel_failed", parcel=parcel.pk)
        return Result(f"{type(mistake).__name__} in our own code")


async def post(parcel: Parcel, carrier: Carrier, *, in_sandbox: bool) -> Result:
    """Send a parcel once and return what came of it; in the sandbox nothing leaves the house."""
    row = parcel.subscription
    try:
        held = opened(row)
    except SecretUnreadable as why:
        return Result(str(why), is_final=True)
    if in_sandbox and not (row.kind == row.Kind.WEBHOOK and named_here(urlsplit(held.url))):
        return Result(KEPT, is_kept=True)
    if row.kind == row.Kind.WEBHOOK:
        return await carrier.carry(letter_of(parcel, held))
    return await asyncio.to_thread(_say, parcel, row, held)


def letter_of(parcel: Parcel, held: Opened) -> Letter:
    """Return what is posted of a parcel now."""
    keys = held.keys(parcel.subscription, timezone.now())
    return Letter(held.url, message_name(parcel.message_id), parcel.body, keys)


def _say(parcel: Parcel, row: Subscription, held: Opened) -> Result:
    """Send a parcel to people, in words."""
    title, text = title_and_text(parcel.body)
    begun = time.monotonic()
    try:
        if row.kind == row.Kind.SLACK:
            slack.post(held.url, f"*{title}*\n{text}")
        else:
            key = message_name(parcel.message_id)
            mail.send(row.recipients.split(), title, text, key=key)
    except NotDelivered as why:
        return Result(str(why), took_ms=_ms(begun), is_final=why.is_final)
    finally:
        connections.close_all()  # this thread's, if it has asked whether this is the sandbox
    return Result("", took_ms=_ms(begun), is_delivered=True)


def _ms(begun: float) -> int:
    return int((time.monotonic() - begun) * 1000)
