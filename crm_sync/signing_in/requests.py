"""The requests for a token, one function for each way to come by it.

RFC 6749 §4.1.3, §4.4.2 and §6; RFC 7523 §2.1 (JWT bearer); RFC 8628 §3.1 and §3.4 (device code).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import jwt

from crm_sync.signing_in.answers import ClientRefused, LoginNeeded, Token
from crm_sync.signing_in.login import Login

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
ASSERTION_S = 180  # Salesforce takes at most five minutes; a clock may be a little off


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A form to be posted; with `once` it is not repeated unless it surely did not arrive."""

    url: str
    form: Mapping[str, str] = field(repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    once: bool = False


def for_code(login: Login, code: str, verifier: str, redirect_uri: str) -> TokenRequest:
    """Return the exchange of a code, which serves once."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return _with_client(login, form, once=True)


def for_refresh(login: Login, refresh: str) -> TokenRequest:
    """Return a refresh; its answer may bring another refresh token and end the old one."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    return _with_client(login, form, once=True)


def for_machine(login: Login) -> TokenRequest:
    """Return the request of a way in which nobody is asked. Raises ClientRefused."""
    if login.way.grant == "jwt":
        return TokenRequest(
            login.token_url, {"grant_type": JWT_BEARER, "assertion": _assertion(login)}
        )
    form = {"grant_type": "client_credentials"}
    if login.scope:
        form["scope"] = login.scope
    return _with_client(login, form)


def for_device(login: Login) -> TokenRequest:
    """Return the request for a code that a person types elsewhere."""
    form = {"client_id": login.typed["client_id"], "scope": login.scope}
    return TokenRequest(login.device_url, form)


def for_poll(login: Login, device_code: str) -> TokenRequest:
    """Return the question whether that person has done so."""
    return _with_client(login, {"grant_type": DEVICE_CODE, "device_code": device_code}, once=True)


def renewal(login: Login, token: Token | None) -> TokenRequest:
    """Return how another token is come by. Raises LoginNeeded where only a person can."""
    if not login.way.asks_a_person:
        return for_machine(login)
    if token is None or not token.refresh:
        raise LoginNeeded("Nobody has signed in yet: sign in.")
    return for_refresh(login, token.refresh)


def _with_client(login: Login, form: Mapping[str, str], *, once: bool = False) -> TokenRequest:
    """Add who we are, in the form or, where a CRM wants that, as HTTP Basic."""
    client_id, secret = login.typed["client_id"], login.typed.get("client_secret", "")
    if login.kind.has_basic:
        return TokenRequest(login.token_url, form, (client_id, secret), once)
    own = {"client_id": client_id} | ({"client_secret": secret} if secret else {})
    return TokenRequest(login.token_url, {**form, **own}, once=once)


def _assertion(login: Login) -> str:
    claims = {
        "iss": login.typed["client_id"],
        "sub": login.typed["username"],
        "aud": login.audience,
        "exp": int(time.time()) + ASSERTION_S,
    }
    try:
        return jwt.encode(claims, login.typed["private_key"].strip(), algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError) as unfit:
        raise ClientRefused(
            "The private key cannot be used: type one in PEM form, of RSA, without a password."
        ) from unfit
