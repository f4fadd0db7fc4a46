"""Asks for a token through the guard of all outgoing calls; nothing of it is written down."""

from __future__ import annotations

import asyncio
import base64
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlencode

from multidict import CIMultiDict

from crm_sync.signing_in.answers import classify
from crm_sync.signing_in.login import Login
from crm_sync.signing_in.requests import TokenRequest
from integrations.api import FORM, JSON
from integrations.auth import NO_AUTH
from integrations.calls import AccountView, Call
from integrations.classify import parsed
from integrations.errors import OutcomeUnknown
from integrations.exchange import Outgoing
from integrations.gate import Gate
from integrations.ids import uuid7
from integrations.provider import Provider

ANSWER_S = 12.0
# Of all attempts together; a lease (`tokens.keeping`) is longer.
WHOLE_S = 20.0
# A view's id is that of its places in flight; these are no account's and no connection's.
BELOW = 1_000_000_000
PLAIN = ("grant_type", "scope", "client_id", "redirect_uri")  # what is no secret of a form


async def ask(
    gate: Gate,
    login: Login,
    request: TokenRequest,
    connection_id: int,
    *,
    whole_s: float = WHOLE_S,
) -> Any:
    """Return the answer's body. Raises CallError; OutcomeUnknown where it may have been given."""
    call = _call(login, request, connection_id)
    headers = CIMultiDict({"Accept": JSON, "Content-Type": FORM})
    if request.basic:
        pair = ":".join(request.basic).encode()
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
    content = urlencode(request.form).encode("ascii")
    try:
        async with asyncio.timeout(whole_s):
            incoming = await gate.exchange(Outgoing("POST", request.url, headers, content), call)
    except TimeoutError:
        raise call.error or OutcomeUnknown(
            f"{login.kind.label}: no answer in {whole_s:g} s", code="slow"
        ) from None
    if call.error:
        raise call.error
    return parsed(incoming.content) if incoming.body is None else incoming.body


def _call(login: Login, request: TokenRequest, connection_id: int) -> Call:
    """Return the call; its secrets are cut from whatever text is made of it."""
    secret = {name: text for name, text in request.form.items() if name not in PLAIN}
    if request.basic:
        secret["client_secret"] = request.basic[1]
    of = Provider(
        slug=f"{login.kind.slug}-{connection_id}-sign-in",
        label=login.kind.label,
        docs=login.kind.docs,
        base_url=request.url,
        auth=NO_AUTH,
        secrets=(),
        timeout_s=ANSWER_S,
        classify=partial(
            classify,
            secrets=tuple(secret.values()),
            is_machine=not login.way.asks_a_person,
        ),
    )
    view = AccountView(
        id=-connection_id - BELOW,
        provider=of.slug,
        version=0,
        secrets=secret,
        options={},
        windows=(),
        max_in_flight=of.max_in_flight,
        base_url=request.url,
        is_sandbox=bool(login.sandbox_url),
        hold_unknown_above_usd=Decimal(0),
    )
    return Call(of, view, uuid7(), ("token",), once=request.once)
