"""What Twilio says of a message or a call: read the same, whether made, fetched or listed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from integrations.errors import ContractBroken, OutcomeUnknown
from integrations.provider import Api
from integrations.providers.twilio.errors import cleaned
from integrations.reading import Body, Reader

READ = Reader("Twilio Messaging")
ACCOUNT = "/2010-04-01/Accounts/{account_sid}"
PAGE_SIZE, MOST_PAGES = 500, 20
SKEW = timedelta(minutes=5)
FINAL = frozenset({
    "delivered", "undelivered", "failed", "canceled", "read", "received", "completed", "busy",
    "no-answer",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """A message or a call as Twilio knows it; `status` is Twilio's own word.

    `segments` is 0 until a sender is chosen. `price_usd` is what Twilio charged, None until it says
    so. `error` are Twilio's words for `error_code`, which is 0 without one. `answered_by` and
    `duration_s` are of calls.
    """

    sid: str
    status: str
    segments: int = 0
    price_usd: Decimal | None = None
    error_code: int = 0
    error: str = ""
    to: str = ""
    sender: str = ""
    body: str = ""
    direction: str = ""
    created_at: datetime | None = None
    answered_by: str = ""
    duration_s: int | None = None

    @property
    def is_final(self) -> bool:
        """Tell whether no other status follows."""
        return self.status in FINAL


def read_sent(body: Body, starts: Sequence[str]) -> Sent:
    """Return a message or a call. Raises ContractBroken without a SID of these kinds or a status.

    Numbers come as text ("num_segments", "duration", "price").
    """
    sid, status = READ.text(body, "sid"), READ.text(body, "status")
    if not sid.startswith(tuple(starts)) or not status:
        raise READ.broken("status" if sid else "sid", None)
    return Sent(
        sid=sid,
        status=status,
        segments=_whole(body, "num_segments") or 0,
        price_usd=_usd(body),
        error_code=READ.whole(body, "error_code") or 0,
        error=cleaned(READ.text(body, "error_message")),
        to=READ.text(body, "to"),
        sender=READ.text(body, "from"),
        body=_verbatim(body, "body"),
        direction=READ.text(body, "direction"),
        created_at=_moment(body, "date_created"),
        answered_by=READ.text(body, "answered_by"),
        duration_s=_whole(body, "duration"),
    )


async def create(
    api: Api, path: str, form: Mapping[str, str | Sequence[str]], starts: Sequence[str]
) -> Sent:
    """Return what was made. Raises OutcomeUnknown also for an answer that cannot be read.

    A good answer without a SID may hide a message that was made; it is not to be made again.
    """
    try:
        return read_sent(READ.body(await api.post_once(ACCOUNT + path, form=form)), starts)
    except ContractBroken as odd:
        raise OutcomeUnknown(f"{odd}; it may have been made", status=odd.status) from odd


async def listed(
    api: Api, path: str, key: str, asked: Mapping[str, str], since: datetime
) -> AsyncIterator[Body]:
    """Yield the rows of a list that were made since, page by page, less SKEW for clocks.

    Not by Twilio's own filters of dates: those look at when a thing was sent, and what waits in
    their queue has not been. Raises ContractBroken for a list without an end.
    """
    given: dict[str, Any] = {**asked, "PageSize": str(PAGE_SIZE)}
    for _ in range(MOST_PAGES):
        page = READ.body(await api.get(ACCOUNT + path, **given), key)
        for row in READ.parts(page, key):
            made_at = _moment(row, "date_created")
            if made_at is None or made_at >= since - SKEW:
                yield row
        after = READ.text(page, "next_page_uri")
        if not after:
            return
        told = parse_qsl(urlsplit(after).query)
        given = {name: value for name, value in told if name[:1].isupper()}
    raise READ.broken(f"a list of more than {MOST_PAGES} pages", None)


def _verbatim(body: Body, key: str) -> str:
    """Return a text with its blanks: what was written is compared with what was sent."""
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise READ.broken(key, value)
    return value or ""


def _whole(body: Body, key: str) -> int | None:
    value: Any = body.get(key)
    if isinstance(value, str):
        if value.strip() and not (value.isascii() and value.strip().isdigit() and len(value) < 10):
            raise READ.broken(key, value)
        return int(value) if value.strip() else None
    return READ.whole(body, key)


def _usd(body: Body) -> Decimal | None:
    """Return what was charged, from 0; None where nothing is said, or it is no US dollars."""
    value: Any = body.get("price")
    if value is None or value == "" or READ.text(body, "price_unit").upper() not in ("USD", ""):
        return None
    try:
        price = abs(Decimal(str(value)))
    except InvalidOperation:
        raise READ.broken("price", value) from None
    if not price.is_finite() or price > 10_000:
        raise READ.broken("price", value)
    return price


def _moment(body: Body, key: str) -> datetime | None:
    """Return a date of RFC 2822, which is how this part of Twilio writes them."""
    text = READ.text(body, key)
    if not text:
        return None
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        raise READ.broken(key, text) from None
    if found.tzinfo is None:
        raise READ.broken(key, text)
    return found
