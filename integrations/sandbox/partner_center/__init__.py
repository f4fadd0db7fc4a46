"""Plays Partner Center's referrals: pages, versions, steps of status, and its ways of refusing."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import orjson

from integrations.sandbox.crm.playing import Playing
from integrations.sandbox.crm.store import Row, Store
from integrations.sandbox.crm.tokens import Tokens
from integrations.sandbox.partner_center import documents, filtering
from integrations.sandbox.partner_center.documents import Refused, refusal
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.settings import BadSetting

PATH = "/v1.0/engagements/referrals"
# The documentation's own sample of a next page leads here, and over http.
NEXT_PATH = "/v1.0/referrals"
PAGE = 100
PARAMS = {"$filter", "$orderby", "$top"}
LASTS_S = 3599.0


class PartnerCenter(Playing):
    """Its part of the sandbox. `rights` are "all", "claims" (sign in again) or "none"."""

    slug = "partner_center"

    def __init__(self, tokens: Tokens | None = None) -> None:
        super().__init__(Store({"referral": ("engagementId",)}), tokens or Tokens(LASTS_S))
        self.rights = "all"
        self.next_host = ""
        self.refusals: list[dict[str, Any]] = []
        self.pages: dict[str, filtering.Place] = {}
        self.request_ids: Counter[str] = Counter()
        self.queries: deque[str] = deque(maxlen=20)

    def play(self, asked: Asked) -> Answer:
        """Answer one request as api.partner.microsoft.com would."""
        try:
            self._admit(asked)
            status, body, version = self._route(asked)
        except Refused as refused:
            return refused.answer()
        headers = [(b"etag", version.encode())] if version else []
        headers.append((b"request-id", str(uuid4()).encode()))
        content = b"" if body is None else orjson.dumps(body)
        return Answer(status, content, ("referrals",), headers=headers)

    def throttled(self) -> bytes:
        return refusal("tooManyRequests", "Too many requests.")

    def failed(self) -> bytes:
        return refusal("serviceNotAvailable", "The service is not available.")

    def told(self) -> Mapping[str, Any]:
        """Return what every CRM tells, how often each call's id came, and the last queries."""
        own = {"request_ids": dict(self.request_ids), "queries": list(self.queries)}
        return {**super().told(), **own}

    def set(self, name: str, value: Any) -> None:
        """Take a control of its own.

        {"make": 250} makes so many referrals; {"rights": "claims"}; {"refuse": {"status": 503,
        "retry_after": "5", "times": 1}}; {"next_host": "http://elsewhere.test"} gives pages a
        foreign address; {"forget_pages": true} lets the addresses of pages lapse.
        """
        if name == "make":
            for _ in range(int(value)):
                id_ = self.new_id("referral")
                self.store["referral"].create(id_, documents.invented(self.store.next_id()))
        elif name == "rights" and value in ("all", "claims", "none"):
            self.rights = value
        elif name == "refuse":
            self.refusals += [dict(value)] * int(value.get("times", 1))
        elif name == "next_host":
            self.next_host = str(value)
        elif name == "forget_pages":
            self.pages.clear()
        else:
            raise BadSetting(f"{self.slug} has no control called {name!r}")

    def new_id(self, obj: str) -> str:
        return str(UUID(int=self.store.next_id(), version=4))

    def _admit(self, asked: Asked) -> None:
        """Check the token, the right and the call's id, which every call has to have."""
        scheme, _, token = asked.authorization.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not self.tokens.is_good(token):
            raise Refused(401, "unauthenticated", "Lifetime validation failed or no token.")
        id_ = asked.header("client-request-id")
        try:
            UUID(id_)
        except ValueError:
            raise Refused(400, "invalidRequest", "client-request-id is required.") from None
        self.request_ids[id_] += 1
        if self.refusals:
            told = self.refusals.pop(0)
            raise Refused(
                told["status"], told.get("code", "serviceNotAvailable"), "Try again later.",
                retry_after=told.get("retry_after", ""),
            )  # fmt: skip
        if self.rights == "claims":
            raise Refused(403, "insufficent_claims", "Caller needs a stronger token.")
        if self.rights == "none":
            raise Refused(403, "accessDenied", "Caller is not authorized to access the resource.")

    def _route(self, asked: Asked) -> tuple[int, Any, str]:
        if asked.method == "GET" and asked.path in (PATH, NEXT_PATH):
            return 200, self._page(asked), ""
        id_ = asked.path.removeprefix(f"{PATH}/")
        if not asked.path.startswith(f"{PATH}/") or "/" in id_:
            raise Refused(404, "itemNotFound", "There is no such resource.")
        row = self.store["referral"].rows.get(id_)
        if row is None or row.is_deleted:
            raise Refused(404, "itemNotFound", "The referral was not found.")
        if asked.method == "GET":
            return 200, documents.document(row), documents.version_of(row)
        if asked.method == "PATCH":
            return self._patch(asked, row)
        raise Refused(405, "invalidRequest", "The method is not allowed.")

    def _page(self, asked: Asked) -> dict[str, Any]:
        self.queries.append(asked.query.decode("latin-1"))
        params = asked.params()
        if "$skiptoken" in params and set(params) == {"$skiptoken"}:
            place = self.pages.get(params["$skiptoken"])
            if place is None:
                raise Refused(400, "invalidRequest", "The skip token is not valid.")
        elif unknown := sorted(set(params) - PARAMS):
            raise Refused(400, "invalidRequest", f"{unknown[0]} is not supported.")
        else:
            place = filtering.place(params)
        rows, rest = filtering.page(self.store["referral"].living(), place)
        body: dict[str, Any] = {
            "@odata.context": "http://api.partner.microsoft.com/v1.0/$metadata#Referrals",
            "@odata.count": len(rows),
            "value": [documents.document(row) for row in rows],
        }
        if rest:
            token = f"k1{len(self.pages):x}{uuid4().hex}=="
            self.pages[token] = rest
            host = self.next_host or f"http://{asked.header('host')}/{self.slug}"
            body["@odata.nextLink"] = f"{host}{NEXT_PATH}?$skiptoken={token}"
        return body

    def _patch(self, asked: Asked, row: Row) -> tuple[int, Any, str]:
        wanted = asked.header("if-match")
        if wanted and wanted not in ("*", documents.version_of(row)):
            raise Refused(412, "preconditionFailed", "The ETag does not match.", "resourceModified")
        self.store["referral"].update(row, documents.patched(row, asked.body))
        if "return=representation" in asked.header("prefer"):
            return 200, documents.document(row), documents.version_of(row)
        return 204, None, documents.version_of(row)
