"""Salesforce's OAuth endpoints: a code with PKCE, refreshing, client credentials, a JWT bearer."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from integrations.sandbox.crm.tokens import Tokens
from integrations.sandbox.responder import Answer, Asked

JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
LONGEST_S = 300
CODE_LASTS_S = 900


class Refused(Exception):
    """An OAuth error: its code and its description."""

    def __init__(self, code: str, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status
        self.body = orjson.dumps({"error": code, "error_description": words})


@dataclass(slots=True)
class Code:
    """An authorisation code, good once, for who has its verifier."""

    redirect: str
    challenge: str
    until: float


class SigningIn:
    """`client_id` and `client_secret` are checked where they are set, and so is the JWT's key."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.client_id = ""
        self.client_secret = ""
        self.public_key = ""
        self._codes: dict[str, Code] = {}

    def answer(self, asked: Asked, path: str) -> Answer:
        """Answer /authorize, /token or /revoke. Raises Refused."""
        if path == "authorize":
            return self._authorize(asked.params())
        given = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        if path == "revoke":
            self.tokens.revoke()
            return Answer(200, b"")
        if path != "token" or asked.method != "POST":
            raise Refused("invalid_request", "must use HTTP POST")
        grants = {
            "authorization_code": self._of_code,
            "refresh_token": self._refreshed,
            "client_credentials": self._of_client,
            JWT: self._of_jwt,
        }
        grant = grants.get(given.get("grant_type", ""))
        if grant is None:
            raise Refused("unsupported_grant_type", "grant type not supported")
        return Answer(200, orjson.dumps(self._told(asked) | grant(given, asked)))

    def _told(self, asked: Asked) -> dict[str, Any]:
        """Return what every token comes with: where to go, and no word of how long it lasts."""
        own = f"http://{asked.header('host')}/salesforce"
        return {
            "instance_url": own,
            "id": f"{own}/id/00DQx0000000001EAA/005Qx0000000001IAA",
            "token_type": "Bearer",
            "issued_at": str(int(time.time() * 1000)),
            "signature": "sandbox",
            "scope": "api refresh_token",
        }

    def _authorize(self, asked: Mapping[str, str]) -> Answer:
        """Let the person agree at once, and send them back."""
        back = {"state": asked.get("state", "")}
        self._check_client(asked, with_secret=False)
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            back |= {"error": "invalid_request", "error_description": "PKCE required"}
        else:
            code = f"code-{len(self._codes)}-{time.time_ns():x}"
            until = time.time() + CODE_LASTS_S
            self._codes[code] = Code(asked.get("redirect_uri", ""), asked["code_challenge"], until)
            back["code"] = code
        place = f"{asked.get('redirect_uri', '')}?{urlencode(back)}"
        return Answer(302, b"", headers=[(b"location", place.encode())])

    def _of_code(self, given: Mapping[str, str], asked: Asked) -> dict[str, Any]:
        self._check_client(given, with_secret=False)
        code = self._codes.pop(given.get("code", ""), None)
        if code is None or code.until < time.time():
            raise Refused("invalid_grant", "expired authorization code")
        if code.redirect != given.get("redirect_uri"):
            raise Refused("redirect_uri_mismatch", "redirect_uri must match configuration")
        digest = sha256(given.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
            raise Refused("invalid_grant", "invalid code verifier")
        grant = self.tokens.consent("person")
        return {"access_token": self.tokens.access(), "refresh_token": grant.refresh}

    def _refreshed(self, given: Mapping[str, str], asked: Asked) -> dict[str, Any]:
        self._check_client(given, with_secret=False)
        grant = self.tokens.refresh(given.get("refresh_token", ""))
        if grant is None:
            raise Refused("invalid_grant", "expired access/refresh token")
        return {"access_token": self.tokens.access(), "refresh_token": grant.refresh}

    def _of_client(self, given: Mapping[str, str], asked: Asked) -> dict[str, Any]:
        """A machine's own grant; without a My Domain host it is refused, which the sandbox has."""
        if asked.header("authorization").startswith("Basic "):
            pair = base64.b64decode(asked.header("authorization")[6:]).decode()
            name, _, secret = pair.partition(":")
            given = {**given, "client_id": name, "client_secret": secret}
        self._check_client(given, with_secret=True)
        return {"access_token": self.tokens.access()}

    def _check_client(self, given: Mapping[str, str], *, with_secret: bool) -> None:
        if not given.get("client_id") or self.client_id not in ("", given["client_id"]):
            raise Refused("invalid_client_id", "client identifier invalid")
        secret = given.get("client_secret", "")
        if (with_secret and not secret) or (secret and self.client_secret not in ("", secret)):
            raise Refused("invalid_client", "invalid client credentials")

    def _of_jwt(self, given: Mapping[str, str], asked: Asked) -> dict[str, Any]:
        """Check a signed assertion: RS256, who, for whom, and not more than five minutes ahead."""
        head, claims, signature, signed = _parts(given.get("assertion", ""))
        if head.get("alg") != "RS256" or not self._is_signed(signature, signed):
            raise Refused("invalid_grant", "invalid assertion")
        if not claims.get("sub") or self.client_id not in ("", claims.get("iss")):
            raise Refused("invalid_client_id", "client identifier invalid")
        if claims.get("aud") not in (*AUDIENCES, self._told(asked)["instance_url"]):
            raise Refused("invalid_grant", "audience is invalid")
        left = float(claims.get("exp", 0)) - time.time()
        if not 0 < left <= LONGEST_S:
            raise Refused("invalid_grant", "invalid assertion: exp")
        return {"access_token": self.tokens.access()}

    def _is_signed(self, signature: bytes, signed: bytes) -> bool:
        if not self.public_key:
            return False
        key = serialization.load_pem_public_key(self.public_key.encode())
        assert isinstance(key, RSAPublicKey)
        try:
            key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


def _parts(assertion: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Return a JWT's head, claims, signature, and what is signed. Raises Refused."""
    try:
        head, claims, signature = assertion.split(".")
        plain = [base64.urlsafe_b64decode(part + "===") for part in (head, claims, signature)]
        return orjson.loads(plain[0]), orjson.loads(plain[1]), plain[2], f"{head}.{claims}".encode()
    except ValueError:
        raise Refused("invalid_grant", "invalid assertion") from None
