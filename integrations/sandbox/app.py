"""The ASGI application: finds who is asked, waits, deals the faults, answers, and records it."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from integrations.sandbox.asgi import Receive, Scope, Send, lifespan, read, respond
from integrations.sandbox.control import Control
from integrations.sandbox.faults import (
    ANSWERED,
    DROPPED,
    FAILED,
    REFUSED,
    THROTTLED,
    Fault,
    Faults,
)
from integrations.sandbox.posting import Poster
from integrations.sandbox.protocol import drop
from integrations.sandbox.record import NO_ID, Heard, Record, as_id, is_chargeable
from integrations.sandbox.responder import Answer, Asked, Responder
from integrations.sandbox.responders import responders
from integrations.sandbox.settings import Settings

NOT_MOUNTED = b'{"error":"no provider is mounted here; paths start with /<provider>/"}'
OVER_LIMIT = Fault(THROTTLED)


class Sandbox:
    """Every provider under /<slug>/, and the controls under /_health and /_control."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.faults = Faults()
        self.record = Record()
        self.in_flight = 0
        self.poster = Poster(lambda: self.settings)
        self.responders = fresh(self.poster)
        self.control = Control(self)

    def reset(self) -> None:
        """Forget what was asked, made and dealt; the settings stay."""
        self.faults.reset()
        self.record = Record()
        self.poster.forget()
        self.responders = fresh(self.poster)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            await self.poster.aclose()
            return
        path: str = scope["path"]
        if path.startswith("/_"):
            await self.control.answer(scope, receive, send)
            return
        slug, _, rest = path[1:].partition("/")
        responder = self.responders.get(slug)
        if responder is None:
            await respond(send, 404, NOT_MOUNTED)
            return
        self.in_flight += 1
        try:
            await self.play(responder, "/" + rest, scope, receive, send)
        finally:
            self.in_flight -= 1

    async def play(
        self, responder: Responder, path: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer one request as the provider would, or deal its fault."""
        request_id, attempt, authorization = NO_ID, 1, b""
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                request_id = as_id(value)
            elif name == b"authorization":
                authorization = value
            elif name == b"x-attempt":
                attempt = int(value) if value.isdigit() else 1
        method = scope["method"]
        body = b"" if method == "GET" else await read(receive)
        asked = Asked(method, path, scope["query_string"], authorization, body, scope["headers"])
        answer = responder.answer(asked)
        fault = self.fault_for(answer, responder.slug)
        outcome = outcome_of(answer, fault)
        if answer.after:
            answer.after(outcome)
        self.note(Heard(request_id, attempt, responder.slug, outcome), answer)
        if outcome != THROTTLED:
            await self.wait(answer, responder.slug)
        if fault is None:
            await respond(send, answer.status, answer.body, answer.headers)
        elif outcome == DROPPED:
            await drop(scope, receive)
        else:
            await self.refuse(responder, fault, send)

    def fault_for(self, answer: Answer, slug: str) -> Fault | None:
        """Return this request's fault: a limit's, its magic number's, or a rolled one."""
        settings = self.settings
        if self.in_flight > settings.limit_in_flight > 0:
            return OVER_LIMIT
        if self.faults.is_over_limit(settings, time.monotonic()):
            return OVER_LIMIT
        if answer.status >= 400:
            return None
        question = f"{slug}|{answer.keys}|{answer.lookups}"
        fault = answer.fault
        if fault is not None and fault.is_once and question in self.faults.dealt:
            fault = None
        if fault is None:
            rolled = self.faults.roll(settings, question)
            fault = None if rolled == ANSWERED else Fault(rolled)
        if fault is not None:
            self.faults.note(question)
        return fault

    def note(self, heard: Heard, answer: Answer) -> None:
        """Record the request as soon as it is decided: who hangs up now was still heard."""
        record = self.record
        record.peak_in_flight = max(record.peak_in_flight, self.in_flight)
        charged = answer.charged if is_chargeable(heard.outcome) else ()
        record.add(heard, answer.lookups, answer.keys, charged)

    async def wait(self, answer: Answer, slug: str) -> None:
        """Wait as long as this provider takes."""
        settings = self.settings
        ms = settings.latency_ms + answer.delay_s * 1000
        if settings.lookup_latency_ms:
            extra = settings.lookup_latency_ms
            ms += max((extra.get(f"{slug}.{name}", 0.0) for name in answer.lookups), default=0.0)
        if settings.jitter_ms:
            ms += random.uniform(0, settings.jitter_ms)
        if ms:
            await asyncio.sleep(ms / 1000)

    async def refuse(self, responder: Responder, fault: Fault, send: Send) -> None:
        """Send the fault's own status and body, or the provider's usual ones."""
        if fault.outcome == FAILED:
            await respond(send, fault.status or 503, fault.body or responder.failed())
            return
        after = http_date(1) if fault.retry_after == "date" else fault.retry_after
        after = after or self.retry_after()
        headers = [(b"retry-after", after.encode())] if after else []
        await respond(send, fault.status or 429, fault.body or responder.throttled(), headers)

    def retry_after(self) -> str:
        """Return Retry-After as set: "" for none, seconds, or a date."""
        settings = self.settings
        if settings.retry_after_s < 0:
            return ""
        if settings.retry_after_form == "date":
            return http_date(settings.retry_after_s)
        return f"{settings.retry_after_s:g}"


def fresh(poster: Poster) -> dict[str, Responder]:
    """Return every responder by its slug, none of which has been asked anything yet."""
    return {responder.slug: responder for responder in responders(poster)}


def outcome_of(answer: Answer, fault: Fault | None) -> int:
    """Return what the record calls this exchange."""
    if fault is not None:
        return fault.outcome
    return REFUSED if answer.status >= 400 else ANSWERED


def http_date(in_s: float) -> str:
    """Return an HTTP date so many seconds from now."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=in_s), usegmt=True)
