"""The codes that Entra gives for a person to sign in with: in a browser, or on another device."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass

from integrations.sandbox.crm.store import Store
from integrations.sandbox.entra.errors import Refused
from integrations.sandbox.settings import BadSetting

LIVES_S = {"device": 900.0, "authorization": 600.0}
STATES = {"approve": "approved", "decline": "declined", "lapse": "lapsed"}


@dataclass(slots=True)
class Waiting:
    """A code on its way; `state` is waiting, approved, declined, lapsed or redeemed."""

    code: str
    client: str
    resource: str
    scope: str
    until: float
    user_code: str = ""
    redirect: str = ""
    challenge: str = ""
    state: str = "waiting"


class Codes:
    """Codes by what they are; each is redeemed once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Waiting] = {}

    def device(self, client: str, resource: str, scope: str) -> Waiting:
        code, until = self._new("device"), time.time() + LIVES_S["device"]
        user_code = hashlib.blake2b(code.encode(), digest_size=4).hexdigest().upper()
        spoken = f"{user_code[:4]}-{user_code[4:]}"
        found = Waiting(code, client, resource, scope, until, spoken)
        self._known[code] = found
        return found

    def authorization(self, client: str, resource: str, given: Mapping[str, str]) -> str:
        """Return a code for who has consented. Only S256 challenges are taken (RFC 7636)."""
        challenge = given.get("code_challenge", "")
        if challenge and given.get("code_challenge_method") != "S256":
            raise Refused(501481)
        code, until = self._new("authorization"), time.time() + LIVES_S["authorization"]
        self._known[code] = Waiting(
            code, client, resource, given.get("scope", ""), until, "",
            given.get("redirect_uri", ""), challenge, "approved",
        )  # fmt: skip
        return code

    def redeem(self, code: str, client: str, given: Mapping[str, str]) -> Waiting:
        """Take an authorisation code with its redirect URI and verifier. Raises Refused."""
        found = self._known.get(code)
        if found is None or found.user_code or found.client != client:
            raise Refused(70000)
        if found.state == "redeemed":
            raise Refused(54005)
        if found.until < time.time():
            raise Refused(70008)
        if given.get("redirect_uri", "") != found.redirect:
            raise Refused(50011)
        if found.challenge and challenge_of(given.get("code_verifier", "")) != found.challenge:
            raise Refused(501481)
        return self._taken(found)

    def poll(self, code: str, client: str) -> Waiting:
        """Take a device code that was approved. Raises Refused for one that was not."""
        found = self._known.get(code)
        if found is None or not found.user_code or found.client != client:
            raise Refused(70018)
        if found.state == "declined":
            raise Refused(65004)
        if found.state == "lapsed" or found.until < time.time():
            raise Refused(70019)
        if found.state == "redeemed":
            raise Refused(54005)
        if found.state == "waiting":
            raise Refused(70016)
        return self._taken(found)

    def decide(self, user_code: str, what: str) -> None:
        """Let a person decide about one device code, or about all that wait. Raises BadSetting."""
        found = [
            each
            for each in self._known.values()
            if each.user_code == user_code or (not user_code and each.state == "waiting")
        ]
        if not found:
            raise BadSetting(f"no device code {user_code!r} waits")
        for each in found:
            each.state = STATES[what]

    def states(self) -> dict[str, str]:
        return {each.user_code: each.state for each in self._known.values() if each.user_code}

    def _taken(self, found: Waiting) -> Waiting:
        before, found.state = found.state, "redeemed"
        self._store.did("redeemed", lambda: setattr(found, "state", before))
        return found

    def _new(self, kind: str) -> str:
        return f"{kind}-{hashlib.blake2b(f'{kind}{len(self._known)}'.encode()).hexdigest()[:40]}"


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
