"""What the played account sends with: its numbers, its Messaging Services, its state."""

from __future__ import annotations

from typing import Any

import orjson

from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.twilio_messaging.rows import Owner, paged, refusal, rfc2822

NUMBER = "+15005550006"  # Twilio's own that always sends
MOMENT, MOMENT_ISO = rfc2822(1_795_341_600), "2026-11-22T10:00:00Z"
TRIAL_ACCOUNT, SUSPENDED_ACCOUNT = "0608", "0405"
# Numbers that are not the account's; those that write or call, but not both; toll-free ones.
FOREIGN = frozenset({"+15005550000", "+15005550001", "+15005550007", "+15005550010"})
NO_SMS, NO_VOICE = "+15005550011", "+15005550012"
TOLL_FREE = {"+18885550100": "TWILIO_APPROVED", "+18885550101": "PENDING_REVIEW"}
VERIFIED_CALLER = "+15005550010"
# The last four digits of a Messaging Service's SID.
NO_SERVICE, EMPTY_SERVICE, UNREGISTERED_SERVICE = "0404", "0704", "0034"


def of_account(asked: Asked, rest: str, owner: Owner) -> Answer:
    """Answer what is asked about the account itself and about its numbers."""
    if rest == "" and asked.path.endswith(".json"):
        return _account(owner)
    number = asked.params().get("PhoneNumber", "")
    if rest == "IncomingPhoneNumbers.json":
        owned = [number] if number.startswith("+") and number not in FOREIGN else []
        return paged(owned, asked, "incoming_phone_numbers", lambda n: _number(n, owner))
    if rest == "OutgoingCallerIds.json":
        verified = [number] if number == VERIFIED_CALLER else []
        return paged(verified, asked, "outgoing_caller_ids", lambda n: _caller(n, owner))
    return refusal(404, 20404)


def of_service(asked: Asked) -> Answer:
    """Answer what is asked of messaging.twilio.com: services, and toll-free verifications."""
    path = asked.path.removeprefix("/messaging/v1/")
    if path == "Tollfree/Verifications":
        sid = asked.params().get("TollfreePhoneNumberSid", "")
        rows = [_verification(n, status) for n, status in TOLL_FREE.items() if _pn(n) == sid]
        return _listed(asked, "verifications", rows)
    name, _, part = path.removeprefix("Services/").partition("/")
    if not path.startswith("Services/MG") or name.endswith(NO_SERVICE):
        return refusal(404, 20404)
    if not part:
        return Answer(200, orjson.dumps(_service(name)), ("service",), (name,))
    has_numbers = part == "PhoneNumbers" and not name.endswith(EMPTY_SERVICE)
    key = {"PhoneNumbers": "phone_numbers", "ShortCodes": "short_codes"}.get(part)
    if key is None:
        return refusal(404, 20404)
    return _listed(asked, key, [_of_service(name)] if has_numbers else [])


def _account(owner: Owner) -> Answer:
    end = owner.account_sid[-4:]
    body: dict[str, Any] = {
        "sid": owner.account_sid, "owner_account_sid": owner.account_sid,
        "friendly_name": "The sandbox", "auth_token": "",
        "status": "suspended" if end == SUSPENDED_ACCOUNT else "active",
        "type": "Trial" if end == TRIAL_ACCOUNT else "Full",
        "date_created": MOMENT, "date_updated": MOMENT,
        "uri": f"/2010-04-01/Accounts/{owner.account_sid}.json", "subresource_uris": {},
    }  # fmt: skip
    return Answer(200, orjson.dumps(body), ("account",))


def _pn(number: str) -> str:
    return "PN" + number[1:].rjust(32, "0")


def _number(number: str, owner: Owner) -> dict[str, Any]:
    able = {"sms": number != NO_SMS, "mms": False, "voice": number != NO_VOICE, "fax": False}
    return {
        "sid": _pn(number), "account_sid": owner.account_sid, "phone_number": number,
        "friendly_name": number, "capabilities": able,
    }  # fmt: skip


def _caller(number: str, owner: Owner) -> dict[str, Any]:
    return {"sid": _pn(number), "account_sid": owner.account_sid, "phone_number": number}


def _service(sid: str) -> dict[str, Any]:
    return {
        "sid": sid, "friendly_name": "Newsletter", "usecase": "marketing",
        "us_app_to_person_registered": not sid.endswith(UNREGISTERED_SERVICE),
        "validity_period": 36000, "smart_encoding": True,
        "date_created": MOMENT_ISO, "date_updated": MOMENT_ISO,
    }  # fmt: skip


def _of_service(service: str) -> dict[str, Any]:
    return {
        "sid": _pn(NUMBER), "service_sid": service, "phone_number": NUMBER, "country_code": "US",
        "capabilities": ["SMS", "Voice"], "date_created": MOMENT_ISO, "date_updated": MOMENT_ISO,
    }  # fmt: skip


def _verification(number: str, status: str) -> dict[str, Any]:
    return {"sid": "HH" + "0" * 32, "tollfree_phone_number": number, "status": status}


def _listed(asked: Asked, key: str, rows: list[dict[str, Any]]) -> Answer:
    url = f"https://messaging.twilio.com/v1/{asked.path.rpartition('/')[2]}"
    meta = {
        "page": 0, "page_size": 50, "first_page_url": url, "previous_page_url": None, "url": url,
        "next_page_url": None, "key": key,
    }  # fmt: skip
    return Answer(200, orjson.dumps({key: rows, "meta": meta}))
