"""Plays Verizon ThingSpace: the two tokens, and qualifications asked now and told later."""

from __future__ import annotations

import base64
import itertools
from typing import Any

import orjson

from integrations.sandbox.invented import Die
from integrations.sandbox.responder import Answer, Asked

COVERAGE = "/m2m/v1/intelligence/wireless-coverage"
MOST_REQUESTS = 100_000
# Application keys that are refused, and how.
MAGIC_KEYS = {
    "wrong": (
        401,
        {"error": "invalid_client", "error_description": "Unknown client"},
    ),
    "spent": (429, {"errorCode": "LIMIT_EXCEEDED", "errorMessage": "Too many requests"}),
}
# Words of a street: how often the result is asked for in vain, and addresses that are refused.
LATER, REFUSED, ODD = {"later": 2, "never": 1_000_000}, "invalid", "odd"


class Verizon:
    """Verizon's part of the sandbox: tokens, sessions and requests, as long as it runs."""

    slug = "verizon"

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.bearers: set[str] = set()
        self.sessions: set[str] = set()
        self.requests: dict[str, dict[str, str]] = {}
        self.looks: dict[str, int] = {}

    def answer(self, asked: Asked) -> Answer:
        """Answer one request by path; all but the first want the tokens."""
        if asked.path == "/ts/v1/oauth2/token":
            return self.token(asked)
        bearer = asked.header("authorization").removeprefix("Bearer ")
        if bearer not in self.bearers:
            return refusal(401, "UnifiedWebService.REQUEST_FAILED.Token", "Access token expired")
        if asked.path == "/m2m/v1/session/login":
            return self.login(asked)
        if asked.header("vz-m2m-token") not in self.sessions:
            return refusal(401, "REQUEST_FAILED.SessionToken.Expired", "Session expired")
        if asked.path == COVERAGE and asked.method == "POST":
            return self.qualify(asked)
        return self.result(asked.path.removeprefix(COVERAGE + "/"))

    def throttled(self) -> bytes:
        return envelope("LIMIT_EXCEEDED", "Too many requests")

    def failed(self) -> bytes:
        return envelope("INTERNAL_ERROR", "Something went wrong")

    def token(self, asked: Asked) -> Answer:
        """Give the application a token for an hour."""
        pair = base64.b64decode(asked.header("authorization").removeprefix("Basic ")).decode()
        key = pair.partition(":")[0]
        if key in MAGIC_KEYS:
            status, body = MAGIC_KEYS[key]
            return Answer(status, orjson.dumps(body))
        token = f"bearer-{next(self._numbers)}"
        self.bearers.add(token)
        said = {"access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": ""}
        return Answer(200, orjson.dumps(said))

    def login(self, asked: Asked) -> Answer:
        """Open a session for the user."""
        if orjson.loads(asked.body).get("password") == "wrong":
            return refusal(400, "INPUT_INVALID.Credentials", "Invalid user name or password")
        token = f"session-{next(self._numbers)}"
        self.sessions.add(token)
        return Answer(200, orjson.dumps({"sessionToken": token}))

    def qualify(self, asked: Asked) -> Answer:
        """Take an address; the same Idempotency-Key is the same request."""
        at: dict[str, str] = orjson.loads(asked.body)["locations"]["addressList"][0]
        key = "|".join(at.values())
        if REFUSED in at["addressLine1"].lower():
            return refusal(400, "INPUT_INVALID", "Invalid request")
        die = Die(f"verizon|{asked.header('idempotency-key') or key}")
        request_id = f"{die.below(4096):03x}-{die.below(4096):03x}-{die.below(4096):03x}"
        is_new = request_id not in self.requests
        if is_new and len(self.requests) >= MOST_REQUESTS:
            del self.requests[next(iter(self.requests))]
        self.requests[request_id] = at
        charged = (key,) if is_new else ()
        body = orjson.dumps({"requestId": request_id})
        return Answer(200, body, ("fixed_wireless",), (key,), charged)

    def result(self, request_id: str) -> Answer:
        """Tell the result, unless the street's name puts it off."""
        at = self.requests.get(request_id)
        looks = self.looks[request_id] = self.looks.get(request_id, 0) + 1
        if at is None:
            return refusal(404, "NOT_FOUND", "No such request")
        street = at["addressLine1"].lower()
        if looks <= next((n for word, n in LATER.items() if word in street), 0):
            return Answer(404, envelope("NOT_READY", "No result yet"), ("result",))
        if ODD in street.split():
            return Answer(200, b'{"requestId":"x","networks":"LTE"}', ("result",))
        return Answer(200, orjson.dumps(told(request_id, at)), ("result",))


def told(request_id: str, at: dict[str, str]) -> dict[str, Any]:
    """Return what a callback says of an address: LTE for seven in ten, 5G for four of those."""
    die = Die("verizon|" + "|".join(at.values()))
    has_lte, has_5g = die.below(100) < 70, die.below(100) < 55
    fast = 300 + die.below(8) * 100
    networks = [
        {"networkType": "LTE", "qualified": has_lte, "downloadSpeed": 50, "uploadSpeed": 5},
        {
            "networkType": "C-BAND",
            "qualified": has_lte and has_5g,
            "downloadSpeed": fast,
            "uploadSpeed": fast // 10,
        },
        {"networkType": "MMWAVE", "qualified": False},
    ]
    return {"requestId": request_id, "addressList": [{**at, "networks": networks}]}


def refusal(status: int, code: str, words: str) -> Answer:
    return Answer(status, envelope(code, words))


def envelope(code: str, words: str) -> bytes:
    return orjson.dumps({"errorCode": code, "errorMessage": words})
