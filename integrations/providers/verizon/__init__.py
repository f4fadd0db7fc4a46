"""Verizon's fixed wireless qualification (ThingSpace): which home internet an address can have.

Two tokens are needed: an OAuth token of the application (an hour) and a session of the user (20
minutes after its last use). A question is answered with a request id only; the result comes later,
to a callback that Verizon calls IntelligenceService (`result_of` reads it). Verizon documents no
path to ask for a result; where an account has one, the switch `result_path` names it. Nothing is
free but the tokens, so they are what "test this connection" fetches.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import orjson

from integrations.auth import NO_AUTH, Held
from integrations.errors import CallError, NotFound, OutcomeUnknown, Pending
from integrations.provider import (
    MINUTE,
    Api,
    Fact,
    Provider,
    Question,
    Rate,
    Secret,
    Switch,
    days,
    usd,
)
from integrations.providers.own.addresses import Address, read
from integrations.providers.own.refusing import refused
from integrations.providers.verizon.results import READ, result_of
from integrations.providers.verizon.tokens import classify, tokens_of, with_tokens

PATH = "/m2m/v1/intelligence/wireless-coverage"
NETWORKS = ("LTE", "C-BAND", "MMWAVE")
FIRST_LOOK_S, LAST_LOOK_S, CALLBACK_S, PATIENCE_S = 15.0, 900.0, 900.0, 86_400.0
DOCS = (
    "https://thingspace.verizon.com/documentation/apis/intelligence/"
    "wireless-network-performance/api-reference/fwa-qualification.html"
)


VERIZON = Provider(
    slug="verizon",
    label="Verizon fixed wireless",
    docs=DOCS,
    base_url="https://thingspace.verizon.com/api",
    auth=NO_AUTH,
    secrets=(
        Secret(
            "app_key",
            "Application key",
            "VERIZON_APP_KEY",
            hint="in the ThingSpace portal, under Key management",
        ),
        Secret(
            "app_secret",
            "Application secret",
            "VERIZON_APP_SECRET",
            hint="beside the application key",
        ),
        Secret(
            "username",
            "User (UWS)",
            "VERIZON_USERNAME",
            hint="the user of Unified Web Services, whose session asks",
        ),
        Secret(
            "password",
            "Password (UWS)",
            "VERIZON_PASSWORD",
            hint="the password of that user",
        ),
        Secret(
            "account_name",
            "Account name",
            "VERIZON_ACCOUNT_NAME",
            pattern=r"[0-9-]{3,32}",
            hint="the billing account with its leading zeros, like 0000123456-00001",
            sandbox="0000123456-00001",
        ),
    ),
    rate=Rate(60, per=MINUTE),
    timeout_s=30.0,
    classify=classify,
    switches=(
        Switch(
            "result_path",
            "Path of results",
            PATH + "/{request_id}",
            hint="Verizon documents the callback only; empty waits for it and never asks",
        ),
    ),
    notice="For Verizon's contract customers. Results come to a callback that has to be registered"
    " for IntelligenceService; 10,000 addresses a day at most.",
)


@VERIZON.lookup(
    "fixed_wireless",
    needs={"address_line", "city", "state", "postal_code"},
    supplies={
        "is_5g_home_available", "is_lte_home_available", "is_fios_available", "download_mbps",
        "upload_mbps", "coverage_checked_at",
    },
    price=usd("0.02"),
    fresh_for=days(30),
    label="Home internet at an address",
    note="Answers later. No public price: ours is a guess.",
)  # fmt: skip
async def fixed_wireless(api: Api, q: Question) -> list[Fact]:
    """Return which home internet an address can have. Raises Pending until Verizon knows.

    An address without a street or number, a PO box and a ZIP that there is none of are refused.
    """
    if q.ticket:
        return await _result(api, q.ticket)
    at = read(q.address_line, city=q.city, state=q.state, postal_code=q.postal_code)
    if at.kind == "po_box":
        raise refused("address_line", "a PO box has no home internet")
    body = _request(at)
    today = datetime.now(UTC).date()
    # Asked again on the same day after a lost answer, it is the same request to Verizon.
    once = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"{today}|{at}"))}
    answer = READ.body(await with_tokens(api, "POST", PATH, json=body, headers=once))
    request_id = READ.text(answer, "requestId")
    if not request_id:
        raise READ.broken("requestId", answer.get("requestId"))
    ticket = {"request_id": request_id, "asked_at": datetime.now(UTC).isoformat(timespec="seconds")}
    raise _later(api, ticket)


@VERIZON.tests
async def log_in(api: Api) -> str:
    """Return that both tokens were given; a token costs nothing."""
    for name in ("tokens", "bearer_until"):
        api.memory.pop(name, None)
    await tokens_of(api)
    return "Verizon accepts the application and the user."


def _request(at: Address) -> dict[str, Any]:
    zip5, _, zip4 = at.postal_code.partition("-")
    address = {
        "addressLine1": at.line,
        "addressLine2": "",
        "city": at.city,
        "state": at.state,
        "country": "USA",
        "zip": zip5,
        **({"zip4": zip4} if zip4 else {}),
    }
    return {
        "accountName": Held("account_name"),
        "requestType": "FWA",
        "locationType": "ADDRESS",
        "locations": {"addressList": [address]},
        "networkTypesList": [{"networkType": name} for name in NETWORKS],
    }


async def _result(api: Api, ticket: str) -> list[Fact]:
    """Ask for the result of a ticket. Raises Pending while there is none."""
    asked = _ticket(ticket)
    path = str(api.options.get("result_path") or "")
    if not path:
        raise _later(api, asked)
    path = path.replace("{request_id}", quote(asked["request_id"], safe=""))
    try:
        body = await with_tokens(api, "GET", path)
    except NotFound:
        raise _later(api, asked) from None
    found = result_of(body, checked_at=datetime.fromisoformat(asked["asked_at"]))
    if found is None:
        raise _later(api, asked)
    return found.facts


def _ticket(text: str) -> dict[str, str]:
    try:
        asked = orjson.loads(text)
        datetime.fromisoformat(asked["asked_at"])
        return {"request_id": str(asked["request_id"]), "asked_at": asked["asked_at"]}
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as why:
        raise OutcomeUnknown("Verizon: a ticket that cannot be read") from why


def _later(api: Api, asked: Mapping[str, str]) -> CallError:
    """Return Pending, for longer the longer it has lasted; OutcomeUnknown after a day."""
    waited = (datetime.now(UTC) - datetime.fromisoformat(asked["asked_at"])).total_seconds()
    if waited > PATIENCE_S:
        return OutcomeUnknown("Verizon: no result within a day")
    after = min(max(FIRST_LOOK_S, waited / 2), LAST_LOOK_S)
    if not api.options.get("result_path"):
        after = CALLBACK_S
    text = orjson.dumps(dict(asked)).decode()
    return Pending("Verizon: the result comes later", ticket=text, retry_after_s=after)
