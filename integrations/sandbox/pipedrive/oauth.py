"""Pipedrive's sign-in: oauth.pipedrive.com, here below the same address.

Source: pipedrive.readme.io/docs/marketplace-oauth-authorization. An app names itself by HTTP Basic;
a refresh token stays the same; the answer says where the company's API is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from integrations.sandbox.crm.tokens import Grant, Tokens
from integrations.sandbox.responder import Answer, Asked

LASTS_S = 3_600
WRONG = "wrong"
SCOPES = "base,contacts:full,recents:read"


class SignIn:
    """Answers /oauth/authorize and /oauth/token; any client is known whose secret is not "wrong".

    A person consents at once; whoever's `state` is "deny" does not.
    """

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self._codes: dict[str, Mapping[str, str]] = {}

    def play(self, asked: Asked) -> Answer:
        if asked.method == "GET" and asked.path == "/oauth/authorize":
            return self._authorize(asked.params())
        if asked.method == "POST" and asked.path == "/oauth/token":
            return self._token(asked)
        return _refused(404, "not_found", "No such page")

    def _authorize(self, given: Mapping[str, str]) -> Answer:
        if not given.get("client_id") or not given.get("redirect_uri"):
            return _refused(400, "invalid_request", "client_id and redirect_uri are required")
        back = {"state": given["state"]} if "state" in given else {}
        if given.get("state") == "deny":
            back["error"] = "user_denied"
        else:
            code = f"code-{len(self._codes) + 1}"
            self._codes[code] = given
            back["code"] = code
        separator = "&" if "?" in given["redirect_uri"] else "?"
        where = f"{given['redirect_uri']}{separator}{urlencode(back)}"
        return Answer(302, b"", headers=[(b"location", where.encode())])

    def _token(self, asked: Asked) -> Answer:
        given = dict(parse_qsl(asked.body.decode("utf-8", "replace")))
        if not _client(asked.authorization):
            return _refused(401, "invalid_client", "Client authentication failed")
        kind = given.get("grant_type")
        if kind == "authorization_code":
            grant = self._of_code(given)
        elif kind == "refresh_token":
            grant = self.tokens.refresh(given.get("refresh_token", ""))
        else:
            return _refused(400, "unsupported_grant_type", f"{kind} is not supported")
        if grant is None:
            return _refused(400, "invalid_grant", "The code or refresh token serves no more")
        return self._given(grant, asked.header("host"))

    def _of_code(self, given: Mapping[str, str]) -> Grant | None:
        """Return a consent for a code, which serves once, to the address that it was sent to."""
        asked = self._codes.pop(given.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != given.get("redirect_uri"):
            return None
        if challenge := asked.get("code_challenge"):
            verifier = given.get("code_verifier", "").encode()
            digest = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest())
            if digest.rstrip(b"=").decode() != challenge:
                return None
        return self.tokens.consent("pipedrive")

    def _given(self, grant: Grant, host: str) -> Answer:
        told: dict[str, Any] = {
            "access_token": self.tokens.access(),
            "token_type": "Bearer",
            "refresh_token": grant.refresh,
            "scope": SCOPES,
            "expires_in": LASTS_S - 1,
            "api_domain": f"http://{host}/pipedrive",
        }
        return Answer(200, orjson.dumps(told))


def _client(authorization: bytes) -> str:
    """Return who asks, "" for nobody known."""
    kind, _, rest = authorization.partition(b" ")
    if kind.lower() != b"basic":
        return ""
    try:
        name, _, secret = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return "" if secret in ("", WRONG) else name


def _refused(status: int, code: str, words: str) -> Answer:
    body = {"success": False, "error": code, "error_description": words, "message": words}
    return Answer(status, orjson.dumps(body))
