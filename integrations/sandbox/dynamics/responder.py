"""Answers the Dataverse Web API v9.2 under /dynamics/api/data/v9.2, with Entra's tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

import orjson

from integrations.sandbox.crm.playing import Playing
from integrations.sandbox.crm.store import Store
from integrations.sandbox.dynamics import limits, metadata, multipart
from integrations.sandbox.dynamics.multipart import Operation, Said
from integrations.sandbox.dynamics.odata import KEYED, alternate, params_of
from integrations.sandbox.dynamics.querying import Querying, query
from integrations.sandbox.dynamics.records import Records, Setting
from integrations.sandbox.dynamics.refusals import (
    NO_PRIVILEGE,
    THROTTLED,
    Refusal,
    envelope,
)
from integrations.sandbox.dynamics.schema import BY_SET, INDEXED, SPECS, Spec
from integrations.sandbox.entra import Entra
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.settings import BadSetting

ROOT = "/api/data/v9.2/"
USER = str(UUID(int=7))
PRIVILEGES = {"GET": "Read", "POST": "Create", "PATCH": "Write", "DELETE": "Delete"}
RIGHTS = re.compile(
    r"systemusers\([0-9a-f-]{36}\)/Microsoft\.Dynamics\.CRM\.RetrieveUserPrivileges"
)
NO_ENTRY = b"HTTP Error 401 - Unauthorized: Access is denied"


class Dynamics(Playing):
    """Dynamics' part of the sandbox."""

    slug = "dynamics"

    def __init__(self, entra: Entra) -> None:
        super().__init__(Store(dict.fromkeys(SPECS, INDEXED)), entra.tokens)
        self.entra = entra
        self.setting = Setting()
        self.querying = Querying()
        self.limits = limits.Limits()
        self.records = Records(self.store, self.setting, self.new_id)
        self.lacks: set[str] = set()
        self.dropped: set[str] = set()
        self.sets = BY_SET
        self.stops = False
        self.refuses_all: list[Any] = []
        self.base = ""

    def play(self, asked: Asked) -> Answer:
        """Answer one request; every answer says the time, and what is left of the limits."""
        if not self._is_let_in(asked):
            return self._answer(Said(401, NO_ENTRY, {"WWW-Authenticate": "Bearer"}))
        self.base = f"http://{asked.header('host') or 'localhost'}/{self.slug}{ROOT}".rstrip("/")
        is_batch = asked.path == f"{ROOT}$batch"
        count = asked.body.count(b"\r\nContent-Type: application/http\r\n") if is_batch else 1
        takes_s = self.limits.takes_s(count)
        if self.refuses_all:
            status, code, words = self.refuses_all
            return self._answer(Said(status, envelope(code, words)))
        broken, wait_s = self.limits.broken(takes_s)
        if broken:
            said = Said(429, envelope(*THROTTLED[broken]), {"Retry-After": str(wait_s)})
            return self._answer(said)
        answer = self._answer(self._batch(asked) if is_batch else self._whole(asked))
        answer.delay_s = takes_s
        return answer

    def _is_let_in(self, asked: Asked) -> bool:
        token = asked.authorization.decode("latin-1").removeprefix("Bearer ")
        issued = self.entra.issued.get(token)
        is_for_us = issued is None or "dynamics" in issued.resource
        return self.tokens.is_good(token) and is_for_us

    def _answer(self, said: Said) -> Answer:
        date = format_datetime(datetime.fromtimestamp(self.store.now() / 1000, UTC), usegmt=True)
        headers = [(name.lower().encode(), value.encode()) for name, value in said.headers.items()]
        always = [
            (b"odata-version", b"4.0"),
            (b"date", date.encode()),
            (b"x-ms-service-request-id", str(uuid4()).encode()),
            *self.limits.headers(),
        ]
        return Answer(said.status, said.body, headers=[*headers, *always])

    def _whole(self, asked: Asked) -> Said:
        url = f"{asked.path}?{asked.query.decode('latin-1')}"
        headers = {name.decode(): value.decode("latin-1") for name, value in asked.headers}
        return self._one(Operation(asked.method, url, asked.body, headers))

    def _batch(self, asked: Asked) -> Said:
        """Answer a batch in its order; without continue-on-error the first error ends it."""
        try:
            operations = multipart.read(asked.header("content-type"), asked.body)
        except (Refusal, UnicodeDecodeError) as refused:
            body = refused.body if isinstance(refused, Refusal) else envelope("", str(refused))
            return Said(400, body)
        goes_on = "odata.continue-on-error" in asked.header("prefer") and not self.stops
        said: list[Said] = []
        for each in operations:
            said.append(self._one(each))
            if said[-1].status >= 400 and not goes_on:
                break
        boundary = f"batchresponse_{blake2b(asked.body, digest_size=16).hexdigest()}"
        status = 200 if goes_on or said[-1].status < 400 else said[-1].status
        content_type = {"Content-Type": f"multipart/mixed; boundary={boundary}"}
        return Said(status, multipart.write(said, boundary), content_type)

    def _one(self, asked: Operation) -> Said:
        try:
            return self._routed(asked)
        except Refusal as refused:
            return Said(refused.status, refused.body)

    def _routed(self, asked: Operation) -> Said:
        """Return the answer to an operation, by its address. Raises Refusal."""
        address, _, query_text = asked.url.partition("?")
        raw = address.partition(ROOT)[2]
        path, params = unquote(raw), params_of(query_text)
        if (told := self._told_of_itself(path)) is not None:
            return Said(200, orjson.dumps(told))
        found = KEYED.fullmatch(path)
        spec = self.sets.get(found["set"]) if found else None
        if found is None or spec is None:
            raise Refusal(404, "0x8006088a", f"Resource not found for the segment '{path[:100]}'.")
        self._refuse_unprivileged(spec, asked.method)
        key = found["key"]
        if key is None:
            return self._of_set(spec, asked, params)
        is_alternate = "=" in key and not key.startswith(f"{spec.id}=")
        at = alternate(key, raw, params) if is_alternate else ("", key.rpartition("=")[2].lower())
        if asked.method == "PATCH":
            return self.records.patch(spec, at, asked, params)
        if asked.method == "DELETE":
            return self.records.delete(spec, at)
        return self.records.get(spec, at, asked, params)

    def _told_of_itself(self, path: str) -> dict[str, Any] | None:
        """Return who asks, what that user may, and what tables are; None for anything else."""
        if path == "WhoAmI":
            return {"UserId": USER, "BusinessUnitId": USER, "OrganizationId": USER}
        if RIGHTS.fullmatch(path):
            return {"RolePrivileges": [{"PrivilegeName": each} for each in self._rights()]}
        if not path.startswith("EntityDefinitions"):
            return None
        untracked, keys = self.querying.untracked, self.setting.keys
        return metadata.told(path, keys=keys, dropped=self.dropped, untracked=untracked)

    def _of_set(self, spec: Spec, asked: Operation, params: Mapping[str, str]) -> Said:
        if asked.method == "POST":
            return self.records.create(spec, asked, params)
        prefer = asked.headers.get("prefer", "")
        return query(self.store, self.querying, spec, params, prefer, self.base)

    def _rights(self) -> list[str]:
        words = ("Create", "Read", "Write", "Delete", "Append", "AppendTo")
        all_ = [f"prv{word}{spec.label}" for spec in SPECS.values() for word in words]
        return [each for each in all_ if each not in self.lacks]

    def _refuse_unprivileged(self, spec: Spec, method: str) -> None:
        right = f"prv{PRIVILEGES.get(method, 'Read')}{spec.label}"
        if right in self.lacks:
            raise Refusal(
                403, NO_PRIVILEGE,
                f"Principal user (Id={USER}, type=8) is missing {right} privilege",
            )  # fmt: skip

    def new_id(self, obj: str) -> str:
        """Return a GUID, the same for the same number."""
        digest = blake2b(f"{obj}{self.store.next_id()}".encode(), digest_size=16).digest()
        return str(UUID(bytes=digest, version=4))

    def set(self, name: str, value: Any) -> None:
        """Take a control: see docs/sandbox.md."""
        if name == "limits" and limits.told(value):
            self.limits.hold(value)
        elif name in ("keys", "refuses"):
            getattr(self.setting, name).update(value)
        elif name in ("ignores_prefer", "finds_duplicates"):
            setattr(self.setting, name, bool(value))
        elif name in ("page_most", "foreign_host"):
            setattr(self.querying, name, value)
        elif name == "untracked":
            self.querying.untracked = tuple(value)
        elif name == "expire_delta":
            self.querying.expired_ms, self.querying.expired_with = self.store.now() + 1, int(value)
        elif name == "lacks":
            self.lacks = set(value)
        elif name == "dropped":
            self.dropped = set(value)
            self.sets = {each.entity_set: each.without(self.dropped) for each in SPECS.values()}
        elif name in ("stops", "refuses_all"):
            setattr(self, name, value)
        else:
            raise BadSetting(f"{self.slug} has no control called {name!r}")

    def throttled(self) -> bytes:
        return envelope(*THROTTLED["concurrent"])

    def failed(self) -> bytes:
        return envelope("0x80044150", "Generic SQL error.")
