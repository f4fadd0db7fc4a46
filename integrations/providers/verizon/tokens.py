"""The two tokens that Verizon wants on every request: an application's and a user's session.

The first is good for an hour, the second until 20 minutes after its last use. Both are kept in the
account's memory and fetched once, however many lookups want them at the same time.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from integrations.auth import Held, basic
from integrations.errors import CallError, CredentialRejected, NotEntitled, Rejected
from integrations.provider import Api
from integrations.providers.verizon.results import READ
from integrations.turns import turn

SESSION_S, TOKEN_MARGIN_S = 15 * 60, 60


class TokenExpired(Rejected):
    """A token is not accepted any more; new ones are fetched, once."""


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return what a refusal means: the pair of the application or of the user, or an old token."""
    if status not in (400, 401, 403):
        return None
    said = body if isinstance(body, dict) else {}
    words = str(said.get("errorMessage") or said.get("error_description") or "")[:200]
    code = str(said.get("errorCode") or said.get("error") or "")
    text = f"Verizon: {words or code or f'HTTP {status}'}"
    if code in ("invalid_client", "unauthorized_client") or "credential" in code.lower():
        return CredentialRejected(text, status=status, code=code)
    if status == 401:
        return TokenExpired(text, status=status, code=code)
    return NotEntitled(text, status=status, code=code) if status == 403 else None


async def with_tokens(api: Api, method: str, path: str, **more: Any) -> Any:
    """Ask with both tokens, and once again with new ones where these are not accepted."""
    tokens = await tokens_of(api)
    for is_last in (False, True):
        more["headers"] = {**(more.get("headers") or {}), **tokens}
        try:
            return await (api.get(path, **more) if method == "GET" else api.post(path, **more))
        except TokenExpired as expired:
            if is_last:
                raise NotEntitled(str(expired), status=expired.status) from expired
            if api.memory.get("tokens") == tokens:
                api.memory.pop("tokens", None)
                api.memory.pop("bearer_until", None)
            tokens = await tokens_of(api)
    raise AssertionError


async def tokens_of(api: Api) -> Mapping[str, str]:
    """Return the headers with both tokens; they are fetched once, whoever else wants them now."""
    kept = api.memory
    async with turn(kept, "tokens"):
        now = time.time()
        if now >= kept.get("bearer_until", 0.0):
            kept["bearer"], kept["bearer_until"] = await _bearer(api, now)
            kept.pop("tokens", None)
        if "tokens" not in kept or now >= kept["session_until"]:
            bearer = {"Authorization": f"Bearer {kept['bearer']}"}
            login = {"username": Held("username"), "password": Held("password")}
            said = READ.body(await api.post("/m2m/v1/session/login", json=login, headers=bearer))
            kept["tokens"] = {**bearer, "VZ-M2M-Token": _given(said, "sessionToken")}
        kept["session_until"] = now + SESSION_S
        tokens: Mapping[str, str] = kept["tokens"]
        return tokens


async def _bearer(api: Api, now: float) -> tuple[str, float]:
    said = READ.body(
        await api.post(
            "/ts/v1/oauth2/token",
            form={"grant_type": "client_credentials"},
            auth=basic("app_key", "app_secret"),
        )
    )
    lasts = READ.whole(said, "expires_in") or 3600
    return _given(said, "access_token"), now + max(lasts - TOKEN_MARGIN_S, 0)


def _given(said: Mapping[str, Any], key: str) -> str:
    token = READ.text(said, key)
    if not token:
        raise READ.broken(key, None)
    return token
