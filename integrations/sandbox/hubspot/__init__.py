"""Plays HubSpot: companies, contacts, their properties and associations, search, limits, OAuth.

By developers.hubspot.com/docs/api-reference/latest, version 2026-03, November 2026.
"""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import orjson

from integrations.sandbox.crm.playing import Playing
from integrations.sandbox.crm.store import Store
from integrations.sandbox.crm.tokens import Tokens
from integrations.sandbox.hubspot.limits import Limits
from integrations.sandbox.hubspot.properties import one
from integrations.sandbox.hubspot.records import KEYS, new_id
from integrations.sandbox.hubspot.refusals import Refused, over
from integrations.sandbox.hubspot.routes import Routes
from integrations.sandbox.hubspot.signing_in import LASTS_S, SigningIn
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.settings import BadSetting


class HubSpot(Playing):
    """Everything under /hubspot."""

    slug = "hubspot"

    def __init__(self) -> None:
        super().__init__(Store(KEYS), Tokens(LASTS_S))
        self.limits = Limits()
        self.routes = Routes(self.store, self.limits)
        self.signing_in = SigningIn(self.tokens, self.routes.scopes)
        self.expires_after: int | None = None

    def play(self, asked: Asked) -> Answer:
        is_search = asked.path.endswith("/search")
        answer = self.signing_in.answer(asked)
        if answer is None:
            if policy := self.limits.policy(is_search=is_search):
                answer = Answer(429, over(policy))
            else:
                answer = self._answer(asked)
            answer.headers += self.limits.headers(is_search=is_search)
        now = formatdate(self.store.now() / 1000, usegmt=True)
        answer.headers.append((b"date", now.encode()))
        return answer

    def _answer(self, asked: Asked) -> Answer:
        try:
            self._admit(asked)
            status, body = self.routes.asked(asked)
        except Refused as refused:
            return Answer(refused.status, refused.body)
        except (KeyError, TypeError, ValueError) as wrong:
            words = f"Invalid input JSON: {type(wrong).__name__}"
            return Answer(400, Refused(400, "VALIDATION_ERROR", words).body)
        return Answer(status, b"" if body is None else orjson.dumps(body))

    def throttled(self) -> bytes:
        return over("TEN_SECONDLY_ROLLING")

    def failed(self) -> bytes:
        return Refused(500, "INTERNAL_ERROR", "There was a problem with the request.").body

    def _admit(self, asked: Asked) -> None:
        if self.expires_after is not None:
            self.expires_after -= 1
            if self.expires_after < 0:
                self.tokens.expire()
        token = asked.authorization.decode("latin-1").removeprefix("Bearer ")
        if not self.tokens.is_good(token):
            words = "The OAuth token used to make this call expired 7 second(s) ago."
            raise Refused(401, "EXPIRED_AUTHENTICATION", words)

    def set(self, name: str, value: Any) -> None:
        """Take a control of HubSpot's own; see docs/sandbox.md. Raises BadSetting."""
        routes = self.routes
        if name == "limits":
            self.limits.hold(value)
        elif name == "is_oauth":
            self.limits.is_oauth = bool(value)
        elif name == "expires_after":
            self.expires_after = int(value)
        elif name == "index_lag_s":
            routes.lag_ms = int(value * 1000)
        elif name == "fails_each":
            routes.records.fails_each = value
        elif name == "versions":
            routes.versions = set(value)
        elif name == "without_scopes":
            routes.scopes.difference_update(value)
        elif name == "without_property":
            routes.properties.put(value[0], value[1], None)
        elif name == "property":
            made = one(value[1], custom=True, **value[2])
            routes.properties.put(value[0], value[1], made)
        else:
            raise BadSetting(f"hubspot has no control called {name!r}")

    def new_id(self, obj: str) -> str:
        return new_id(self.store)
