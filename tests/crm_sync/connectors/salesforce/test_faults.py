"""What Salesforce's errors mean to us."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm_sync.connectors.salesforce.asking import literal
from crm_sync.connectors.salesforce.faults import (
    Said,
    classify,
    outcome_of,
    said,
    said_of_row,
)
from integrations.errors import (
    CredentialRejected,
    NotEntitled,
    NotFound,
    QuestionRejected,
    QuotaExhausted,
    ServerFailed,
    Throttled,
)

KEY = "Switchboard_Id__c"


def errors(code, message="words", *fields):
    return [{"errorCode": code, "message": message, "fields": list(fields)}]


def test_b_73_errors_are_read_as_the_list_that_they_are():
    error = classify(400, errors("REQUIRED_FIELD_MISSING", "missing: [LastName]", "LastName"), {})

    assert type(error) is QuestionRejected
    assert str(error) == "Salesforce: missing: [LastName]"
    assert error.code == "REQUIRED_FIELD_MISSING"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (errors("A_CODE", "why", "Email"), Said("A_CODE", "why", "Email")),
        ([{"statusCode": "A", "message": "why", "fields": []}], Said("A", "why")),
        ({"error": "invalid_grant", "error_description": "old"}, Said("invalid_grant", "old")),
        ("<html>Down</html>", Said("", "<html>Down</html>")),
        (None, Said("", "it gave no reason")),
        ([], Said("", "it gave no reason")),
        ([None], Said("", "it gave no reason")),
        ([{"fields": None}], Said("", "")),
        (errors("INVALID_FIELD", "No such column 'Foo__c' on x"),
         Said("INVALID_FIELD", "No such column 'Foo__c' on x", "Foo__c")),
    ],
)  # fmt: skip
def test_ar_43_b_73_no_shape_of_an_error_is_an_error_of_ours(body, expected):
    assert said(body) == expected


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "INVALID_SESSION_ID", CredentialRejected),
        (403, "INVALID_SESSION_ID", CredentialRejected),
        (403, "API_DISABLED_FOR_ORG", NotEntitled),
        (403, "STORAGE_LIMIT_EXCEEDED", QuotaExhausted),
        (404, "NOT_FOUND", NotFound),
        (410, "UNSUPPORTED_API_VERSION", NotFound),
        (409, "UNABLE_TO_LOCK_ROW", Throttled),
        (400, "QUERY_TIMEOUT", ServerFailed),
        (400, "MALFORMED_QUERY", QuestionRejected),
        (413, "", QuestionRejected),
        (429, "", Throttled),
    ],
)
def test_ar_44_each_status_and_code_is_one_of_our_errors(status, code, kind):
    assert type(classify(status, errors(code), {})) is kind


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, []), (204, None), (300, []), (500, "x"), (503, errors("SERVER_UNAVAILABLE"))],
)
def test_what_is_plain_is_left_to_the_common_table(status, body):
    assert classify(status, body, {}) is None


def test_ar_45_the_days_limit_is_a_quota_with_a_time_to_look_again():
    words, began = "TotalRequests Limit exceeded.", datetime.now(UTC)
    error = classify(403, errors("REQUEST_LIMIT_EXCEEDED", words), {})

    assert type(error) is QuotaExhausted
    assert error.retry_after_s == 3600
    assert error.retry_at
    assert began <= error.retry_at - timedelta(hours=1) <= datetime.now(UTC)


def test_ar_45_too_many_at_once_only_has_to_wait():
    words = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    error = classify(403, errors("REQUEST_LIMIT_EXCEEDED", words), {})

    assert (type(error), error.retry_after_s) == (Throttled, 5)


@pytest.mark.parametrize(
    ("code", "field", "is_known", "expected"),
    [
        ("UNABLE_TO_LOCK_ROW", "", True, "again"),
        ("STORAGE_LIMIT_EXCEEDED", "", False, "again"),
        ("ENTITY_IS_DELETED", "", True, "gone"),
        ("INVALID_CROSS_REFERENCE_KEY", "", True, "gone"),
        ("ENTITY_IS_DELETED", "AccountId", True, "rejected"),
        ("DUPLICATES_DETECTED", "", False, "several"),
        ("DUPLICATE_EXTERNAL_ID", KEY, False, "several"),
        ("DUPLICATE_VALUE", KEY, False, "again"),
        ("DUPLICATE_VALUE", KEY, True, "several"),
        ("DUPLICATE_VALUE", "Number__c", False, "rejected"),
        ("STRING_TOO_LONG", "FirstName", False, "rejected"),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "", True, "rejected"),
    ],
)
def test_a_records_error_is_one_of_our_outcomes(code, field, is_known, expected):
    assert outcome_of(Said(code, "", field), KEY, is_known=is_known) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("STRING_TOO_LONG:First Name: too large: a:b (max length=40):FirstName --",
         Said("STRING_TOO_LONG", "First Name: too large: a:b (max length=40)", "FirstName")),
        ("UNABLE_TO_LOCK_ROW:unable to obtain access:--",
         Said("UNABLE_TO_LOCK_ROW", "unable to obtain access")),
        ("DUPLICATE_VALUE:duplicate value found: X__c duplicates value on record with id: 1:--",
         Said("DUPLICATE_VALUE", "duplicate value found: X__c duplicates value on record with "
              "id: 1", "X__c")),
        ("nobody knows", Said("", "nobody knows")),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION:two\nlines:A, B --",
         Said("FIELD_CUSTOM_VALIDATION_EXCEPTION", "two\nlines", "A")),
    ],
)  # fmt: skip
def test_a_row_of_failed_results_is_read(text, expected):
    assert said_of_row(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("o'neil@example.test", r"'o\'neil@example.test'"),
        ("a' OR Name != '", r"'a\' OR Name != \''"),
        ("back\\' slash", r"'back\\\' slash'"),
        ("two\nlines", r"'two\nlines'"),
    ],
)
def test_xr_72_no_text_ends_its_literal(text, expected):
    assert literal(text) == expected
