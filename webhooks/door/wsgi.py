"""The door as a WSGI application around Django's: what is not for it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

import structlog
from django.conf import settings

from webhooks import limits
from webhooks.arrival import Arrival, Event, NoKey, Refusal, TooLarge, Unreadable, Unsigned
from webhooks.door.inbox import Inbox
from webhooks.senders import ADDRESSES, Address

log = structlog.get_logger(__name__)

PREFIX = "/webhooks/"
LARGEST = 1024 * 1024
OVERHEARD = 4 * LARGEST

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]


class Door:
    """Answers under /webhooks/ and hands everything else on."""

    def __init__(self, application: Application, inbox: Inbox) -> None:
        self._application = application
        self._inbox = inbox

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX):
            return self._application(environ, start)
        address = ADDRESSES.get(path.removeprefix(PREFIX).rstrip("/"))
        if address is None:
            return _say(start, "404 Not Found", b"nobody posts here\n")
        if environ["REQUEST_METHOD"] != "POST":
            return _say(start, "405 Method Not Allowed", b"POST only\n", {"Allow": "POST"})
        return self._receive(address, environ, start)

    def _receive(self, address: Address, environ: Environ, start: Start) -> Iterable[bytes]:
        began = time.perf_counter()
        try:
            events = _read(address, environ)
            if events:
                self._inbox.put(address.sender, events)
        except Refusal as refusal:
            log.info("delivery_refused", sender=address.sender, why=type(refusal).__name__)
            wait = refusal.retry_after_s
            return _say(
                start, refusal.status, refusal.words.encode() + b"\n",
                {} if wait is None else {"Retry-After": str(wait)},
            )  # fmt: skip
        except Exception:
            log.exception("delivery_failed", sender=address.sender)
            return _say(start, "500 Internal Server Error", b"try again\n")
        ms = round((time.perf_counter() - began) * 1000)
        log.debug("delivery_recorded", sender=address.sender, events=len(events), ms=ms)
        return _say(start, "200 OK", address.answer, kind=address.content_type)


def _read(address: Address, environ: Environ) -> list[Event]:
    """Prove a request and read it; what has no good proof counts against where it is from."""
    client = limits.client_of(environ)
    if not address.is_signed:
        limits.admit(client)
    try:
        return address.read(arrival_of(environ, client))
    except (NoKey, Unsigned):
        limits.mark_wrong(client)
        raise


def arrival_of(environ: Mapping[str, Any], client: str = "") -> Arrival:
    """Return the request as senders see it. Raises TooLarge."""
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    return Arrival(_url(environ, headers), headers, _body(environ), client)


def _url(environ: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """Return the address as the sender knows it: ours by setting, else as the request names it."""
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    if not target.startswith("/"):
        query = environ.get("QUERY_STRING", "")
        target = environ.get("PATH_INFO", "") + (f"?{query}" if query else "")
    if settings.SITE_URL:
        return str(settings.SITE_URL).rstrip("/") + str(target)
    scheme = environ.get("wsgi.url_scheme", "http")
    if settings.BEHIND_PROXY:
        scheme = headers.get("x-forwarded-proto", scheme).rpartition(",")[2].strip() or scheme
    return f"{scheme}://{headers.get('host', '')}{target}"


def _body(environ: Mapping[str, Any]) -> bytes:
    """Return the whole body. Raises TooLarge, and Unreadable for one that ends before its end."""
    came = environ["wsgi.input"]
    try:
        announced = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        announced = 0
    try:
        body: bytes = came.read(LARGEST + 1) if announced <= LARGEST else b""
    except OSError:
        raise Unreadable("the body did not come") from None
    if max(len(body), announced) > LARGEST:
        with suppress(OSError):
            if announced <= OVERHEARD:  # who still sends when we hang up does not hear why
                came.read(OVERHEARD)
        raise TooLarge(f"{LARGEST} bytes at most")
    if len(body) < announced:
        raise Unreadable("the body is shorter than was announced")
    return body


def _say(
    start: Start,
    status: str,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    kind: str = "text/plain; charset=utf-8",
) -> Iterable[bytes]:
    start(
        status,
        [
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
            *(headers or {}).items(),
        ],
    )
    return [body]
