"""How apps sign in to the played HubSpot: a code with PKCE, a refresh token that stays the same.

Any client id serves, with the secret "wrong" for one that does not.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

import orjson

from integrations.sandbox.crm.tokens import Tokens
from integrations.sandbox.responder import Answer, Asked

LASTS_S = 1_800
HUB_ID = 62_515


@dataclass(frozen=True, slots=True)
class Code:
    """An authorisation code: for whom, where it was sent, and the challenge to be met."""

    client_id: str
    redirect_uri: str
    challenge: str


class SigningIn:
    """The pages under /oauth."""

    def __init__(self, tokens: Tokens, scopes: set[str]) -> None:
        self.tokens = tokens
        self.scopes = scopes
        self._codes: dict[str, Code] = {}

    def answer(self, asked: Asked) -> Answer | None:
        """Return the answer to a request under /oauth, None for one that is none of its."""
        path = asked.path
        if path == "/oauth/authorize" and asked.method == "GET":
            return self._authorize(asked.params())
        if path in ("/oauth/v1/token", "/oauth/v3/token") and asked.method == "POST":
            return self._token(dict(parse_qsl(asked.body.decode("latin-1"))))
        if path.startswith("/oauth/v1/access-tokens/"):
            token = path.rpartition("/")[2]
            return self._about(token)
        if path == "/oauth/v2/private-apps/get/access-token-info":
            return self._about(str(orjson.loads(asked.body).get("tokenKey")))
        return None

    def _authorize(self, given: Mapping[str, str]) -> Answer:
        """Send the person back with a code, as after a click on "Connect app"."""
        if not given.get("client_id") or not given.get("redirect_uri"):
            return _refused("BAD_CLIENT_ID", "missing or unknown client id or redirect uri")
        if given.get("code_challenge") and given.get("code_challenge_method", "S256") != "S256":
            return _refused("BAD_CODE_CHALLENGE", "code_challenge_method must be S256")
        code = str(uuid4())
        self._codes[code] = Code(
            given["client_id"], given["redirect_uri"], given.get("code_challenge", "")
        )
        back = urlencode({"code": code, **({"state": given["state"]} if "state" in given else {})})
        joint = "&" if "?" in given["redirect_uri"] else "?"
        where = f"{given['redirect_uri']}{joint}{back}".encode()
        return Answer(302, b"", headers=[(b"location", where)])

    def _token(self, form: Mapping[str, str]) -> Answer:
        if not form.get("client_id") or form.get("client_secret") in (None, "", "wrong"):
            return _refused("BAD_CLIENT_SECRET", "missing or invalid client secret")
        grant = form.get("grant_type")
        if grant == "authorization_code":
            return self._exchanged(form)
        if grant != "refresh_token":
            return _refused("BAD_GRANT_TYPE", "missing or unknown grant type")
        held = self.tokens.refresh(form.get("refresh_token", ""))
        if held is None:
            return _refused("BAD_REFRESH_TOKEN", "missing or invalid refresh token")
        return self._given(held.refresh)

    def _exchanged(self, form: Mapping[str, str]) -> Answer:
        """Give a token for a code, which serves once."""
        code = self._codes.pop(form.get("code", ""), None)
        if code is None:
            return _refused("BAD_AUTH_CODE", "missing or unknown auth code")
        if (code.client_id, code.redirect_uri) != (form["client_id"], form.get("redirect_uri")):
            return _refused("MISMATCH_REDIRECT_URI_AUTH_CODE", "redirect uri does not match")
        if code.challenge != _challenge(form.get("code_verifier", "")):
            return _refused("BAD_CODE_VERIFIER", "code verifier does not match the challenge")
        return self._given(self.tokens.consent("hubspot").refresh)

    def _given(self, refresh: str) -> Answer:
        return Answer(200, orjson.dumps({
            "token_type": "bearer",
            "refresh_token": refresh,
            "access_token": self.tokens.access(),
            "expires_in": LASTS_S,
            "hub_id": HUB_ID,
            "scopes": ["oauth", *sorted(self.scopes)],
        }))  # fmt: skip

    def _about(self, token: str) -> Answer:
        if not self.tokens.is_good(token):
            return Answer(404, orjson.dumps({"status": "error", "message": "Token not found"}))
        about: dict[str, Any] = {
            "token": token, "hub_id": HUB_ID, "app_id": 456_789, "user_id": 123,
            "token_type": "access", "expires_in": LASTS_S, "scopes": sorted(self.scopes),
        }  # fmt: skip
        return Answer(200, orjson.dumps(about))


def _challenge(verifier: str) -> str:
    if not verifier:
        return ""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _refused(status: str, message: str) -> Answer:
    body = {"status": status, "message": message, "correlationId": str(uuid4())}
    return Answer(400, orjson.dumps(body))
