"""What a token's answer says: a token, or why there is none, in our words and the CRM's.

CredentialRejected (integrations.errors)
├── LoginNeeded     the consent ended or was taken back: a person signs in again
└── ClientRefused   the app's own id, secret, key or address is not accepted
CallError
└── StillWaiting    nobody has typed the device code yet; with `slower`, ask less often
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_sync.signing_in.login import AddressUnfit, Login
from integrations.errors import CallError, ContractBroken, CredentialRejected, Throttled
from integrations.redaction import scrub

LONGEST = 200


class LoginNeeded(CredentialRejected):
    """Somebody has to sign in again."""


class ClientRefused(CredentialRejected):
    """The app's own id, secret or key is refused."""


class StillWaiting(CallError):
    """Nobody has consented yet."""

    def __init__(self, message: str = "", *, slower: bool = False, **more: Any) -> None:
        super().__init__(message, **more)
        self.slower = slower


SIGN_IN = "Sign in again"
# The error codes of RFC 6749 §5.2 and RFC 8628 §3.5, Entra's and HubSpot's own: what to do.
LOGIN = {
    "invalid_grant": f"The consent ended, was taken back, or was used up. {SIGN_IN}.",
    "interaction_required": f"Microsoft wants the person to confirm who they are. {SIGN_IN}.",
    "consent_required": f"A consent is missing. {SIGN_IN}, as somebody who may give it.",
    "login_required": f"The person's session ended. {SIGN_IN}.",
    "authorization_declined": "It was declined at Microsoft. Start again if that was a mistake.",
    "access_denied": "It was declined there. Start again if that was a mistake.",
    "expired_token": "The code ran out before anybody typed it. Start again.",
    "bad_verification_code": "The code is not known any more. Start again.",
    "BAD_REFRESH_TOKEN": f"The consent ended or the app was removed from the portal. {SIGN_IN}.",
    "BAD_AUTH_CODE": "The code was used already or ran out. Start again.",
}
CLIENT = {
    "invalid_client": "The client ID or its secret is wrong, or the secret ran out: type it anew.",
    "invalid_client_id": "The client ID is not known there: type it anew.",
    "invalid_client_credentials": "The client's secret is wrong: type it anew.",
    "unauthorized_client": "The app may not sign in this way: allow it where the app was made.",
    "unsupported_grant_type": "The app may not sign in this way: allow it where the app was made.",
    "invalid_scope": "The app lacks a right that is asked for: add it where the app was made.",
    "invalid_resource": "The address is not known to the tenant: correct it.",
    "redirect_uri_mismatch": "The app does not know our callback address: add it to the app.",
    "invalid_app_access": "An administrator has to let this user use the app.",
    "inactive_user": "The user is not active any more: choose another.",
    "inactive_org": "The organisation is locked or closed.",
    "BAD_CLIENT_ID": "The client ID is not known there: type it anew.",
    "BAD_CLIENT_SECRET": "The client's secret is wrong: type it anew.",
    "MISMATCH_REDIRECT_URI_AUTH_CODE": "The app does not know our callback address: add it.",
}
MACHINE = "The app may not sign in by itself: see there whether its user, key and rights are set."
WAITING = ("authorization_pending", "slow_down")
LATER = ("temporarily_unavailable", "rate_limit_exceeded", "login_rate_exceeded")


@dataclass(frozen=True, slots=True)
class Token:
    """What we were given; the repr shows none of it.

    `refresh` is "" where none is given, `address` where the CRM answers as it told, `lasts_s` None
    where it does not say (Salesforce).
    """

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    address: str = ""
    lasts_s: int | None = None


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A code for a person to type at `verification_uri`; we ask every `interval_s`."""

    device_code: str = field(repr=False)
    user_code: str = field(repr=False)
    verification_uri: str
    lasts_s: int
    interval_s: int


def classify(
    status: int,
    body: Any,
    headers: Mapping[str, str],
    secrets: Collection[str] = (),
    *,
    is_machine: bool = False,
) -> CallError | None:
    """Return what a refusal of a token means; None leaves it to its status.

    `secrets` are cut from what it says. Where nobody signs in (`is_machine`) nobody can again.
    """
    if status not in (400, 401, 403):
        return None
    said = body if isinstance(body, dict) else {}
    code = str(said.get("error") or said.get("status") or "")[:60]
    own = scrub(str(said.get("error_description") or said.get("message") or ""), secrets)
    their = own.split("\n")[0].split(" Trace ID:")[0].strip()[:LONGEST]
    if code in WAITING:
        return StillWaiting("Nobody has typed the code yet.", slower=code == "slow_down", code=code)
    if code in LATER:
        return Throttled(f"Asked too often: {their}", code=code)
    if is_machine and code in LOGIN:
        return ClientRefused(f"{MACHINE} It says: {their or code}", code=code)
    for kind, words in ((LoginNeeded, LOGIN), (ClientRefused, CLIENT)):
        if code in words:
            return kind(f"{words[code]} It says: {their}" if their else words[code], code=code)
    return ClientRefused(f"It says: {their or code or f'HTTP {status}'}.", code=code)


def token_of(login: Login, body: Any, before: Token | None = None) -> Token:
    """Return the token in an answer; what it leaves out of a refresh stays as it was.

    Raises ContractBroken for an answer without one, or with an address of somebody else's.
    """
    said = body if isinstance(body, dict) else {}
    access = said.get("access_token")
    if not isinstance(access, str) or not access:
        raise ContractBroken(f"{login.kind.label}: an answer without a token")
    refresh = said.get("refresh_token")
    kept = before.refresh if before else ""
    return Token(
        access,
        refresh if isinstance(refresh, str) and refresh else kept,
        _address(login, said) or (before.address if before else ""),
        _seconds(said.get("expires_in")),
    )


def device_code_of(login: Login, body: Any) -> DeviceCode:
    """Return the code in an answer. Raises ContractBroken."""
    said = body if isinstance(body, dict) else {}
    found = [said.get(name) for name in ("device_code", "user_code", "verification_uri")]
    if not all(isinstance(one, str) and one for one in found):
        raise ContractBroken(f"{login.kind.label}: an answer without a device code")
    device, user, there = map(str, found)
    if not there.startswith("https://") and not login.sandbox_url:
        raise ContractBroken(f"{login.kind.label}: the code is to be typed at no https address")
    lasts, every = _seconds(said.get("expires_in")), _seconds(said.get("interval"))
    return DeviceCode(device, user, there, lasts or 900, every or 5)


def _address(login: Login, said: Mapping[str, Any]) -> str:
    named = said.get(login.kind.named_by) if login.kind.named_by else None
    if login.sandbox_url or not isinstance(named, str) or not named:
        return ""
    try:
        return login.told_address(named)
    except AddressUnfit as why:
        raise ContractBroken(f"{login.kind.label}: {why}") from why


def _seconds(value: Any) -> int | None:
    """Return a span that was sent as a number or, as some do, as text."""
    try:
        found = int(value)
    except (TypeError, ValueError):
        return None
    return found if 0 < found < 10**9 else None
