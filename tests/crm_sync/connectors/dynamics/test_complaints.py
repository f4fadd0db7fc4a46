"""Dataverse's errors: every form of body, every code, and what is done about each."""

from __future__ import annotations

import pytest

from crm_sync.connector import Write
from crm_sync.connectors.dynamics import outcomes
from crm_sync.connectors.dynamics.complaints import Complaint, plain, read
from crm_sync.connectors.dynamics.multipart import Part
from crm_sync.connectors.dynamics.provider import classify
from integrations.errors import (
    CredentialRejected,
    NotEntitled,
    NotFound,
    OutcomeUnknown,
    QuestionRejected,
    ServerFailed,
    Throttled,
)

ID, OTHER = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"


def error(code="", words=""):
    return {"error": {"code": code, "message": words}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (error("0x80040265", "No."), Complaint("0x80040265", "No.")),
        ({"error": {"code": "0x1", "message": "", "innererror": {"message": "Deep"}}},
         Complaint("0x1", "Deep")),
        ({"error": {"code": "", "message": "No."}}, Complaint("", "No.")),
        ({"error": {"code": -2147220685, "message": None}}, Complaint("0x80040333")),
        ({"error": {"code": "80040333"}}, Complaint("0x80040333")),
        ({"error": {"code": "0X80040333"}}, Complaint("0x80040333")),
        ('{"error":{"code":"0x1","message":"As text"}}', Complaint("0x1", "As text")),
        (b'{"error":{"code":"0x1","message":"As bytes"}}', Complaint("0x1", "As bytes")),
        ({"error": "invalid"}, Complaint()),
        ({"error": {"code": ["x"], "message": {"a": 1}}}, Complaint("['x']")),
        ({}, Complaint()), ([], Complaint()), (None, Complaint()), ("", Complaint()),
        ("<html><body>502 Bad Gateway</body></html>", Complaint()), (b"\xff\xfe", Complaint()),
        ("{broken", Complaint()),
    ],
)  # fmt: skip
def test_ar_43_every_form_of_a_body_is_read_and_none_raises(body, expected):
    assert read(body) == expected
    assert classify(500, body, {}) is None or read(body).code


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("The length of the 'jobtitle' attribute of the 'contact' entity exceeded it", "jobtitle"),
        ("The value 5 of 'gendercode' on record of type 'contact' is outside", "gendercode"),
        ("The property 'new_x' does not exist on type 'contact'", "new_x"),
        ("An undeclared property 'parentid@odata.bind' was found", "parentid"),
        ("Invalid property 'new_y' was found in entity", "new_y"),
        ("Error converting attribute value to Property Attribute [fax], Expected", "fax"),
        ("Something else about 'it'", ""),
    ],
)  # fmt: skip
def test_the_column_at_fault_is_named(words, field):
    assert read(error("0x1", words)).field == field


def test_words_are_plain_and_not_endless():
    wrapped = (
        "Error identified in Payload provided by the user for Entity :'contacts', For more "
        "information on this error please follow this help link https://x ---->  InnerException : "
        "Microsoft.OData.ODataException: Cannot convert\r\n  the literal."
    )
    assert plain(wrapped) == "Cannot convert the literal."
    assert plain("A validation error occurred. Too long.") == "Too long."
    assert len(plain("x" * 5_000)) == 300


# What an answer means for a whole call: status, code, our error (None: by the general table).
WHOLE = [
    (200, "", None), (201, "", None), (204, "", None),
    (400, "", QuestionRejected), (400, "0x80044331", QuestionRejected),
    (401, "", CredentialRejected), (403, "", NotEntitled), (403, "0x80040220", NotEntitled),
    (400, "0x80040220", NotEntitled), (403, "0x80072560", NotEntitled),
    (404, "", NotFound), (400, "0x80040217", NotFound), (410, "", NotFound),
    (409, "", QuestionRejected), (412, "", QuestionRejected), (413, "", QuestionRejected),
    (412, "0x80040333", QuestionRejected), (500, "0x80040333", QuestionRejected),
    (400, "0x80040333", QuestionRejected), (409, "0x80040333", QuestionRejected),
    (429, "", Throttled), (429, "0x80072322", Throttled), (429, "0x80072321", Throttled),
    (429, "0x80072326", Throttled), (503, "0x80072322", Throttled),
    (408, "", None), (500, "", None), (502, "", None), (503, "", None), (504, "", None),
]  # fmt: skip


@pytest.mark.parametrize(("status", "code", "expected"), WHOLE)
def test_ar_44_what_a_status_and_a_code_mean(status, code, expected):
    found = classify(status, error(code, "Words."), {})
    assert type(found) is (expected or type(None))
    assert found is None or (found.code, str(found)) == (code, "Dynamics 365: Words.")


def test_ar_41_ar_45_each_category_says_what_to_do():
    kinds = (CredentialRejected, NotEntitled, NotFound, QuestionRejected, Throttled, ServerFailed,
             OutcomeUnknown)  # fmt: skip
    assert {kind.__name__: (kind.retries, kind.trips, kind.acts) for kind in kinds} == {
        "CredentialRejected": (False, False, "operator"),
        "NotEntitled": (False, False, "operator"),
        "NotFound": (False, False, "nobody"),
        "QuestionRejected": (False, False, "nobody"),
        "Throttled": (True, False, "us"),
        "ServerFailed": (True, True, "provider"),
        "OutcomeUnknown": (False, True, "provider"),
    }


# What an item's answer means: status, code, words, whether its id is known, the outcome.
ITEMS = [
    (200, "", "", True, "updated"), (201, "", "", False, "created"), (204, "", "", True, "updated"),
    (304, "", "", True, "same"),
    (400, "0x80044331", "", True, "rejected"), (400, "", "", False, "rejected"),
    (403, "0x80040220", "", True, "rejected"), (413, "", "", True, "rejected"),
    (404, "", "", True, "gone"), (404, "0x80040217", f"Id = {ID} Does Not Exist", True, "gone"),
    (404, "0x80040217", f"Id = {OTHER} Does Not Exist", True, "rejected"),
    (404, "", "", False, "rejected"), (400, "0x80040217", "", True, "gone"),
    (409, "", "", True, "again"), (412, "", "", True, "again"),
    (412, "0x80060882", "", True, "again"),
    (412, "0x80060892", "", True, "several"), (412, "0x80040237", "", True, "several"),
    (500, "0x80040333", "", False, "several"), (412, "0x80040333", "", True, "several"),
    (429, "0x80072322", "", True, "again"), (503, "0x80072321", "", True, "again"),
    (429, "", "", False, "again"), (408, "", "", True, "again"),
    (500, "0x80044150", "", True, "again"), (503, "", "", False, "again"),
    (500, "0x80040265", "The plug-in says no", True, "rejected"),
    (400, "0x80040265", "The plug-in says no", True, "rejected"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "code", "words", "is_known", "outcome"), ITEMS)
def test_ar_44_what_becomes_of_an_item(status, code, words, is_known, outcome):
    body = error(code, words) if status >= 400 else None
    found = outcomes.of_write(
        Write("k", {}, ID if is_known else ""), Part(status, {}, body), "contactid"
    )
    assert (found.key, found.outcome) == ("k", outcome)
    assert status < 400 or found.words


def test_xr_63_content_and_no_content_are_success_on_create_and_update():
    address = f"https://a.test/api/data/v9.2/contacts({ID})"
    by_key = "https://a.test/api/data/v9.2/contacts(new_switchboardid='k')"
    unknown, known = Write("k", {}), Write("k", {}, ID)

    def became(one, status, headers=None, body=None):
        found = outcomes.of_write(one, Part(status, headers or {}, body), "contactid")
        return found.outcome, found.remote_id

    assert became(unknown, 201, body={"contactid": ID}) == ("created", ID)
    assert became(unknown, 200, body={"contactid": ID}) == ("updated", ID)
    assert became(unknown, 204, {"odata-entityid": address}) == ("updated", ID)
    assert became(unknown, 204, {"odata-entityid": by_key}) == ("updated", "")  # looked up then
    assert became(known, 204) == ("updated", ID)
