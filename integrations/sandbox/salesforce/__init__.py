"""Salesforce as the sandbox plays it: REST v64.0, SOQL, collections, Bulk API 2.0 and OAuth.

Its day has 15,000 requests for a Developer org (100,000 and 1,000 for each user for Enterprise)
and more than 25 at a time that last longer than 20 s are refused; both as 403 without Retry-After.
https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

import orjson

from integrations.sandbox.crm.playing import Playing
from integrations.sandbox.crm.tokens import Tokens
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.salesforce.bulk import Bulk
from integrations.sandbox.salesforce.faults import (
    Refusal,
    day_is_spent,
    expired,
    malformed,
    not_found,
    too_many_at_once,
)
from integrations.sandbox.salesforce.records import Records
from integrations.sandbox.salesforce.rest import Rest
from integrations.sandbox.salesforce.signing_in import Refused, SigningIn
from integrations.sandbox.settings import BadSetting

LASTS_S = 7_200.0
DAILY = 15_000
OLDEST, NEWEST = 31, 66  # versions of the API


class Salesforce(Playing):
    """Its controls are its own, besides those of every played CRM (see docs/sandbox.md)."""

    slug = "salesforce"

    def __init__(self) -> None:
        self.records = Records()
        super().__init__(self.records.store, Tokens(LASTS_S, rotates=True))
        self.signing_in = SigningIn(self.tokens)
        self.bulk = Bulk(self.records)
        self.rest = Rest(self.records, self.bulk)
        self.daily: int | None = None
        self.used = 0
        self.crowded = 0

    def play(self, asked: Asked) -> Answer:
        answer = self._played(asked)
        now = formatdate(self.store.now() / 1000, usegmt=True)
        answer.headers.append((b"date", now.encode()))
        if asked.path.startswith("/services/data/"):
            usage = f"api-usage={self.used}/{self.daily or DAILY}"
            answer.headers.append((b"sforce-limit-info", usage.encode()))
        return answer

    def _played(self, asked: Asked) -> Answer:
        parts = asked.path.strip("/").split("/")
        try:
            if parts[:2] == ["services", "oauth2"]:
                return self.signing_in.answer(asked, "/".join(parts[2:]))
            self._admit(asked, parts)
            return self.rest.answer(asked, parts[2], parts[3:])
        except (Refusal, Refused) as refusal:
            return Answer(refusal.status, refusal.body)
        except (orjson.JSONDecodeError, KeyError, AttributeError):
            words = "Unexpected character or a missing property"
            return Answer(400, malformed(words, "JSON_PARSER_ERROR").body)

    def _admit(self, asked: Asked, parts: list[str]) -> None:
        """Raises Refusal."""
        scheme, _, token = asked.authorization.decode("latin-1").partition(" ")
        if scheme != "Bearer" or not self.tokens.is_good(token):
            raise expired()
        if parts[:2] != ["services", "data"] or len(parts) < 4 or not _is_version(parts[2]):
            raise not_found()
        if self.crowded > 0:
            self.crowded -= 1
            raise too_many_at_once()
        if self.daily is not None and self.used >= self.daily:
            raise day_is_spent()
        self.used += 1
        self.rest.daily = (self.daily or DAILY, self.used)

    def throttled(self) -> bytes:
        return too_many_at_once().body

    def failed(self) -> bytes:
        return Refusal(503, "SERVER_UNAVAILABLE", "The server is too busy").body

    def new_id(self, obj: str) -> str:
        return self.records.new_id(obj)

    def set(self, name: str, value: Any) -> None:
        """Take a control of Salesforce's own. Raises BadSetting."""
        plain = {
            "locks": (self.records, "locks"),
            "finds_duplicates": (self.records, "finds_duplicates"),
            "crowded": (self, "crowded"),
            "bulk_s": (self.bulk, "lasts_s"),
            "bulk_breaks_after": (self.bulk, "breaks_after"),
            "bulk_doubts": (self.bulk, "doubts"),
            "page": (self.rest, "page"),
            "lags_s": (self.rest, "lags_s"),
            "most_ids": (self.rest, "most_ids"),
            "hides_limits": (self.rest, "hides_limits"),
            "client_id": (self.signing_in, "client_id"),
            "client_secret": (self.signing_in, "client_secret"),
            "jwt_key": (self.signing_in, "public_key"),
        }
        if name in plain:
            setattr(*plain[name], value)
        elif name == "limits":
            self.daily = value.get("daily")
        elif name == "rights":
            self._each(self.records.rights, value)
        elif name == "fields":
            self._each(self.records.fields, value)
        elif name == "purge":
            self.records.purge(*value)
        else:
            raise BadSetting(f"{self.slug} has no control called {name!r}")

    def _each(self, of: Mapping[str, dict[str, Any]], wanted: Mapping[str, Any]) -> None:
        """Change attributes by object; a field that becomes null is no more."""
        for obj, changes in wanted.items():
            for name, change in changes.items():
                if change is None:
                    of[obj].pop(name, None)
                elif isinstance(change, Mapping):
                    of[obj][name] = {**of[obj].get(name, {}), **change}
                else:
                    of[obj][name] = change


def _is_version(text: str) -> bool:
    number = text.removeprefix("v").removesuffix(".0")
    return text == f"v{number}.0" and number.isdigit() and OLDEST <= int(number) <= NEWEST
