"""Plays Pipedrive: persons and organizations by version 2, recents and the user by version 1."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import orjson

from integrations.sandbox.crm.playing import Playing
from integrations.sandbox.crm.store import Row, Store
from integrations.sandbox.crm.tokens import Tokens
from integrations.sandbox.pipedrive.answers import Refused, invalid, page, refusal, said
from integrations.sandbox.pipedrive.fields import KINDS, PlayedField, fields_of, hash_of
from integrations.sandbox.pipedrive.limits import Limits
from integrations.sandbox.pipedrive.listing import (
    listed,
    only_custom,
    recents,
    searched,
)
from integrations.sandbox.pipedrive.oauth import LASTS_S, SignIn
from integrations.sandbox.pipedrive.records import KEYS, kept, shown
from integrations.sandbox.pipedrive.refusing import check_body
from integrations.sandbox.responder import Answer, Asked

OBJECTS = ("persons", "organizations")
FIELDS = {"personFields": "persons", "organizationFields": "organizations"}
FAULTS = ("search_fails", "forbidden", "blocked", "garbled")
CLOUDFLARE = b"<!DOCTYPE html><title>Access denied | Cloudflare</title>"


class Pipedrive(Playing):
    """Pipedrive's part of the sandbox.

    Controls of its own: {"limits": {...}} (see `Limits`, null for none), {"search_lag_s": seconds},
    {"field": [object, label, kind]}, {"drop_field": [object, label]}, {"read_only": [object,
    label]}, {"no_recents": true}, {"search_fails": true}, {"forbidden": true} for a token without
    rights, {"blocked": true} for Cloudflare's page, {"garbled":
    true} for a page in the place of every answer to what was written.
    """

    slug = "pipedrive"

    def __init__(self) -> None:
        super().__init__(Store(dict.fromkeys(OBJECTS, KEYS)), Tokens(LASTS_S))
        self.fields = {obj: fields_of(obj) for obj in OBJECTS}
        self.sign_in = SignIn(self.tokens)
        self.limits = Limits()
        self.search_lag_s = 0.0
        self.has_recents = True
        self.faults: set[str] = set()

    def play(self, asked: Asked) -> Answer:
        if asked.path.startswith("/oauth/"):
            return self.sign_in.play(asked)
        headers = self.limits.headers() if self.limits.is_on else []
        try:
            self._admit(asked)
            headers = self.limits.take(asked.method, asked.path)
            answer = self._route(asked)
        except Refused as error:
            answer = refusal(error) if str(error) else Answer(403, CLOUDFLARE)
        if "garbled" in self.faults and asked.method in ("POST", "PATCH"):
            answer = Answer(200, CLOUDFLARE)
        now = datetime.fromtimestamp(self.store.now() / 1000, UTC)
        answer.headers += [*headers, (b"date", format_datetime(now, usegmt=True).encode())]
        return answer

    def throttled(self) -> bytes:
        return refusal(Refused(429, "request over limit")).body

    def failed(self) -> bytes:
        return refusal(Refused(500, "Something went wrong")).body

    def told(self) -> Mapping[str, Any]:
        asked: Counter[str] = Counter()
        for request, times in self.asked.items():
            asked[re.sub(r"/\d+$", "/{id}", request)] += times
        limits = {"left": self.limits.left, "refused": self.limits.given}
        return {**super().told(), "asked": dict(asked), "limits": limits}

    def control(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what somebody else does; values are as the API takes them."""
        given = dict(wanted)
        if "create" in given:
            obj, body = given["create"]
            given["create"] = [obj, kept(self.fields[obj], body, {})]
        if "edit" in given:
            obj, id_, body = given["edit"]
            before = self.store[obj].rows[id_].values
            given["edit"] = [obj, id_, kept(self.fields[obj], body, before)]
        return super().control(given)

    def set(self, name: str, value: Any) -> None:
        if name == "limits":
            self.limits = Limits(value)
        elif name == "search_lag_s":
            self.search_lag_s = float(value)
        elif name == "no_recents":
            self.has_recents = not value
        elif name == "field":
            self._add_field(value[0], value[1], value[2])
        elif name == "drop_field":
            del self.fields[value[0]][self._field(*value).code]
        elif name == "read_only":
            self._field(*value).is_writable = False
        elif name in FAULTS:
            self.faults = self.faults - {name} | ({name} if value else set())
        else:
            super().set(name, value)

    def _field(self, obj: str, label: str) -> PlayedField:
        return next(one for one in self.fields[obj].values() if one.name == label)

    def _admit(self, asked: Asked) -> None:
        """Let in whose token is good. Raises Refused."""
        kind, _, bearer = asked.authorization.decode("latin-1").partition(" ")
        token = asked.header("x-api-token") or (bearer if kind == "Bearer" else "")
        if not self.tokens.is_good(token):
            raise Refused(401, "unauthorized access")
        if "blocked" in self.faults:
            raise Refused(403, "")
        if "forbidden" in self.faults:
            raise Refused(403, "Scope and URL mismatch")
        if "search_fails" in self.faults and asked.path.endswith("/search"):
            raise Refused(503, "Service unavailable")

    def _route(self, asked: Asked) -> Answer:
        given, parts = asked.params(), asked.path.strip("/").split("/")
        match asked.method, parts:
            case "GET", ["api", "v1", "users", "me"]:
                return said({"id": 1, "name": "Sandbox", "company_domain": "sandbox"})
            case "GET", ["api", "v1", "recents"] if self.has_recents:
                return said(**recents(self.store, given))
            case method, ["api", "v2", name] if name in FIELDS:
                return self._described(method, FIELDS[name], asked)
            case method, ["api", "v2", obj] if obj in OBJECTS:
                return self._all(method, obj, asked)
            case "GET", ["api", "v2", obj, "search"] if obj in OBJECTS:
                items = searched(self.store[obj], obj[:-1], given, self._is_indexed)
                return page({"items": items}, None)
            case method, ["api", "v2", obj, id_] if obj in OBJECTS:
                return self._one(method, obj, id_, asked)
        raise Refused(404, "Unknown method.")

    def _all(self, method: str, obj: str, asked: Asked) -> Answer:
        """List records, or make one."""
        if method == "GET":
            rows, cursor = listed(self.store[obj], asked.params())
            only = only_custom(asked.params())
            return page([shown(obj, self.fields[obj], row, only) for row in rows], cursor)
        body = _parsed(asked.body)
        self._check(obj, body, is_new=True)
        values = kept(self.fields[obj], body, {})
        row = self.store[obj].create(self.new_id(obj), values)
        return said(shown(obj, self.fields[obj], row))

    def _one(self, method: str, obj: str, id_: str, asked: Asked) -> Answer:
        """Answer about one record; one that was deleted can still be read."""
        row = self.store[obj].rows.get(id_)
        if row is None or (row.is_deleted and method != "GET"):
            raise Refused(404, f"{obj[:-1].title()} not found", code="ERR_NOT_FOUND")
        if method == "DELETE":
            self.store[obj].delete(row)
            return said({"id": int(id_)})
        if method == "PATCH":
            body = _parsed(asked.body)
            self._check(obj, body, is_new=False)
            self.store[obj].update(row, kept(self.fields[obj], body, row.values))
        elif method != "GET":
            raise Refused(405, "Method not allowed")
        return said(shown(obj, self.fields[obj], row))

    def _check(self, obj: str, body: Any, *, is_new: bool) -> None:
        check_body(self.fields[obj], body, is_new=is_new)
        firm = body.get("org_id")
        rows = self.store["organizations"].rows
        if firm is not None and (str(firm) not in rows or rows[str(firm)].is_deleted):
            raise invalid(f"org_id: no organization {firm}", "org_id")

    def _described(self, method: str, obj: str, asked: Asked) -> Answer:
        if method == "GET":
            return page([one.as_told() for one in self.fields[obj].values()], None)
        body = _parsed(asked.body)
        if not body.get("field_name") or body.get("field_type") not in KINDS:
            raise invalid("field_name and a known field_type are required")
        return said(self._add_field(obj, body["field_name"], body["field_type"]).as_told())

    def _add_field(self, obj: str, name: str, kind: str) -> PlayedField:
        """Add a custom field; two may have one name."""
        fields = self.fields[obj]
        code = hash_of(obj, name)
        while code in fields:
            code = hash_of(obj, code)
        fields[code] = PlayedField(code, name, kind)
        return fields[code]

    def _is_indexed(self, row: Row) -> bool:
        return row.created_ms <= self.store.now() - self.search_lag_s * 1000


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise invalid("the body is no JSON") from None
