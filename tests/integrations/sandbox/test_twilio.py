"""Twilio's part of the sandbox: shapes, distributions, magic numbers, accounts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.twilio import Twilio
from integrations.sandbox.twilio.magic import MAGIC
from integrations.sandbox.twilio.packages import PACKAGES

PAIR = b"Basic QUMwMDAwMDAwMDowMDAw"
FIELDS = "line_type_intelligence,caller_name,sms_pumping_risk"
ALL = ",".join(PACKAGES)
NUMBERS = [f"+1{area}555{line:04d}" for area in range(201, 241) for line in range(100, 200)]


def ask(path: str, query: str = "", *, authorization: bytes = PAIR, body: bytes = b"") -> Answer:
    method = "POST" if body else "GET"
    return Twilio().answer(Asked(method, path, query.encode(), authorization, body))


def lookup(number: str, fields: str = FIELDS):
    return orjson.loads(ask("/v2/PhoneNumbers/" + number, f"Fields={fields}").body)


def test_the_same_number_always_gets_the_same_answer():
    first, second = lookup("+14155550123", ALL), lookup("+14155550123", ALL)

    assert first == second


def test_a_package_says_the_same_whatever_else_is_asked():
    alone, together = lookup("+14155550123", "caller_name"), lookup("+14155550123", ALL)

    assert alone["caller_name"] == together["caller_name"]
    assert alone["line_type_intelligence"] is None


def test_line_types_are_spread_as_in_real_lists():
    types = Counter(lookup(number)["line_type_intelligence"]["type"] for number in NUMBERS)

    share = {kind: round(times / len(NUMBERS), 2) for kind, times in types.items()}
    assert 0.55 <= share["mobile"] <= 0.65
    assert 0.21 <= share["landline"] <= 0.29
    assert 0.09 <= share["fixedVoip"] + share["nonFixedVoip"] <= 0.17


def test_caller_names_are_known_for_seven_in_ten_american_numbers():
    american = [lookup(number) for number in NUMBERS]
    american = [found for found in american if found["country_code"] == "US"]
    named = [found for found in american if found["caller_name"]["caller_name"]]

    assert 0.66 <= len(named) / len(american) <= 0.74


def test_caller_names_are_not_covered_elsewhere():
    found = lookup("+442079460123")

    expected = {"caller_name": None, "caller_type": None, "error_code": 60600}
    assert found["caller_name"] == expected


@pytest.mark.parametrize(
    ("number", "error"),
    [
        ("+1415555012", "TOO_SHORT"),
        ("+141555501234", "TOO_LONG"),
        ("+1415555CALL", "NOT_A_NUMBER"),
        ("+9991234567", "INVALID_COUNTRY_CODE"),
    ],
)
def test_a_wrong_number_is_a_200_that_says_so(number: str, error: str):
    answer = ask("/v2/PhoneNumbers/" + number, f"Fields={FIELDS}")
    found = orjson.loads(answer.body)

    assert (answer.status, answer.charged) == (200, ())
    assert (found["valid"], found["validation_errors"]) == (False, [error])
    assert found["line_type_intelligence"] is None


def test_an_unknown_package_is_refused():
    answer = ask("/v2/PhoneNumbers/+14155550123", "Fields=line_types")

    assert (answer.status, orjson.loads(answer.body)["code"]) == (400, 60618)


def test_a_reassigned_number_needs_the_date():
    without = lookup("+14155550123", "reassigned_number")["reassigned_number"]
    asked = "reassigned_number&LastVerifiedDate=20260131"
    dated = lookup("+14155550123", asked)["reassigned_number"]

    assert without["error_code"] == "60617"
    assert (dated["last_verified_date"], dated["error_code"]) == ("2026-01-31", None)


def test_the_batch_answers_by_correlation_id():
    item = {"correlation_id": "7", "phone_number": "+14155550123", "fields": ["caller_name"]}
    answer = ask("/v2/batch/query", body=orjson.dumps({"phone_numbers": [item]}))
    found = orjson.loads(answer.body)["phone_numbers"]

    single = lookup("+14155550123", "caller_name")
    assert [each["correlation_id"] for each in found] == ["7"]
    assert found[0]["caller_name"] == single["caller_name"]
    assert answer.keys == answer.charged == ("+14155550123",)


def test_the_batch_has_no_pre_fill():
    item = {"phone_number": "+14155550123", "fields": ["pre_fill"]}
    answer = ask("/v2/batch/query", body=orjson.dumps({"phone_numbers": [item]}))

    assert answer.status == 400


def test_lookup_v1_answers_404_for_a_wrong_number():
    answer = ask("/v1/PhoneNumbers/+1415555012", "AddOns=icehook_scout")

    assert (answer.status, orjson.loads(answer.body)["code"]) == (404, 20404)


def test_lookup_v1_knows_two_add_ons():
    names = ["icehook_scout", "real_phone_validation_rpv_turbo"]
    query = "&".join(f"AddOns={name}" for name in [*names, "unheard_of"])
    answer = ask("/v1/PhoneNumbers/+14155550123", query)

    assert sorted(orjson.loads(answer.body)["add_ons"]["results"]) == names
    assert answer.lookups == ("icehook_scout", "real_phone_validation")


@pytest.mark.parametrize(
    ("ending", "status", "code"),
    [("0401", 401, 20003), ("0402", 403, 20005), ("0403", 403, 20008), (None, 401, 20003)],
)
def test_some_accounts_are_refused(ending: str | None, status: int, code: int):
    pair = b"" if ending is None else basic(ending)
    answer = ask("/v2/PhoneNumbers/+14155550123", authorization=pair)

    assert (answer.status, orjson.loads(answer.body)["code"]) == (status, code)


def test_an_account_without_packages_says_so_in_each():
    path = "/v2/PhoneNumbers/+14155550123"
    answer = ask(path, f"Fields={FIELDS}", authorization=basic("0606"))
    found = orjson.loads(answer.body)

    codes = {name: found[name]["error_code"] for name in FIELDS.split(",")}
    assert codes == dict.fromkeys(FIELDS.split(","), 60606)
    assert answer.charged == ()


def basic(ending: str) -> bytes:
    import base64

    return b"Basic " + base64.b64encode(f"AC{'0' * 28}{ending}:x".encode())


def test_every_magic_number_is_in_the_documentation():
    text = (Path(__file__).parents[3] / "docs/sandbox.md").read_text()

    missing = [n for n, magic in MAGIC.items() if f"| {n} | {magic.about} |" not in text]
    assert missing == []
