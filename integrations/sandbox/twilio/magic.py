"""Magic numbers: +1 500 555 01XX, each of which always shows one special case of Twilio's.

docs/sandbox.md has the table for people; a test keeps the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.faults import DROPPED, FAILED, THROTTLED, Fault
from integrations.sandbox.twilio.envelopes import envelope, problem

PREFIX = "+150055501"
HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"

Says = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Magic:
    """What is special about one number.

    `says` overrides keys of a package's object; `code` fails every paid package; `answer` is a
    whole (status, body) in place of the usual one; `fault` comes before any answer.
    """

    about: str
    invalid: str = ""
    code: int = 0
    says: Says = field(default_factory=dict)
    answer: tuple[int, bytes] | None = None
    fault: Fault | None = None
    delay_s: float = 0.0


def kind(name: str) -> Says:
    return {"line_type_intelligence": {"type": name}}


def caller(name: str | None, whose: str | None) -> Says:
    return {"caller_name": {"caller_name": name, "caller_type": whose}}


def risk(points: int, *, blocked: bool = False) -> Says:
    return {
        "sms_pumping_risk": {"sms_pumping_risk_score": points, "number_blocked": blocked},
    }


def swap(date: str | None, *, swapped: bool) -> Says:
    last = {"last_sim_swap_date": date, "swapped_period": "PT24H", "swapped_in_period": swapped}
    return {"sim_swap": {"last_sim_swap": last, "error_code": None}}


def once(outcome: int, **more: Any) -> Fault:
    return Fault(outcome, is_once=True, **more)


_BY_ENDING: Mapping[int, Magic] = {
    # The number itself.
    1: Magic("valid: false, TOO_SHORT", invalid="TOO_SHORT"),
    2: Magic("valid: false, TOO_LONG", invalid="TOO_LONG"),
    3: Magic("valid: false, INVALID_BUT_POSSIBLE", invalid="INVALID_BUT_POSSIBLE"),
    4: Magic("valid: false, INVALID_COUNTRY_CODE", invalid="INVALID_COUNTRY_CODE"),
    5: Magic("valid: false, INVALID_LENGTH", invalid="INVALID_LENGTH"),
    6: Magic("valid: false, NOT_A_NUMBER", invalid="NOT_A_NUMBER"),
    # An error inside a 200.
    10: Magic("package not enabled (60606)", code=60606),
    11: Magic("outside coverage (60610)", code=60610),
    12: Magic("unprovisioned (60600)", code=60600),
    13: Magic("rate of the package reached (60616)", code=60616),
    14: Magic("quota of the package used up (60611)", code=60611),
    15: Magic("same number asked too often (60626)", code=60626),
    16: Magic("source of the package failed (60608)", code=60608),
    17: Magic("country not supported (60607)", code=60607),
    18: Magic("Canadian approval missing (60601)", code=60601),
    # HTTP faults.
    20: Magic("429 always", fault=Fault(THROTTLED)),
    21: Magic("429 once, then an answer", fault=once(THROTTLED)),
    22: Magic("429 once with Retry-After in seconds", fault=once(THROTTLED, retry_after="1")),
    23: Magic("429 once with Retry-After as a date", fault=once(THROTTLED, retry_after="date")),
    24: Magic("500 always", fault=Fault(FAILED, 500, envelope(500, 20500))),
    25: Magic("503 once, then an answer", fault=once(FAILED, status=503)),
    26: Magic("502 with HTML always", fault=Fault(FAILED, 502, HTML)),
    27: Magic("404, error 20404", answer=(404, envelope(404, 20404))),
    28: Magic("400, error 21211", answer=(400, envelope(400, 21211))),
    29: Magic("400 in the RFC 9457 form", answer=(400, problem(400, 60618, "PhoneNumber"))),
    30: Magic("401, error 20003", answer=(401, envelope(401, 20003))),
    31: Magic("connection dropped always, charged", fault=Fault(DROPPED)),
    32: Magic("connection dropped once, charged", fault=once(DROPPED)),
    33: Magic("answers after 5 s", delay_s=5),
    34: Magic("answers after 10 s", delay_s=10),
    35: Magic("answers after 15 s", delay_s=15),
    36: Magic("broken JSON", answer=(200, b'{"valid": tru')),
    37: Magic("200 of an unknown shape", answer=(200, b'{"valid":"yes","packages":[]}')),
    38: Magic("200 with an error envelope", answer=(200, envelope(500, 20500))),
    39: Magic("risk score 140, against the contract", says=risk(140)),
    # Line types.
    40: Magic("mobile", says=kind("mobile")),
    41: Magic("landline", says=kind("landline")),
    42: Magic("toll-free", says=kind("tollFree")),
    43: Magic("fixed VoIP", says=kind("fixedVoip")),
    44: Magic("non-fixed VoIP", says=kind("nonFixedVoip")),
    45: Magic("personal", says=kind("personal")),
    46: Magic("premium", says=kind("premium")),
    47: Magic("voicemail", says=kind("voicemail")),
    48: Magic("shared cost", says=kind("sharedCost")),
    49: Magic("universal access number", says=kind("uan")),
    50: Magic("pager", says=kind("pager")),
    51: Magic("unknown line type", says=kind("unknown")),
    52: Magic("a line type nobody knows yet", says=kind("satellite")),
    # Callers.
    53: Magic("caller name of a consumer", says=caller("BIRCH ADA", "CONSUMER")),
    54: Magic("caller name of a business", says=caller("COBBLE BAKERY", "BUSINESS")),
    55: Magic("caller name, undetermined", says=caller("WIRELESS CALLER", "UNDETERMINED")),
    56: Magic("no caller name", says=caller(None, None)),
    # Risk, SIM, forwarding, status.
    60: Magic("risk 10, low", says=risk(10)),
    61: Magic("risk 50, medium", says=risk(50)),
    62: Magic("risk 95, high", says=risk(95)),
    63: Magic("risk 99, blocked", says=risk(99, blocked=True)),
    64: Magic("SIM swapped recently", says=swap("2026-11-21T10:18:50Z", swapped=True)),
    65: Magic("SIM swapped, date unknown", says=swap(None, swapped=True)),
    66: Magic("SIM not swapped", says=swap(None, swapped=False)),
    67: Magic(
        "calls forwarded",
        says={"call_forwarding": {"call_forwarding_enabled": True, "error_code": None}},
    ),
    68: Magic("line active", says={"line_status": {"status": "active", "error_code": None}}),
    69: Magic("line inactive", says={"line_status": {"status": "inactive", "error_code": None}}),
    # Reassigned, identity, quality, pre-fill.
    70: Magic("reassigned", says={"reassigned_number": {"is_number_reassigned": "yes"}}),
    71: Magic("not reassigned", says={"reassigned_number": {"is_number_reassigned": "no"}}),
    72: Magic(
        "reassigned: no data",
        says={"reassigned_number": {"is_number_reassigned": "no_data_available"}},
    ),
    73: Magic("identity matches, 100", says={"identity_match": {"summary_score": 100}}),
    74: Magic("identity does not match, 0", says={"identity_match": {"summary_score": 0}}),
    75: Magic("quality 0", says={"phone_number_quality_score": {"quality_score": 0}}),
    76: Magic(
        "nothing to pre-fill",
        says={"pre_fill": dict.fromkeys(
            ("first_name", "last_name", "address_line", "city", "state", "postal_code"))},
    ),
    # Add-ons of Lookup v1.
    80: Magic("RPV: disconnected", says={"rpv": {"status": "disconnected", "iscell": "N"}}),
    81: Magic("RPV: connected, VoIP", says={"rpv": {"status": "connected", "iscell": "V"}}),
    82: Magic("add-on failed", says={"add_on": {"status": "failed"}}),
    83: Magic("add-on not installed", says={"add_on": {"status": "absent"}}),
    84: Magic("Scout: ported", says={"scout": {"ported": "true"}}),
    85: Magic("Scout: not ported", says={"scout": {"ported": False}}),
}  # fmt: skip

MAGIC: Mapping[str, Magic] = {f"{PREFIX}{end:02d}": magic for end, magic in _BY_ENDING.items()}
