"""Doors for the SDKs that we use: their own clients, but over the guard and bound to one call.

The guard repeats and times out, so the SDKs do neither. Nothing is read from the environment that
would send a request elsewhere or as somebody else.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
from twilio.http import AsyncHttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.rest import Client as TwilioClient

from integrations.api import apply_auth
from integrations.auth import Basic, HeaderKey
from integrations.calls import Call
from integrations.client import new_client
from integrations.gate import Gate

log = logging.getLogger(__name__)


class BoundTransport(httpx2.AsyncBaseTransport):
    """The gate's guard for one call: every request that an SDK makes over it belongs to `call`."""

    def __init__(self, gate: Gate, call: Call) -> None:
        self._gate = gate
        self._call = call

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._gate.send(request, self._call)


def openai_client(gate: Gate, call: Call) -> openai.AsyncOpenAI:
    """Return OpenAI's client for one call. Raises AccountUnusable without a key.

    It needs no closing. What the guard refuses or cannot reach comes out as the CallError itself;
    an answer with an error as OpenAI's own exception, and as `call.error`.
    """
    apply_auth(call, {}, {})
    auth = call.provider.auth
    if not isinstance(auth, HeaderKey):
        raise TypeError(f"{call.provider.slug} has no bearer key")
    return openai.AsyncOpenAI(
        api_key=call.account.secrets[auth.secret],
        admin_api_key="",
        organization=str(call.account.options.get("organization", "")),
        project=str(call.account.options.get("project", "")),
        webhook_secret="",
        base_url=call.account.base_url,
        max_retries=0,
        http_client=new_client(BoundTransport(gate, call)),
    )


def twilio_client(gate: Gate, call: Call) -> TwilioClient:
    """Return Twilio's client for one call, for its `…_async` methods. Raises AccountUnusable.

    An account that points elsewhere than its provider (the sandbox) gets the requests for all of
    Twilio's hosts there.
    """
    apply_auth(call, {}, {})
    auth = call.provider.auth
    if not isinstance(auth, Basic):
        raise TypeError(f"{call.provider.slug} has no user and password")
    secrets = call.account.secrets
    return TwilioClient(
        secrets[auth.user],
        secrets.get(auth.password, ""),
        secrets.get("account_sid"),
        http_client=GuardedTwilioHttp(gate, call),
        environment={"TWILIO_EDGE": ""},  # an empty mapping would mean os.environ
    )


class GuardedTwilioHttp(AsyncHttpClient):  # type: ignore[misc] # twilio is untyped
    """Twilio's HTTP client interface over the gate."""

    def __init__(self, gate: Gate, call: Call) -> None:
        super().__init__(log, True)
        self._gate = gate
        self._call = call

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> TwilioResponse:
        """Send what the SDK built; its time-out and redirects are the guard's business."""
        client = self._gate.client
        is_json = "json" in (headers or {}).get("Content-Type", "")
        request = client.build_request(
            method,
            self._place(url),
            params={key: held for key, held in (params or {}).items() if held is not None},
            headers=headers,
            **{"json" if is_json else "data": data or None},
        )
        if auth:
            request = next(httpx2.BasicAuth(*auth).auth_flow(request))
        response = await self._gate.send(request, self._call)
        return TwilioResponse(response.status_code, response.text, response.headers)

    def _place(self, url: str) -> str:
        base_url = self._call.account.base_url
        if base_url == self._call.provider.base_url:
            return url
        parts = urlsplit(url)
        return base_url.rstrip("/") + parts._replace(scheme="", netloc="").geturl()
