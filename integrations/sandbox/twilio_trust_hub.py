"""Plays Twilio Trust Hub: profiles with what is attached to them, evaluated and reviewed.

Two in three of the world's firms have a profile from the start. What is made is kept until the
sandbox is reset; a review ends the second time that its profile is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.twilio import MAGIC_ACCOUNTS, account_of
from integrations.sandbox.twilio.envelopes import envelope
from integrations.sandbox.world import SORTS, TRADES, firm_at, is_known

MOMENT = "2026-11-22T10:00:00Z"
SITE = "https://trusthub.twilio.com"
STATUSES = ("twilio-approved", "twilio-approved", "in-review", "twilio-rejected", "draft")
KINDS = {
    "/v1/CustomerProfiles": "BU", "/v1/EndUsers": "IT", "/v1/SupportingDocuments": "RD",
    "/v1/Policies": "RN",
}  # fmt: skip
POLICIES = (
    "Primary Customer Profile of type Business",
    "Secondary Customer Profile of type Business",
)
BUSINESS, ADDRESS = "customer_profile_business_information", "customer_profile_address"
Row = dict[str, Any]


class TwilioTrustHub:
    """Trust Hub's part of the sandbox."""

    slug = "twilio_trust_hub"

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Row]] = {path: {} for path in (*KINDS, "addresses")}
        self.attached: dict[str, list[str]] = {}
        for name in POLICIES:
            self._keep("/v1/Policies", {"friendly_name": name, "requirements": {}}, name)
        for name, status in _firms():
            self._profile(
                {"FriendlyName": name, "Email": "", "PolicySid": sid("RN", POLICIES[1])}, status
            )

    def answer(self, asked: Asked) -> Answer:
        """Answer one request by account, method and path."""
        account = account_of(asked.authorization)
        if account in MAGIC_ACCOUNTS:
            return refusal(*MAGIC_ACCOUNTS[account])
        form = dict(parse_qsl(asked.body.decode()))
        path = asked.path
        if path.startswith("/api/") and path.endswith("/Addresses.json"):
            return self.addresses(asked, form)
        if path in KINDS:
            return self.make(path, form) if asked.method == "POST" else self.list(asked)
        whole, _, part = path.partition("/v1/CustomerProfiles/")[2].partition("/")
        profile = self.rows["/v1/CustomerProfiles"].get(whole)
        if profile is None:
            return refusal(404, 20404)
        deeds: Mapping[tuple[str, str], Callable[[], Answer]] = {
            ("GET", ""): lambda: self.read(profile),
            ("POST", ""): lambda: self.change(profile, form),
            ("GET", "EntityAssignments"): lambda: self.attachments(profile, asked),
            ("POST", "EntityAssignments"): lambda: self.attach(profile, form),
            ("POST", "Evaluations"): lambda: self.evaluate(profile),
        }
        deed = deeds.get((asked.method, part))
        return deed() if deed else refusal(404, 20404)

    def throttled(self) -> bytes:
        return envelope(429, 20429)

    def failed(self) -> bytes:
        return envelope(503, 20503)

    def make(self, path: str, form: Row) -> Answer:
        """Make a profile, an end user or a document; equal names make a second one, as there."""
        if not form.get("FriendlyName"):
            return refusal(400, 20001)
        if path == "/v1/CustomerProfiles":
            return said(201, self._profile(form, "draft"), "verify", form["FriendlyName"])
        told = {"friendly_name": form["FriendlyName"], "type": form["Type"]}
        told["attributes"] = orjson.loads(form.get("Attributes") or "{}")
        if path == "/v1/SupportingDocuments":
            told |= {"status": "DRAFT", "mime_type": None}
        return said(201, self._keep(path, {**told, "account_sid": sid("AC", "us")}))

    def list(self, asked: Asked) -> Answer:
        """Return one page of a kind."""
        return said(200, paged(list(self.rows[asked.path].values()), asked))

    def read(self, profile: Row) -> Answer:
        """Return a profile; reviews go on from one reading to the next."""
        answer = said(200, profile, "review", profile["sid"])
        after = {"pending-review": "in-review", "in-review": "twilio-approved"}
        profile["status"] = after.get(profile["status"], profile["status"])
        return answer

    def change(self, profile: Row, form: Row) -> Answer:
        """Submit a draft that complies."""
        if profile["status"] != "draft" or self._missing(profile):
            return refusal(400, 22218)
        profile["status"] = form.get("Status", profile["status"])
        return said(200, profile)

    def attachments(self, profile: Row, asked: Asked) -> Answer:
        """Return what is attached to a profile."""
        of = profile["sid"]
        return said(200, paged([assigned(of, each) for each in self.attached.get(of, [])], asked))

    def attach(self, profile: Row, form: Row) -> Answer:
        """Attach something to a profile."""
        self.attached.setdefault(profile["sid"], []).append(form["ObjectSid"])
        return said(201, assigned(profile["sid"], form["ObjectSid"]))

    def evaluate(self, profile: Row) -> Answer:
        """Say whether business and address are there; 201 either way."""
        missing = self._missing(profile)
        return said(201, {
            "sid": sid("EL", profile["sid"]),
            "account_sid": profile["account_sid"],
            "policy_sid": profile["policy_sid"],
            "customer_profile_sid": profile["sid"],
            "status": "noncompliant" if missing else "compliant",
            "results": [evaluation(kind, kind not in missing) for kind in (BUSINESS, ADDRESS)],
            "date_created": MOMENT,
            "url": f"{profile['url']}/Evaluations/{sid('EL', profile['sid'])}",
        })  # fmt: skip

    def addresses(self, asked: Asked, form: Row) -> Answer:
        """List the account's addresses by name, or keep one more."""
        if asked.method == "POST":
            return said(201, self._keep("addresses", {"friendly_name": form["FriendlyName"]}))
        name = asked.params().get("FriendlyName")
        found = [one for one in self.rows["addresses"].values() if one["friendly_name"] == name]
        return said(200, {"addresses": found, "page": 0, "page_size": 50, "next_page_uri": None})

    def _missing(self, profile: Row) -> set[str]:
        held = self.attached.get(profile["sid"], [])
        kinds = {"IT": BUSINESS, "RD": ADDRESS}
        return {kind for start, kind in kinds.items() if not any(s.startswith(start) for s in held)}

    def _profile(self, form: Row, status: str) -> Row:
        told = {
            "account_sid": sid("AC", "us"),
            "policy_sid": form["PolicySid"],
            "friendly_name": form["FriendlyName"],
            "status": status,
            "valid_until": None,
            "email": form["Email"],
            "status_callback": form.get("StatusCallback"),
            "links": {},
            "errors": [{"code": 22222}] if status == "twilio-rejected" else None,
        }
        return self._keep("/v1/CustomerProfiles", told)

    def _keep(self, path: str, told: Row, key: str = "") -> Row:
        kept = self.rows[path]
        one = sid(KINDS.get(path, "AD"), key or f"{path}|{len(kept)}")
        dates = {} if path == "/v1/Policies" else {"date_created": MOMENT, "date_updated": MOMENT}
        kept[one] = {"sid": one, **told, **dates, "url": f"{SITE}{path}/{one}"}
        return kept[one]


def _firms() -> list[tuple[str, str]]:
    firms = [firm_at(f"{sort}{trade[0]}.test".lower()) for sort in SORTS for trade in TRADES]
    known = [firm for firm in firms if is_known(firm.die("trust"), 66)]
    return [(firm.name, firm.die("trust.status").pick(STATUSES)) for firm in known]


def sid(start: str, key: str) -> str:
    return start + blake2b(key.encode(), digest_size=16).hexdigest()


def assigned(profile: str, thing: str) -> Row:
    one = sid("BV", profile + thing)
    return {
        "sid": one, "customer_profile_sid": profile, "account_sid": sid("AC", "us"),
        "object_sid": thing, "date_created": MOMENT,
        "url": f"{SITE}/v1/CustomerProfiles/{profile}/EntityAssignments/{one}",
    }  # fmt: skip


def evaluation(kind: str, is_passed: bool) -> Row:
    return {
        "friendly_name": "Business" if kind == BUSINESS else "Physical Business Address",
        "object_type": kind,
        "passed": is_passed,
        "failure_reason": None if is_passed else "is missing",
        "error_code": None if is_passed else 22214,
        "valid": [],
        "invalid": [],
    }


def paged(rows: list[Row], asked: Asked) -> Row:
    """Return one page of a list, with the address of the next."""
    given = asked.params()
    size, page = int(given.get("PageSize", "50")), int(given.get("Page", "0"))

    def url(number: int) -> str:
        return f"{SITE}{asked.path}?" + urlencode({"PageSize": size, "Page": number})

    after = url(page + 1) if len(rows) > (page + 1) * size else None
    meta = {
        "page": page, "page_size": size, "first_page_url": url(0), "previous_page_url": None,
        "url": url(page), "next_page_url": after, "key": "results",
    }  # fmt: skip
    return {"results": rows[page * size : (page + 1) * size], "meta": meta}


def said(status: int, body: Row, lookup: str = "", key: str = "") -> Answer:
    lookups, keys = ((lookup,), (key,)) if lookup else ((), ())
    return Answer(status, orjson.dumps(body), lookups, keys)


def refusal(status: int, code: int) -> Answer:
    return Answer(status, envelope(status, code))
