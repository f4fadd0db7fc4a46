"""One connection's way in: its kind, its way, what was typed, and where that is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

from crm_sync.signing_in.ways import Kind, Way


class AddressUnfit(ValueError):
    """An address that is not one of the CRM's; its text says which are."""


@dataclass(frozen=True, slots=True)
class Login:
    """What signing in needs; `sandbox_url` is "" where the CRM itself is asked.

    `address` is the organisation's own as typed, https://…, or "". The repr shows nothing typed.
    """

    kind: Kind
    way: Way
    typed: Mapping[str, str] = field(repr=False)
    address: str = ""
    sandbox_url: str = ""

    @property
    def token_url(self) -> str:
        return self._login + self._path(self.kind.token)

    @property
    def device_url(self) -> str:
        return self._login + self._path(self.kind.device)

    def consent_url(self, *, state: str, challenge: str, redirect_uri: str) -> str:
        """Return where a person is sent to consent (RFC 6749 §4.1.1, RFC 7636 §4.3)."""
        asked = {
            "response_type": "code",
            "client_id": self.typed["client_id"],
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if self.scope:
            asked["scope"] = self.scope
        at = self._login if self.sandbox_url else self.kind.consent_at or self._login
        return f"{at}{self._path(self.kind.authorize)}?{urlencode(asked, quote_via=quote)}"

    @property
    def scope(self) -> str:
        return self.kind.scopes.get(self.way.grant, "").replace("{address}", self.address)

    @property
    def audience(self) -> str:
        """Whom a JWT is for: the host of logins, of sandbox organisations the one of tests."""
        if ".sandbox.my." in self.address:
            return self.kind.login.replace("//login.", "//test.")
        return self.kind.login

    def api_address(self, told: str = "") -> str:
        """Return where the CRM answers: as its token told, as typed, or where it always is."""
        if self.sandbox_url:
            return f"{self.sandbox_url}/{self.kind.slug}"
        return told or self.address or self.kind.address

    def told_address(self, told: str) -> str:
        """Return an address that a token's answer named. Raises AddressUnfit for a foreign one."""
        parts = urlsplit(told)
        host = (parts.hostname or "").lower()
        is_own = host == self.kind.domain or host.endswith(f".{self.kind.domain}")
        if parts.scheme != "https" or not is_own or parts.username or parts.port:
            raise AddressUnfit(f"{host or 'nothing'} is no host of {self.kind.label}")
        return f"https://{host}"

    @property
    def _login(self) -> str:
        if self.sandbox_url:
            return f"{self.sandbox_url}/{self.kind.played_as or self.kind.slug}"
        return (self.address if self.kind.logs_in_at_address else "") or self.kind.login

    def _path(self, path: str) -> str:
        return path.replace("{tenant}", quote(self.typed.get("tenant", ""), safe=""))


def address_of(kind: Kind, typed: str) -> str:
    """Return an organisation's address as https://host, "" where none is typed or needed.

    Raises AddressUnfit for one that is needed, or is not one of this CRM's hosts.
    """
    text = typed.strip().lower()
    if not text:
        if kind.needs_address:
            raise AddressUnfit(f"Type {kind.hint}.")
        return ""
    text = text.removeprefix("https://").rstrip("/")
    if not kind.pattern or not re.fullmatch(kind.pattern, text):
        raise AddressUnfit(f"This is not an address of {kind.label}: type {kind.hint}.")
    return f"https://{text}"
