"""What a contact's quality is made of."""

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from contacts.models import Company, Contact
from contacts.models.quality import RULES

ALL = {
    "phone_is_valid": True, "email": "ada@example.test", "email_status": "valid",
    "full_name": "Ada Lovelace", "first_name": "Ada", "last_name": "Lovelace",
    "linkedin_url": "https://example.test/ada", "position": "Countess",
    "sms_pumping_risk_level": "low",
}  # fmt: skip


def quality(**values):
    made = Contact.objects.create(phone_raw="x", phone_e164="+14155550100", **values)
    return Contact.objects.get(pk=made.pk).quality_score


def test_everything_known_and_trusted_is_100(db):
    company = Company.objects.create(name="One", name_key="one")

    assert quality(**ALL, company=company) == 100
    assert sum(points for *_, points in RULES if points > 0) == 110  # one of the two for e-mail


@pytest.mark.parametrize(
    ("known", "points"),
    [
        ({}, 0),
        ({"phone_is_valid": True}, 20),
        ({"phone_is_valid": False}, 0),
        ({"email": "ada@example.test"}, 10),
        ({"email": "ada@example.test", "email_status": "guessed"}, 10),
        ({"email": "ada@example.test", "email_status": "accept_all"}, 10),
        ({"email": "ada@example.test", "email_status": "valid"}, 20),
        ({"email": "ada@example.test", "email_status": "invalid"}, 0),
        ({"email": "ada@example.test", "email_status": "spamtrap"}, 0),
        ({"email_status": "valid"}, 0),
        ({"first_name": "Ada"}, 0),
        ({"first_name": "Ada", "last_name": "Lovelace"}, 5),
        ({"full_name": "Ada Lovelace"}, 15),
        ({"phone_is_valid": True, "sms_pumping_risk_level": "medium"}, 20),
        ({"phone_is_valid": True, "position": "Countess", "sms_pumping_risk_level": "high"}, 5),
        ({"sms_pumping_risk_level": "high"}, 0),
    ],
)
def test_d_4_quality_is_from_0_to_100(db, known, points):
    assert quality(**known) == points


def test_quality_follows_every_write_and_nobody_writes_it(db):
    made = Contact.objects.create(phone_raw="x", phone_e164="+14155550100", **ALL)
    assert Contact.objects.get().quality_score == 80

    Contact.objects.update(email="", email_status="")
    assert Contact.objects.get().quality_score == 60
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("UPDATE contacts_contact SET quality_score = 1 WHERE id = %s", [made.pk])
