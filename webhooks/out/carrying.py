"""Carries one parcel to its address, and says what came of it; knows no database.

What must hold of every try is here: the address that is connected to is public, no redirect is
followed, no proxy and no cookie is used, fifteen seconds, and of the answer only its beginning.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from integrations.classify import retry_after_s
from webhooks.out.addresses import AddressRefused, guarded
from webhooks.out.signing import headers
from webhooks.out.urls import is_fit, problem_of

TIMEOUT_S = 15.0
BEGINNING = 300  # of an answer, in bytes
ANSWER_S = 2.0  # for the beginning of an answer whose status is known
LONGEST_WAIT_S = 3600
GONE = 410
AGENT = "Switchboard/1 (webhooks)"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one try; `is_final` when another would change nothing."""

    outcome: str
    status: int | None = None
    took_ms: int = 0
    answer: str = ""
    wait_s: float = 0.0
    is_delivered: bool = False
    is_final: bool = False
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What is posted: where, under which id, signed with which secrets."""

    url: str
    name: str
    body: str
    keys: Sequence[str]


class Carrier:
    """Keeps connections to receivers for as long as it is open; `resolver` is the system's own."""

    def __init__(self, resolver: AbstractResolver | None = None) -> None:
        self._resolver = resolver
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Carrier:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for session in self._sessions.values():
            await session.close()

    async def carry(self, letter: Letter) -> Result:
        """Post a letter once, if it may go there, and return what came of it."""
        if problem := problem_of(letter.url):
            return Result(f"Not sent: {problem}", is_final=True)
        return await self.post(letter)

    async def post(self, letter: Letter) -> Result:
        """Post a letter once, wherever its address may lead; raises nothing of the network's."""
        begun = time.monotonic()
        try:
            result = await self._post(letter)
        except TimeoutError:
            result = Result(f"No answer in {TIMEOUT_S:g} s.")
        except aiohttp.ClientConnectorError as error:
            result = _of_connecting(error)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            result = Result(f"It cannot be reached ({type(error).__name__}).")
        return replace(result, took_ms=int((time.monotonic() - begun) * 1000))

    async def _post(self, letter: Letter) -> Result:
        body = letter.body.encode()
        signed = headers(letter.name, int(time.time()), body, letter.keys)
        async with self._session(letter.url).post(
            letter.url,
            data=body,
            headers={**signed, "Content-Type": "application/json", "User-Agent": AGENT},
            allow_redirects=False,
        ) as answer:
            return _of_answer(answer, await _beginning(answer))

    def _session(self, url: str) -> aiohttp.ClientSession:
        """Return the session of a URL's host: each has a rule of its own of where it may lead."""
        parts = URL(url)
        key = f"{parts.scheme}://{parts.raw_authority}"
        if key not in self._sessions:
            connector = aiohttp.TCPConnector(
                resolver=self._resolver,
                use_dns_cache=False,
                socket_factory=guarded(partial(is_fit, url)),
            )
            self._sessions[key] = aiohttp.ClientSession(
                connector=connector,
                connector_owner=True,
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
            )
        return self._sessions[key]


async def _beginning(answer: aiohttp.ClientResponse) -> str:
    """Return how an answer begins; one that goes on is left, and its connection closed."""
    found = b""
    with contextlib.suppress(TimeoutError, aiohttp.ClientError):
        async with asyncio.timeout(ANSWER_S):
            while len(found) < BEGINNING and (more := await answer.content.read(BEGINNING)):
                found += more
    return found[:BEGINNING].decode("utf-8", "replace").replace("\0", "")


def _of_answer(answer: aiohttp.ClientResponse, beginning: str) -> Result:
    status = answer.status
    if 200 <= status < 300:
        return Result("", status, answer=beginning, is_delivered=True)
    words = f"It answered {status}."
    if 300 <= status < 400:
        words = f"It answered {status}: redirects are not followed. Put in the address itself."
    if status == GONE:
        words = "It answered 410: it wants to hear no more."
    wait_s = min(retry_after_s(answer.headers) or 0.0, LONGEST_WAIT_S)
    return Result(words, status, answer=beginning, wait_s=wait_s, is_final=status == GONE)


def _of_connecting(error: aiohttp.ClientConnectorError) -> Result:
    if isinstance(error.os_error, AddressRefused) or "not public" in str(error.os_error):
        return Result("Not sent: its name leads to an address that is not public.", is_final=True)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Result("Its host has no address.")
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return Result("Its certificate is not good.")
    return Result("It does not take connections.")
