"""Which request means what in the played HubSpot."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Any

import orjson

from integrations.sandbox.crm.store import Store
from integrations.sandbox.hubspot.associations import Associations
from integrations.sandbox.hubspot.limits import REAL, Limits
from integrations.sandbox.hubspot.properties import Properties
from integrations.sandbox.hubspot.records import Records, iso
from integrations.sandbox.hubspot.refusals import Refused, missing_scope
from integrations.sandbox.hubspot.searching import Search
from integrations.sandbox.hubspot.signing_in import HUB_ID
from integrations.sandbox.responder import Asked

VERSIONS = ("2025-09", "2026-03", "2026-09")
OBJECTS = {"contacts": "contact", "0-1": "contact", "companies": "company", "0-2": "company"}
PLURAL = {"contact": "contacts", "company": "companies"}
PATH = re.compile(r"/(crm/objects|crm/properties|crm/associations|account-info)/([^/]+)(/.*)")
SCOPES = [
    f"crm.{kind}.{name}.{what}"
    for kind in ("objects", "schemas")
    for name in ("contacts", "companies")
    for what in ("read", "write")
]
READS = frozenset({"/batch/read", "/search"})
LONGEST_LIST = 100


class Routes:
    """An account: its records and properties, and what a token may do with them."""

    def __init__(self, store: Store, limits: Limits) -> None:
        self.store = store
        self.limits = limits
        self.scopes = set(SCOPES)
        self.versions = set(VERSIONS)
        self.lag_ms = 0
        self.properties = Properties()
        self.records = Records(store, self.properties)
        self.associations = Associations(self.records)

    def asked(self, asked: Asked) -> tuple[int, Any]:
        """Return status and body for one request. Raises Refused."""
        found = PATH.fullmatch(asked.path)
        if found is None or found[2] not in self.versions:
            raise Refused(404, "OBJECT_NOT_FOUND", "resource not found")
        kind, rest = found[1], found[3]
        body = orjson.loads(asked.body) if asked.body else {}
        if kind == "account-info":
            return self._account(rest)
        if kind == "crm/associations":
            return self._associations(rest, body)
        name, _, tail = rest[1:].partition("/")
        if name not in OBJECTS:
            raise Refused(400, "VALIDATION_ERROR", f"Unable to infer object type from: {name}")
        if kind == "crm/properties":
            return self._properties(asked.method, OBJECTS[name], tail, body)
        return self._objects(asked, OBJECTS[name], f"/{tail}" if tail else "", body)

    def _need(self, kind: str, obj: str, what: str) -> None:
        scope = f"crm.{kind}.{PLURAL[obj]}.{what}"
        if scope not in self.scopes:
            raise missing_scope(scope)

    def _objects(self, asked: Asked, obj: str, tail: str, body: Any) -> tuple[int, Any]:
        is_read = asked.method == "GET" or tail in READS
        self._need("objects", obj, "read" if is_read else "write")
        if not tail and asked.method == "GET":
            return 200, self._listed(obj, asked.params())
        if asked.method != "POST":
            raise Refused(405, "VALIDATION_ERROR", "method not allowed")
        if tail == "/search":
            return 200, Search(self.records, obj, body, self.lag_ms).answer()
        inputs, records = body["inputs"], self.records
        if tail == "/batch/archive":
            return self._archive(obj, inputs)
        plans: dict[str, Callable[..., Any]] = {
            "/batch/update": records.update,
            "/batch/upsert": records.upsert,
            "/batch/read": records.read(body.get("properties") or (), body.get("idProperty") or ""),
        }
        if tail not in plans:
            raise Refused(404, "OBJECT_NOT_FOUND", "resource not found")
        if tail == "/batch/upsert":
            records.refuse_key(obj, inputs)
        return records.batch(obj, inputs, plans[tail])

    def _listed(self, obj: str, given: dict[str, str]) -> dict[str, Any]:
        """Return a page of all records, or of the archived ones, by id."""
        is_archived, after = given.get("archived") == "true", given.get("after") or ""
        limit, names = int(given.get("limit") or 10), (given.get("properties") or "").split(",")
        if limit > LONGEST_LIST:
            raise Refused(400, "VALIDATION_ERROR", "limit must be 100 at most")
        rows = (
            row
            for row in self.store[obj].rows.values()
            if row.is_deleted == is_archived and row.id > after
        )
        page = list(islice(rows, limit + 1))
        said: dict[str, Any] = {
            "results": [self.records.shown(obj, row, names) for row in page[:limit]]
        }
        if len(page) > limit:
            said["paging"] = {"next": {"after": page[limit - 1].id}}
        return said

    def _archive(self, obj: str, inputs: Any) -> tuple[int, None]:
        for each in inputs:
            if row := self.records.living(obj, str(each["id"])):
                self.store[obj].delete(row)
        return 204, None

    def _properties(self, method: str, obj: str, name: str, body: Any) -> tuple[int, Any]:
        of = self.properties.of[obj]
        self._need("schemas", obj, "write" if method == "POST" else "read")
        if method == "POST" and not name:
            return 201, self.properties.make(obj, body)
        if not name:
            return 200, {"results": list(of.values())}
        if name not in of:
            raise Refused(404, "OBJECT_NOT_FOUND", f'Property "{name}" does not exist')
        return 200, of[name]

    def _associations(self, rest: str, body: Any) -> tuple[int, Any]:
        pair, _, verb = rest[1:].partition("/batch/")
        if pair not in ("contacts/companies", "0-1/0-2"):
            raise Refused(400, "VALIDATION_ERROR", f"{pair} cannot be associated")
        for obj in OBJECTS.values():
            self._need("objects", obj, "read" if verb == "read" else "write")
        plans = {
            "create": self.associations.relate,
            "associate/default": self.associations.relate,
            "read": self.associations.read,
        }
        status, said = self.records.batch("contact", body["inputs"], plans[verb])
        return (201 if (status, verb) == (200, "create") else status), said

    def _account(self, rest: str) -> tuple[int, Any]:
        if rest == "/details":
            return 200, {"portalId": HUB_ID, "accountType": "STANDARD", "timeZone": "US/Eastern"}
        if rest != "/api-usage/daily/private-apps" or self.limits.is_oauth:
            raise Refused(403, "MISSING_SCOPES", "only private apps are told")
        now = self.store.now()
        usage = {
            "name": "private-apps-api-calls-daily",
            "usageLimit": self.limits.held.get("daily", REAL["daily"]),
            "currentUsage": self.limits.today,
            "collectedAt": iso(now),
            "fetchStatus": "SUCCESS",
            "resetsAt": iso(now - now % 86_400_000 + 86_400_000),
        }
        return 200, {"results": [usage]}
