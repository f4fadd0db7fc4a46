"""Inputs and the keys of questions: what Python writes is what PostgreSQL writes."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.models import Company, Contact
from domains.consumer_mail import DOMAINS
from enrichment import golden, inputs
from enrichment.models import Run
from enrichment.picking import _askable_sql, _key_sql, pick
from enrichment.questions import question, question_key
from integrations.provider import FREE, Lookup, days
from tests.enrichment.conftest import contact

VALUES: dict[str, Any] = {
    "CharField": "Ångström-LEE",
    "BooleanField": True,
    "FloatField": 4.1234565,
    "PositiveSmallIntegerField": 0,
    "PositiveIntegerField": 12,
    "PositiveBigIntegerField": 2**40,
    "DateTimeField": datetime(2026, 3, 4, 5, 6, 7, 890_000, UTC),
    "DateField": date(2026, 3, 4),
}
OWN = {
    "email": "ann.lee@acme.test",
    "company.domain": "acme.test",
    "sms_pumping_risk_level": "low",
    "email_status": "valid",
}


def asking(*needs):
    return Lookup("p", "any", "any", frozenset(needs), frozenset(), FREE, days(1))


def stored(name, value):
    """A contact of whom only this is known, and its firm, as columns."""
    column = name.removeprefix(golden.OF_COMPANY)
    if golden.is_of_company(name):
        return contact(company=Company.objects.create(**{"name": "Acme", column: value}))
    return contact(**{column: value})


def row_of(one):
    """Return a contact's values as the claim reads them."""
    values = {
        name: getattr(one.company, name.removeprefix(golden.OF_COMPANY))
        if golden.is_of_company(name)
        else getattr(one, name)
        for name in golden.FIELDS
        if one.company or not golden.is_of_company(name)
    }
    return {**values, "phone_e164": one.phone_e164, "consent_on": one.consent_on}


def keys(lookup):
    """Return the keys that the database computes, of the contacts that can be asked about."""
    with connection.cursor() as cursor:
        recipe_run = Run(plan={"wanted": []})
        pick(cursor, recipe_run, [lookup])
        cursor.execute(
            f"SELECT {_key_sql(lookup, is_sandbox=True)} FROM picked WHERE {_askable_sql(lookup)}"
        )
        found = [key for (key,) in cursor.fetchall()]
        cursor.execute("DROP TABLE picked")
    return found


@pytest.mark.parametrize("name", sorted(golden.FIELDS))
def test_every_golden_field_is_an_input_and_both_write_one_key(db, name):
    lookup = asking(name)
    value = OWN.get(name, VALUES[type(golden.FIELDS[name]).__name__])
    if type(golden.FIELDS[name]).__name__ == "CharField":
        value = value[: golden.FIELDS[name].max_length]
    one = stored(name, value)
    one = Contact.objects.select_related("company").get(pk=one.pk)

    known = inputs.known_of(row_of(one), lookup.needs)

    assert keys(lookup) == [question_key(lookup, question(lookup, known), is_sandbox=True)]


@pytest.mark.parametrize("name", sorted(golden.FIELDS))
def test_null_blank_and_false_are_missing_for_both(db, name):
    field = golden.FIELDS[name]
    blank = {"CharField": "", "BooleanField": False}.get(type(field).__name__)
    if name == "company.domain":
        blank = None
    if name == "company.name":
        one = contact(company=Company.objects.create(domain="acme.test"))
    else:
        one = stored(name, blank)

    assert inputs.known_of(row_of(one), [name]) == {}
    assert keys(asking(name)) == []


@pytest.mark.parametrize("domain", ["gmail.com", "mail.yahoo.co.uk", "a.b.gmail.com"])
def test_a_consumer_mail_domain_is_no_input(db, domain):
    one = stored("company.domain", domain)

    assert inputs.known_of(row_of(one), ["company.domain"]) == {}
    assert keys(asking("company.domain")) == []


def test_no_consumer_mail_has_more_labels_than_the_database_looks_at():
    assert max(domain.count(".") for domain in DOMAINS) == 2


def test_number_consent_and_country_are_inputs_too(db):
    one = contact(consent_on=date(2026, 1, 31), phone_country="US")

    known = inputs.known_of(row_of(one), ["phone", "consent_on", "address_country"])

    assert known == {"phone": "+14155550100", "consent_on": "20260131", "address_country": "US"}


def test_an_invalid_number_is_no_input(db):
    one = contact(phone_is_valid=False)

    assert inputs.known_of(row_of(one), ["phone"]) == {}


@settings(max_examples=300)
@given(st.floats(min_value=-180, max_value=180, allow_nan=False))
def test_numbers_are_written_alike(django_db_blocker, django_db_setup, value):
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT trim_scale(round(%s::float8::numeric, 6))::text", [value])
        (written,) = cursor.fetchone()

    assert inputs.text("latitude", value) == written


def test_a_facts_form_is_written_like_the_columns():
    assert inputs.text("sim_swapped_at", "2026-03-04T07:06:07+02:00") == "2026-03-04T05:06:07Z"
    assert inputs.text("company.domain_created_on", "2001-02-03") == "2001-02-03"
    assert inputs.text("latitude", -0.0) == "0"
