"""Twilio: what its answers mean, what is sent, and whose fault a refusal is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from integrations.errors import (
    CallError,
    ContractBroken,
    CredentialRejected,
    NotEntitled,
    NotFound,
    QuestionRejected,
    QuotaExhausted,
    Throttled,
)
from integrations.provider import Ask, Question
from integrations.providers.twilio import TWILIO
from integrations.providers.twilio.asking import batch_size
from integrations.providers.twilio.errors import classify
from integrations.providers.twilio.packages import risk_level, sms_pumping_risk
from tests.integrations.apis import RecordedApi, ask, asks_for

RECORDED = sorted((Path(__file__).parent / "recorded/twilio").glob("*.json"))
VALID = {"valid": True, "country_code": "US", "validation_errors": []}
LINE = {"line_type_intelligence": {"type": "mobile", "error_code": None}}


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_answer_gives_the_expected_facts(path: Path):
    recorded = json.loads(path.read_text())
    asks = asks_for(TWILIO, list(recorded["facts"]), **recorded["inputs"])

    replies = ask(RecordedApi(recorded["body"]), asks)

    found = {a.lookup.name: [[f.field, f.value] for f in r.facts] for a, r in pairs(asks, replies)}
    errors = {a.lookup.name: type(r.error).__name__ for a, r in pairs(asks, replies) if r.error}
    assert found == recorded["facts"]
    assert errors == recorded.get("errors", {})


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_answer_supplies_only_what_its_lookup_promises(path: Path):
    recorded = json.loads(path.read_text())

    for name, facts in recorded["facts"].items():
        assert {field for field, _ in facts} <= TWILIO.lookups[name].supplies


def pairs(asks: Any, replies: Any) -> Any:
    return zip(asks, replies, strict=True)


def test_every_package_of_a_number_is_asked_in_one_request():
    api = RecordedApi({**VALID, **LINE, "caller_name": {"caller_name": "BIRCH ADA"}})
    asks = asks_for(TWILIO, ["validation", "line_type", "caller_name"], phone="+14155550100")

    replies = ask(api, asks)

    path, fields = "/v2/PhoneNumbers/%2B14155550100", "line_type_intelligence,caller_name"
    assert api.asked == [("GET", path, {"Fields": fields})]
    assert [reply.facts[0].field for reply in replies] == [
        "phone_is_valid",
        "line_type",
        "caller_name",
    ]


def test_validation_alone_asks_for_no_package():
    api = RecordedApi(VALID)
    ask(api, asks_for(TWILIO, ["validation"], phone="+14155550100"))

    assert api.asked == [("GET", "/v2/PhoneNumbers/%2B14155550100", {})]


def test_a_hit_tells_also_that_the_number_is_valid():
    replies = ask(RecordedApi({**VALID, **LINE}), asks_for(TWILIO, ["line_type"], phone="+1"))

    fields = [fact.field for fact in replies[0].facts]
    assert fields == ["line_type", "phone_is_valid", "phone_country"]


def test_the_raw_words_are_the_packages_own():
    asks = asks_for(TWILIO, ["line_type", "validation"], phone="+14155550100")
    replies = ask(RecordedApi({**VALID, **LINE}), asks)

    assert replies[0].raw == LINE["line_type_intelligence"]
    assert replies[1].raw["valid"] is True
    assert "line_type_intelligence" not in replies[1].raw


def test_inputs_go_out_under_twilios_names():
    api = RecordedApi({**VALID, "identity_match": {}, "reassigned_number": {}})
    inputs = {"first_name": "Ada", "last_name": "Birch", "city": "", "consent_on": "20260131"}
    asks = asks_for(TWILIO, ["identity_match", "reassigned_number"], phone="+1", **inputs)

    ask(api, asks)

    assert api.asked[0][2] == {
        "Fields": "identity_match,reassigned_number",
        "FirstName": "Ada",
        "LastName": "Birch",
        "LastVerifiedDate": "20260131",
    }


def test_two_people_on_one_number_are_matched_apart():
    scores = iter([10, 20])
    api = RecordedApi(lambda path: {**VALID, "identity_match": {"summary_score": next(scores)}})
    lookup = TWILIO.lookups["identity_match"]
    asks = [
        Ask(lookup, Question({"phone": "+1", "last_name": name}))
        for name in ("Birch", "Dorn", "Birch")
    ]

    replies = ask(api, asks)

    assert [params["LastName"] for _, _, params in api.asked] == ["Birch", "Dorn"]
    assert [reply.facts[0].value for reply in replies] == [10, 20, 10]


def test_a_reassigned_number_cannot_be_asked_without_a_date():
    assert TWILIO.lookups["reassigned_number"].needs == {"phone", "consent_on"}


def test_a_failed_request_fails_its_own_asks_only():
    refused = QuestionRejected("no", status=400)
    api = RecordedApi(lambda path: refused if path.endswith("1") else {**VALID, **LINE})
    asks = [
        Ask(TWILIO.lookups["line_type"], Question({"phone": phone})) for phone in ("+10", "+11")
    ]

    replies = ask(api, asks)

    assert [reply.error for reply in replies] == [None, refused]
    assert [reply.facts[0].value for reply in replies[:1]] == ["mobile"]


@pytest.mark.parametrize("body", [None, [], "oops", {}, {"valid": "yes"}, {"code": 20500}])
def test_an_answer_of_another_shape_breaks_the_contract(body: Any):
    replies = ask(RecordedApi(body), asks_for(TWILIO, ["validation", "line_type"], phone="+1"))

    assert [type(reply.error) for reply in replies] == [ContractBroken, ContractBroken]


@pytest.mark.parametrize(
    ("score", "level"),
    [(0, "low"), (25, "low"), (26, "medium"), (74, "medium"), (75, "high"), (100, "high")],
)
def test_risk_levels(score: int, level: str):
    assert risk_level(score) == level


@pytest.mark.parametrize("score", [-1, 101, "61", True, 6.1])
def test_a_score_outside_0_to_100_is_refused(score: Any):
    with pytest.raises(ContractBroken, match="sms_pumping_risk_score"):
        sms_pumping_risk({"sms_pumping_risk_score": score})


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, 20003, CredentialRejected),
        (403, 20005, CredentialRejected),
        (403, 20008, CredentialRejected),
        (401, 0, CredentialRejected),
        (403, 0, NotEntitled),
        (404, 20404, NotFound),
        (404, 0, QuestionRejected),
        (404, 60600, NotFound),
        (429, 20429, Throttled),
        (429, 60003, Throttled),
        (429, 60611, QuotaExhausted),
        (402, 0, QuotaExhausted),
        *[(400, code, QuestionRejected) for code in range(21211, 21220)],
        (400, 60608, QuestionRejected),
        (422, 99999, QuestionRejected),
    ],
)
def test_a_refusal_has_one_class(status: int, code: int, kind: type[CallError]):
    error = classify(status, {"code": code, "message": "no", "status": status}, {})

    assert error is not None
    assert (type(error), error.status, error.code) == (kind, status, str(code or ""))
    assert not error.trips


@pytest.mark.parametrize("status", [200, 500, 503])
def test_other_statuses_say_enough(status: int):
    assert classify(status, {"code": 20003}, {}) is None


def test_both_error_envelopes_are_read():
    classic = classify(400, {"code": 21211, "message": "Invalid number"}, {})
    problem = classify(400, {"code": "21211", "title": "Bad", "detail": "Invalid number"}, {})

    assert str(classic) == str(problem) == "Twilio: error 21211: Invalid number"


def test_a_message_shows_no_number_and_no_account():
    words = f"/Accounts/AC{'0' * 32}/+14155550123 was not found"
    error = classify(404, {"code": 20404, "message": words}, {})

    assert str(error) == "Twilio: error 20404: /Accounts/AC…/…0123 was not found"


@pytest.mark.parametrize(
    ("wanted", "size"), [({}, 1), ({"batch_size": 40}, 40), ({"batch_size": "1000"}, 100)]
)
def test_batches_are_off_until_switched_on(wanted: dict[str, Any], size: int):
    assert batch_size(wanted) == size


def test_the_default_lookups_are_the_ones_everybody_can_buy():
    on = {name for name, lookup in TWILIO.lookups.items() if lookup.is_on_by_default}

    assert on == {"validation", "line_type", "caller_name", "sms_pumping_risk"}


def test_only_the_free_validation_is_a_price_from_the_vendors_page():
    sourced = {name for name, lookup in TWILIO.lookups.items() if lookup.price.source}

    assert sourced == {"validation"}
    assert TWILIO.lookups["validation"].price.usd == 0


def test_both_add_ons_are_asked_in_one_request():
    api = RecordedApi({"add_ons": {"results": {}}}, {"rpv_unique_name": "my_rpv"})
    ask(api, asks_for(TWILIO, ["real_phone_validation", "icehook_scout"], phone="+14155550100"))

    path = "/v1/PhoneNumbers/%2B14155550100"
    assert api.asked == [("GET", path, {"AddOns": ["icehook_scout", "my_rpv"]})]


def test_a_number_that_lookup_v1_does_not_know_is_not_found():
    missing = NotFound("no such number", status=404)
    replies = ask(RecordedApi(missing), asks_for(TWILIO, ["icehook_scout"], phone="+1"))

    assert replies[0].error is missing
