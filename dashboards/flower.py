"""Hands requests on to Flower, and its answers back, a piece at a time."""

from __future__ import annotations

import atexit
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, urlsplit

import httpx2
from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.crypto import salted_hmac

PREFIX = "flower"
# What Flower needs to know of a request. Cookies and the rest are between the browser and us.
TAKEN = ("Accept", "Accept-Language", "Content-Type", "If-Modified-Since", "If-None-Match",
         "X-Requested-With")  # fmt: skip
GIVEN = ("Cache-Control", "Content-Length", "Content-Type", "ETag", "Last-Modified")
# Stopping workers and steering pools and single tasks; not the starting of tasks with arguments
# of one's own, which the back office does with an estimate and a cap.
STEERED = re.compile(r"api/(worker/[\w-]+(/[\w-]+)?|task/(timeout|rate-limit|revoke))/[^/]+")
# Flower's list of tasks asks for its rows by POST, and changes nothing by it.
READ_BY_POST = ("tasks/datatable",)
TIMEOUT = httpx2.Timeout(30.0, connect=2.0)  # it asks the workers, who may take a while
# Flower's pages bring their scripts and styles in the text.
POLICY = (
    "default-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:;"
    " frame-ancestors 'none'; form-action 'self'; base-uri 'self'; object-src 'none'"
)


class FlowerAway(Exception):
    """Flower does not answer."""


class _Body:
    """An answer's body, closed with the response that it is part of."""

    def __init__(self, answer: httpx2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_raw()

    def close(self) -> None:
        self._answer.close()


def user() -> str:
    return "switchboard"


def password() -> str:
    """Return Flower's own password, which follows from SECRET_KEY."""
    return salted_hmac("dashboards.flower", "password", algorithm="sha256").hexdigest()


def may_be_steered(path: str) -> bool:
    """Tell whether a POST to this path is one of those that a person may send."""
    return STEERED.fullmatch(path) is not None


def address(path: str, query: str) -> str | None:
    """Return where a path is at Flower; None for one that would lead out of its place."""
    if not {".", ".."}.isdisjoint(re.split(r"[/\\]", path)):
        return None
    at = f"{settings.FLOWER_URL.rstrip('/')}/{PREFIX}/{quote(path, safe='/@:,~')}"
    return f"{at}?{query}" if query else at


def hand_on(request: HttpRequest, at: str) -> StreamingHttpResponse:
    """Ask Flower and return its answer as it comes. Raises FlowerAway."""
    headers = {name: request.headers[name] for name in TAKEN if name in request.headers}
    headers["Accept-Encoding"] = "identity"
    client = _client()
    asked = client.build_request(
        str(request.method), at, headers=headers, content=request.body or None
    )
    try:
        answer = client.send(asked, stream=True, auth=(user(), password()))
    except httpx2.HTTPError as error:
        raise FlowerAway(type(error).__name__) from None
    given = {name: answer.headers[name] for name in GIVEN if name in answer.headers}
    if place := _own_place(answer.headers.get("Location", "")):
        given["Location"] = place
    given["Content-Security-Policy"] = POLICY
    return StreamingHttpResponse(_Body(answer), status=answer.status_code, headers=given)


@lru_cache(maxsize=1)
def _client() -> httpx2.Client:
    """One for the process, made after the fork and closed at its end."""
    client = httpx2.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False)
    atexit.register(client.close)
    return client


def _own_place(location: str) -> str:
    """Return where Flower sends the browser, if that is another of its pages."""
    parts = urlsplit(location)
    is_own = not parts.netloc and parts.path.startswith(f"/{PREFIX}")
    return location if is_own and not location.startswith("//") else ""
