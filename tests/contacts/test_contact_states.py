"""The state machine and the constraints hold against raw SQL, bulk updates and careless code."""

import itertools

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from contacts.models import Company, Contact

ALLOWED = {
    ("pending", "processing"),
    ("processing", "completed"),
    ("processing", "failed"),
    ("failed", "pending"),
    ("failed", "processing"),
}
WAYS = {
    "pending": [],
    "processing": ["processing"],
    "completed": ["processing", "completed"],
    "failed": ["processing", "failed"],
}


def contact(status="pending", **fields):
    made = Contact.objects.create(phone_raw="x", phone_e164="+14155550100", **fields)
    for step in WAYS[status]:
        Contact.objects.filter(pk=made.pk).update(status=step)
    return made


@pytest.mark.parametrize(("old", "new"), itertools.permutations(WAYS, 2))
def test_raw_sql_takes_only_the_allowed_ways(db, old, new):
    made = contact(old)

    def move():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE contacts_contact SET status = %s", [new])

    if (old, new) in ALLOWED:
        move()
        made.refresh_from_db()
        assert made.status == new
    else:
        with pytest.raises(IntegrityError, match=f"from {old} to {new}"):
            move()


def test_a_completed_contact_is_reopened_explicitly(db):
    made = contact("completed")

    Contact.objects.filter(pk=made.pk).update(status="pending", reprocessed_at=Now())

    made.refresh_from_db()
    assert made.status == "pending"


def test_a_bulk_update_with_one_wrong_row_changes_none(db):
    contact("processing")
    contact("pending")

    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.update(status="completed")

    assert sorted(Contact.objects.values_list("status", flat=True)) == ["pending", "processing"]


def test_a_new_contact_is_pending(db):
    with pytest.raises(IntegrityError, match="a new contact is pending"):
        Contact.objects.create(phone_raw="x", phone_e164="+14155550100", status="completed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone_e164": "4155550100"},
        {"phone_e164": "+0155550100"},
        {"phone_ext": "abc"},
        {"email": "not an address"},
        {"sms_pumping_risk_score": 101},
        {"sms_pumping_risk_level": "huge"},
        {"identity_match_score": 101},
        {"cost_usd": -1},
        {"status": "done"},
    ],
)
def test_the_database_refuses_what_no_form_would_take(db, wrong):
    made = contact()

    with pytest.raises(IntegrityError):
        Contact.objects.filter(pk=made.pk).update(**wrong)


def test_a_domain_belongs_to_one_company(db):
    Company.objects.create(name="One", name_key="one", domain="example.test")

    with pytest.raises(IntegrityError, match="company_domain_once"):
        Company.objects.create(name="Two", name_key="two", domain="example.test")


def test_a_company_has_a_name_or_a_domain(db):
    with pytest.raises(IntegrityError, match="company_has_name_or_domain"):
        Company.objects.create()
