"""The HTTP client that a process keeps for the life of its event loop, without any guard.

Calls to providers go through the guard (guard.py), over this client's session; the bare client is
for measuring.

aiohttp carries the bytes because httpx's own transport takes ten times the CPU under load
(DESIGN.md §6). Its session is made here rather than by httpx_aiohttp, for three reasons: it keeps
no cookies; it drops idle connections before common servers do (uvicorn after 5 s), so that a
request is not written into one that is being closed; and it does not repeat a GET by itself when
the connection breaks, which would pay for one answer twice and tell nobody.
"""

from __future__ import annotations

import asyncio
import logging
from http.cookiejar import CookieJar, DefaultCookiePolicy
from weakref import WeakKeyDictionary

import aiohttp
import httpx2
from httpx_aiohttp.httpx2 import AiohttpTransport

# Accounts limit what is in flight; this only has to be more than they allow together.
CONNECTIONS = 1000
IDLE_S = 4.0
DNS_S = 60
# gzip only: the one encoding whose unpacked size is bounded by the packed one (about 1000 : 1).
HEADERS = {"Accept-Encoding": "gzip", "User-Agent": "switchboard"}

# httpx2 logs every address at INFO, with the keys and phone numbers in it.
logging.getLogger("httpx2").setLevel(logging.WARNING)

_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx2.AsyncClient] = WeakKeyDictionary()
_transports: WeakKeyDictionary[asyncio.AbstractEventLoop, AiohttpTransport] = WeakKeyDictionary()


def shared_transport() -> AiohttpTransport:
    """Return the running event loop's connections."""
    loop = asyncio.get_running_loop()
    if loop not in _transports:
        _transports[loop] = _new_transport()
    return _transports[loop]


def shared_session() -> aiohttp.ClientSession:
    """Return the running event loop's session, which holds the connections."""
    return shared_transport().get_client()


def shared_client() -> httpx2.AsyncClient:
    """Return the running event loop's bare client."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = new_client(shared_transport())
    return _clients[loop]


def new_client(transport: httpx2.AsyncBaseTransport) -> httpx2.AsyncClient:
    """Return a client over `transport`: no redirects, no cookies, nothing from the environment."""
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx2.AsyncClient(
        transport=transport, trust_env=False, headers=HEADERS, cookies=no_cookies
    )


async def aclose_client() -> None:
    """Close the running event loop's connections; the next use opens new ones."""
    loop = asyncio.get_running_loop()
    _clients.pop(loop, None)
    if transport := _transports.pop(loop, None):
        await transport.aclose()


def _new_transport() -> AiohttpTransport:
    transport = AiohttpTransport(trust_env=False)
    connector = aiohttp.TCPConnector(
        limit=CONNECTIONS,
        keepalive_timeout=IDLE_S,
        ttl_dns_cache=DNS_S,
        ssl=transport.ssl_context,
    )
    session = aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), headers=HEADERS, trust_env=False
    )
    session._retry_connection = False  # no public switch (aiohttp 3.14); test_client.py guards it
    transport.client = session
    return transport
