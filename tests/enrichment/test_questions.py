"""Questions and their keys, the same in Python and in the SQL of the estimate."""

import pytest
from django.db import connection

from enrichment.picking import _key_sql
from enrichment.questions import call_key, question, question_key
from integrations.registry import lookup

LINE_TYPE, CALLER_NAME = lookup("twilio.line_type"), lookup("twilio.caller_name")
IDENTITY = lookup("twilio.identity_match")
KNOWN = {"phone": "+14155550100", "last_name": "Ångström-LEE", "first_name": "Ann", "city": ""}


def test_a_question_has_what_is_needed_and_what_is_at_hand():
    assert question(IDENTITY, KNOWN).inputs == {
        "phone": "+14155550100",
        "last_name": "Ångström-LEE",
        "first_name": "Ann",
    }


def test_equal_questions_have_one_key_whatever_their_case():
    one = question_key(IDENTITY, question(IDENTITY, KNOWN), is_sandbox=True)
    other = {**KNOWN, "first_name": "ANN"}

    assert question_key(IDENTITY, question(IDENTITY, other), is_sandbox=True) == one


def test_sandbox_and_real_answers_are_never_mixed():
    asked = question(LINE_TYPE, KNOWN)

    assert question_key(LINE_TYPE, asked, is_sandbox=True) != question_key(
        LINE_TYPE, asked, is_sandbox=False
    )


def test_lookups_that_are_asked_together_share_a_call():
    asked = question(LINE_TYPE, KNOWN)

    assert call_key(LINE_TYPE, asked, is_sandbox=True) == call_key(
        CALLER_NAME, question(CALLER_NAME, KNOWN), is_sandbox=True
    )


@pytest.mark.parametrize("found", [LINE_TYPE, IDENTITY])
def test_the_database_computes_the_same_key(db, found):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE picked ON COMMIT DROP AS SELECT '+14155550100' AS phone_e164,"
            " 'Ångström-LEE' AS last_name, 'Ann' AS first_name, '' AS address_line, '' AS city,"
            " '' AS state, '' AS postal_code, '' AS phone_country"
        )
        cursor.execute(f"SELECT {_key_sql(found, is_sandbox=True)} FROM picked")
        key = cursor.fetchone()[0]

    assert key == question_key(found, question(found, KNOWN), is_sandbox=True)
