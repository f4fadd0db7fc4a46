"""Hears everything that goes wrong in a page: console, scripts, requests."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Frame, Page, Request, Response

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
        leaving = _Leaving(page)

        def failed(request: Request) -> None:
            is_download = request.is_navigation_request() and request.failure == "net::ERR_ABORTED"
            if not leaving.has_cut_off(request) and not is_download:
                self._note(f"{request.failure}: {request.method} {request.url}")

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


class _Leaving:
    """Knows which requests a page was leaving behind: that they are cut off is no fault."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._open: set[Request] = set()
        self._left_behind: set[Request] = set()
        self._is_leaving = False
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("framenavigated", self._arrive)

    def has_cut_off(self, request: Request) -> bool:
        self._end(request)
        return request in self._left_behind

    def _begin(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self._is_leaving = True
            self._left_behind |= self._open
        elif self._is_leaving:
            self._left_behind.add(request)
        self._open.add(request)

    def _end(self, request: Request) -> None:
        self._open.discard(request)

    def _arrive(self, frame: Frame) -> None:
        if frame == self._page.main_frame:
            self._is_leaving = False
