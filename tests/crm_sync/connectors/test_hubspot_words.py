"""What HubSpot's refusals mean, in each of the shapes in which they come."""

from __future__ import annotations

from decimal import Decimal

import pytest
from multidict import CIMultiDict

from crm_sync.connectors.hubspot.complaints import Complaint, read_complaint
from crm_sync.connectors.hubspot.provider import PROVIDER, classify, read_limits
from integrations.calls import AccountView, Call
from integrations.classify import error_for
from integrations.errors import (
    CredentialRejected,
    NotEntitled,
    NotFound,
    OutcomeUnknown,
    QuestionRejected,
    ServerFailed,
    Throttled,
)
from integrations.ids import uuid7

# AR-44, AR-45: each has its own consequence.
STATUSES = [
    (400, QuestionRejected), (401, CredentialRejected), (403, NotEntitled), (404, NotFound),
    (408, OutcomeUnknown), (409, QuestionRejected), (413, QuestionRejected), (423, Throttled),
    (429, Throttled), (477, Throttled), (500, ServerFailed), (502, ServerFailed),
    (503, ServerFailed), (504, ServerFailed), (524, ServerFailed),
]  # fmt: skip


@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_ar_44_every_status_has_its_meaning(status, kind):
    view = AccountView(-1, "hubspot-1", 1, {}, {}, (), 1, "http://127.0.0.1", True, Decimal(0))
    for body in ({"message": "No", "category": "X"}, "<html>", None, []):
        error = error_for(Call(PROVIDER, view, uuid7()), status, CIMultiDict(), body)
        assert type(error) is kind


@pytest.mark.parametrize("status", [200, 201, 204, 207])
def test_ar_44_success_is_no_error(status):
    assert classify(status, {"status": "COMPLETE"}, {}) is None


@pytest.mark.parametrize(
    ("policy", "headers", "wait"),
    [
        ("TEN_SECONDLY_ROLLING", {}, 2.0),
        ("SECONDLY", {}, 1.0),
        ("DAILY", {}, 3_600.0),
        ("A_NEW_ONE", {}, 1.0),
        ("DAILY", {"Retry-After": "60"}, None),
    ],
)
def test_ar_45_a_limit_says_when_to_ask_again(policy, headers, wait):
    body = {"errorType": "RATE_LIMIT", "policyName": policy, "message": "You have reached it."}

    error = classify(429, body, headers)

    assert (type(error), error.code, error.retry_after_s) == (Throttled, policy, wait)


def test_a_missing_scope_is_named():
    body = {
        "category": "MISSING_SCOPES",
        "message": "This app hasn't been granted all required scopes to make this call.",
        "errors": [{"context": {"requiredGranularScopes": ["crm.objects.contacts.write"]}}],
    }

    error = classify(403, body, {})

    assert str(error) == "HubSpot: the token lacks the scope crm.objects.contacts.write"
    assert error.code == "MISSING_SCOPES"


OLD = (
    'Property values were not valid: [{"isValid":false,"message":"Mars was not one of the allowed '
    'options","error":"INVALID_OPTION","name":"industry","portalId":62515}]'
)
TAKEN = (
    "Cannot set PropertyValueCoordinates{portalId=62515, objectTypeId=0-1, objectId=101, "
    "propertyName=email, value=ada@example.test} on 101. 51 already has that value."
)
INVALID, GONE = "VALIDATION_ERROR", "OBJECT_NOT_FOUND"


@pytest.mark.parametrize(
    ("error", "field", "code", "outcome"),
    [
        ({"message": OLD, "category": INVALID}, "industry", "INVALID_OPTION", "rejected"),
        ({"message": TAKEN, "category": INVALID}, "email", INVALID, "several"),
        (
            {"message": "Contact already exists. Existing ID: 51", "category": "CONFLICT"},
            "email", "CONFLICT", "several",
        ),
        (
            {"message": TAKEN.replace("=email", "=our_key"), "category": INVALID},
            "our_key", INVALID, "again",
        ),
        (
            {"message": "Contact already exists", "error": "CONTACT_EXISTS",
             "identityProfile": {"vid": 51}},
            "email", "", "several",
        ),
        ({"message": "Too fast", "category": "RATE_LIMITS"}, "", "RATE_LIMITS", "again"),
        ({"message": "Not there", "category": GONE}, "", GONE, "rejected"),
        ({}, "", "", "rejected"),
        ("<html>Bad gateway</html>", "", "", "rejected"),
        (None, "", "", "rejected"),
        ({"message": "[{broken", "errors": "none", "context": []}, "", "", "rejected"),
        ({"errors": [None], "context": {"ids": None}}, "", "", "rejected"),
    ],
)  # fmt: skip
def test_ar_43_every_shape_of_a_refusal_is_read(error, field, code, outcome):
    complaint = read_complaint(error)

    assert (complaint.field, complaint.code) == (field, code)
    assert complaint.outcome(key_field="our_key", is_known=False) == outcome
    assert complaint.words


def test_an_error_of_a_207_says_whose_it_is():
    error = {
        "status": "error", "category": INVALID, "message": "Property values were not valid",
        "context": {"objectWriteTraceId": ["row-18"], "ids": [512]}, "errors": [], "links": {},
    }  # fmt: skip

    assert read_complaint(error).about == {"row-18", "512"}


def test_our_key_on_two_records_of_theirs_is_for_a_person_to_decide():
    complaint = Complaint("Taken", "our_key", "VALIDATION_ERROR", other="51")

    assert complaint.outcome(key_field="our_key", is_known=True) == "several"


def test_the_limits_of_an_answer_are_read_and_nonsense_is_not():
    told = {
        "X-HubSpot-RateLimit-Max": "100",
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        "X-HubSpot-RateLimit-Remaining": "99",
        "X-HubSpot-RateLimit-Daily": "250000",
        "X-HubSpot-RateLimit-Daily-Remaining": "1",
    }

    moment, day = read_limits(CIMultiDict(told), ())

    assert (moment.limit, moment.per.total_seconds(), moment.left) == (100, 10, None)
    assert (day.limit, day.left) == (250_000, 1)
    assert read_limits(CIMultiDict({"X-HubSpot-RateLimit-Max": "many"}), ()) == []
