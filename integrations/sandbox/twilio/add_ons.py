"""The marketplace add-ons of Lookup v1 as the sandbox plays them."""

from __future__ import annotations

from typing import Any

from integrations.sandbox.invented import FIRST_NAMES, LAST_NAMES
from integrations.sandbox.twilio.magic import MAGIC
from integrations.sandbox.twilio.numbers import Number

SCOUT = "icehook_scout"
RPV_PREFIX = "real_phone_validation"


def lookup_of(name: str) -> str:
    """Return our lookup's name for an add-on's unique name; "" when the sandbox has no such."""
    if name == SCOUT:
        return SCOUT
    return RPV_PREFIX if name.startswith(RPV_PREFIX) else ""


def results(names: list[str], number: Number) -> dict[str, Any]:
    """Return each installed add-on's result under the name that was asked."""
    magic = MAGIC.get(number.e164)
    says = magic.says if magic else {}
    status = says.get("add_on", {}).get("status", "successful")
    known = [name for name in names if lookup_of(name) and status != "absent"]
    found: dict[str, Any] = {}
    for name in known:
        result = scout(number) if name == SCOUT else real_phone_validation(number)
        result.update(says.get("scout" if name == SCOUT else "rpv", {}))
        is_ok = status == "successful"
        found[name] = {
            "status": status,
            "request_sid": f"XR{number.die(name).below(16**8):032x}",
            "message": None if is_ok else "The add-on's vendor did not answer",
            "code": None if is_ok else 61002,
            "result": result if is_ok else None,
        }
    return found


def real_phone_validation(number: Number) -> dict[str, Any]:
    die = number.die("rpv")
    draw = die.below(100)
    status = "connected" if draw < 80 else "disconnected" if draw < 90 else "unreachable"
    name = f"{die.pick(LAST_NAMES)} {die.pick(FIRST_NAMES)}".upper()
    return {
        "status": status,
        "error_text": "",
        "iscell": "Y" if number.is_mobile else "V" if "Voip" in number.type else "N",
        "cnam": name,
        "carrier": number.carrier,
    }


def scout(number: Number) -> dict[str, Any]:
    is_ported = number.die("scout").below(100) < 30
    return {
        "ported": "true" if is_ported else "false",
        "location_routing_number": number.e164[2:8] + "0000",
        "operating_company_name": number.carrier or "Old Mill Exchange",
        "operating_company_type": "WIRELESS" if number.is_mobile else "CLEC",
    }
