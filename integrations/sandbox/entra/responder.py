"""Answers /{tenant}/oauth2/v2.0/token, /devicecode and /authorize as Entra does.

A refresh token is replaced each time it is used and the old one goes on serving, as Microsoft
says of it ("Refresh tokens in the Microsoft identity platform", 2026); {"single_use": true} makes
it serve once, which is what a client that keeps the wrong one meets after its token has run out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from integrations.sandbox.crm.playing import Playing
from integrations.sandbox.crm.store import Store
from integrations.sandbox.crm.tokens import Grant, Tokens
from integrations.sandbox.entra.codes import Codes, Waiting
from integrations.sandbox.entra.errors import JSON_UTF8, Refused, envelope, refusal
from integrations.sandbox.responder import Answer, Asked

ENDPOINT = re.compile(r"/(?P<tenant>[^/]+)/oauth2/v2\.0/(?P<name>token|devicecode|authorize)")
LASTS_S = 3599.0
DEFAULT = "/.default"
# Scopes that belong to no resource.
OF_SIGNING_IN = frozenset({"offline_access", "openid", "profile", "email"})
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

MAGIC_SECRETS = {"": 7000218, "wrong": 7000215, "expired": 7000222}
MAGIC_TENANT, MAGIC_CLIENT, MAGIC_RESOURCE = "nowhere", "unknown", "unknown"

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Issued:
    """What an access token is for; `is_app_only` where no person stands behind it."""

    resource: str
    tenant: str
    client: str
    is_app_only: bool


class Entra(Playing):
    """Entra's part of the sandbox; `issued` tells the played APIs what their tokens are for."""

    slug = "entra"

    def __init__(self) -> None:
        super().__init__(Store({}), Tokens(LASTS_S))
        self.codes = Codes(self.store)
        self.issued: dict[str, Issued] = {}
        self.needs_mfa = False

    def play(self, asked: Asked) -> Answer:
        matched = ENDPOINT.fullmatch(asked.path)
        if matched is None:
            return Answer(404, b"")
        tenant = matched["tenant"]
        try:
            if matched["name"] == "authorize":
                return self.authorize(tenant, asked.params())
            if matched["name"] == "devicecode":
                return self.devicecode(tenant, form_of(asked))
            return self.token(tenant, form_of(asked))
        except Refused as refused:
            return refusal(refused.number)

    def authorize(self, tenant: str, given: Form) -> Answer:
        """Send a person back at once, as one who has consented; `login_hint=decline` has not."""
        client, resource = self.client_of(tenant, given), resource_of(given.get("scope", ""))
        back = {"state": given.get("state", "")}
        if given.get("login_hint") == "decline":
            back |= {"error": "access_denied", "error_description": "AADSTS65004: declined"}
        else:
            back["code"] = self.codes.authorization(client, resource, given)
        address = f"{needed(given, 'redirect_uri')}?{urlencode(back)}"
        return Answer(302, b"", headers=[(b"location", address.encode())])

    def devicecode(self, tenant: str, given: Form) -> Answer:
        """Give a code for a person to sign in with elsewhere."""
        client, resource = self.client_of(tenant, given), resource_of(given.get("scope", ""))
        waiting = self.codes.device(client, resource, given.get("scope", ""))
        where = "https://microsoft.com/devicelogin"
        return said(
            {
                "user_code": waiting.user_code,
                "device_code": waiting.code,
                "verification_uri": where,
                "expires_in": 900,
                "interval": 5,
                "message": f"To sign in, use a web browser to open the page {where} and enter "
                f"the code {waiting.user_code} to authenticate.",
            }
        )

    def token(self, tenant: str, given: Form) -> Answer:
        """Give tokens for any of the four grants."""
        grants: dict[str, Callable[[str, str, Form], Answer]] = {
            "client_credentials": self._as_itself,
            "refresh_token": self._refreshed,
            "authorization_code": self._by_code,
            DEVICE_GRANT: self._by_device,
        }
        grant = grants.get(needed(given, "grant_type"))
        if grant is None:
            raise Refused(70003)
        return grant(tenant, self.client_of(tenant, given), given)

    def client_of(self, tenant: str, given: Form) -> str:
        """Return the client's id. Raises Refused where tenant, client or secret are not good."""
        if tenant == MAGIC_TENANT:
            raise Refused(90002)
        client = needed(given, "client_id")
        if client == MAGIC_CLIENT:
            raise Refused(700016)
        if (secret := given.get("client_secret")) in MAGIC_SECRETS:
            raise Refused(MAGIC_SECRETS[str(secret)])
        return client

    def _as_itself(self, tenant: str, client: str, given: Form) -> Answer:
        if "client_secret" not in given and "client_assertion" not in given:
            raise Refused(7000218)
        scope = needed(given, "scope")
        if not scope.endswith(DEFAULT):
            raise Refused(1002012)
        access = self._access(resource_of(scope), tenant, client, is_app_only=True)
        return said(bearer(access, self.tokens.lasts_s))

    def _refreshed(self, tenant: str, client: str, given: Form) -> Answer:
        if self.needs_mfa:
            raise Refused(50076)
        old = needed(given, "refresh_token")
        grant = self.tokens.refresh(old)
        if grant is None:
            raise Refused(50173 if old.startswith("refresh-") else 70000)
        owner, _, resource = grant.name.partition(" ")
        if owner != client:
            raise Refused(70000)
        if self.tokens.rotates:
            self.store.did("rotated", lambda: setattr(grant, "refresh", old))
        else:
            grant = self.tokens.consent(grant.name)
        scope = given.get("scope", "")
        return self._delegated(tenant, grant, resource_of(scope) if scope else resource, scope)

    def _by_code(self, tenant: str, client: str, given: Form) -> Answer:
        waiting = self.codes.redeem(needed(given, "code"), client, given)
        return self._consented(tenant, waiting)

    def _by_device(self, tenant: str, client: str, given: Form) -> Answer:
        return self._consented(tenant, self.codes.poll(needed(given, "device_code"), client))

    def _consented(self, tenant: str, waiting: Waiting) -> Answer:
        grant = self.tokens.consent(f"{waiting.client} {waiting.resource}")
        return self._delegated(tenant, grant, waiting.resource, waiting.scope)

    def _delegated(self, tenant: str, grant: Grant, resource: str, scope: str) -> Answer:
        """Return a person's tokens; a refresh token only where offline_access was asked for."""
        client = grant.name.partition(" ")[0]
        access = self._access(resource, tenant, client, is_app_only=False)
        body = {"scope": f"{resource}/user_impersonation", **bearer(access, self.tokens.lasts_s)}
        if not scope or "offline_access" in scope.split():
            body["refresh_token"] = grant.refresh
        return said(body)

    def _access(self, resource: str, tenant: str, client: str, *, is_app_only: bool) -> str:
        access = self.tokens.access()
        self.issued[access] = Issued(resource, tenant, client, is_app_only)
        return access

    def told(self) -> Mapping[str, Any]:
        """Return what all tell, and the device codes with what became of them."""
        return {**super().told(), "device_codes": self.codes.states()}

    def set(self, name: str, value: Any) -> None:
        """Let a person decide, or change how it gives tokens.

        {"approve": user_code}, {"decline": …}, {"lapse": …} ("" is all that wait);
        {"single_use": bool}, {"needs_mfa": bool}, {"lasts_s": seconds}.
        """
        if name in ("approve", "decline", "lapse"):
            self.codes.decide(str(value), name)
        elif name == "single_use":
            self.tokens.rotates = bool(value)
        elif name == "needs_mfa":
            self.needs_mfa = bool(value)
        elif name == "lasts_s":
            self.tokens.lasts_s = float(value)
        else:
            super().set(name, value)

    def throttled(self) -> bytes:
        return envelope(90055)

    def failed(self) -> bytes:
        return envelope(90033)


def form_of(asked: Asked) -> dict[str, str]:
    return dict(parse_qsl(asked.body.decode("utf-8", "replace"), keep_blank_values=True))


def needed(given: Form, name: str) -> str:
    """Return a parameter. Raises Refused where it did not come."""
    if not given.get(name):
        raise Refused(90014)
    return given[name]


def resource_of(scope: str) -> str:
    """Return the one resource of a scope. Raises Refused for none, several, or an unknown one."""
    wanted = [each for each in scope.split() if each not in OF_SIGNING_IN]
    found = {each.rpartition("/")[0] for each in wanted}
    if len(found) > 1:
        raise Refused(28000)
    resource = found.pop() if found else ""
    if not resource:
        raise Refused(70011)
    if resource.endswith(MAGIC_RESOURCE):
        raise Refused(500011)
    return resource


def bearer(access: str, lasts_s: float) -> dict[str, Any]:
    return {
        "token_type": "Bearer",
        "expires_in": int(lasts_s),
        "ext_expires_in": int(lasts_s),
        "access_token": access,
    }


def said(body: Mapping[str, Any]) -> Answer:
    return Answer(200, orjson.dumps(body), headers=JSON_UTF8[:])
