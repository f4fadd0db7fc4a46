"""Hears everything that goes wrong in a page: console, scripts, requests."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response

# What Chromium prints beside every answer of 400 and more; the answer itself is heard.
ECHO = "Failed to load resource: the server responded with a status of"


@dataclass
class Faults:
    """What went wrong in the pages of one test; what the test expects is not wrong."""

    found: list[str] = field(default_factory=list)
    is_over: bool = False
    _expected: list[tuple[int, str]] = field(default_factory=list)

    def expect(self, status: int, path: str) -> None:
        """Let every answer of this status be right whose path matches the expression."""
        self._expected.append((status, path))

    def watch(self, page: Page) -> None:
        open_requests: set[Request] = set()
        left_behind: set[Request] = set()

        def began(request: Request) -> None:
            # Leaving a page cuts off what it still asks for: no fault of anybody's.
            if request.is_navigation_request() and request.frame == page.main_frame:
                left_behind.update(open_requests)
            open_requests.add(request)

        def ended(request: Request) -> None:
            open_requests.discard(request)

        def failed(request: Request) -> None:
            ended(request)
            is_download = request.is_navigation_request() and request.failure == "net::ERR_ABORTED"
            if request not in left_behind and not is_download:
                self._note(f"{request.failure}: {request.method} {request.url}")

        page.on("request", began)
        page.on("requestfinished", ended)
        page.on("requestfailed", failed)
        page.on("response", self._answered)
        page.on("console", self._printed)
        page.on("pageerror", lambda error: self._note(f"script: {error} on {page.url}"))

    def _note(self, fault: str) -> None:
        if not self.is_over:
            self.found.append(fault)

    def _answered(self, response: Response) -> None:
        path = urlsplit(response.url).path
        is_expected = any(
            status == response.status and re.fullmatch(pattern, path)
            for status, pattern in self._expected
        )
        if response.status >= 400 and not is_expected:
            self._note(f"{response.status}: {response.request.method} {response.url}")

    def _printed(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(ECHO):
            self._note(f"console: {message.text} on {message.location.get('url', '')}")
