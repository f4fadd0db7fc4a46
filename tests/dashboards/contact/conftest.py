"""A contact of a file, a lookup and a person, with names that would run if they could."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from contacts.models import Company, Contact, Import, ImportRow
from enrichment.models import Answer, Recipe, Run, RunItem
from integrations.models import ApiCall

EVIL = "<script>alert(1)</script>"
NOW = timezone.now()


def answer(number: int, **fields: object) -> Answer:
    id_ = UUID(int=number)
    return Answer.objects.create(**{
        "id": id_, "question_key": id_, "lookup": "twilio.line_type", "request_id": id_,
        "outcome": "hit", "facts": {"line_type": ["mobile", 0.95]}, "raw": {"said": EVIL},
        "price_usd": "0.008", "observed_at": NOW, "expires_at": NOW + timedelta(days=30), **fields,
    })  # fmt: skip


@pytest.fixture
def held(db):
    """A contact with values from a file, a lookup and a person."""
    source = Import.objects.create(name=f"{EVIL}.csv", path="x")
    company = Company.objects.create(name="Acme", name_key="acme")
    bought = str(answer(1).pk)
    at = "2026-11-20T10:00:00+00:00"
    contact = Contact.objects.create(
        phone_raw=EVIL, phone_e164="+14155550100", phone_ext="12", first_name="Ann",
        full_name=EVIL, position="Buyer", city="Oslo", line_type="mobile", company=company,
        phone_is_valid=True, error=EVIL,
        provenance={
            "full_name": {"by": f"file:{source.pk}", "at": at, "sure": 0.9},
            "city": {"by": "person:ann", "at": at, "sure": 1.0},
            "line_type": {"by": "twilio.line_type", "at": at, "sure": 0.95, "answer": bought},
        },
    )  # fmt: skip
    ImportRow.objects.create(source=source, line=7, outcome="created", contact_id=contact.pk)
    return contact


def work(contact: Contact, start: int, end: int) -> None:
    """Runs, answers and calls about a contact, numbered from `start` up to `end`."""
    recipe = Recipe.objects.get_or_create(slug="r", defaults={"name": EVIL})[0]
    for n in range(start, end):
        bought = answer(1000 + n)
        run = Run.objects.create(recipe=recipe, name=f"{EVIL} {n}")
        trace = {
            "twilio.line_type": {"o": "hit", "usd": "0.008", "a": str(bought.pk)},
            "twilio.identity": {"o": "skipped", "why": "needs first_name, last_name"},
            EVIL: {"o": "error", "why": EVIL},
        }
        RunItem.objects.create(run=run, contact=contact, trace=trace, error=EVIL, state="done")
        ApiCall.objects.create(
            id=UUID(int=n), provider="twilio", lookup="line_type+caller_name", started_at=NOW,
            contact_id=contact.pk, outcome="failed", error=EVIL, exchange=EVIL,
        )  # fmt: skip


def address(name: str, contact: Contact, *args: object) -> str:
    return reverse(f"contact:{name}", args=[contact.pk, *args])


@pytest.fixture
def signed_in(client, django_user_model):
    """Signs somebody in who has just these permissions."""

    def sign_in(*permissions: str):
        user = django_user_model.objects.create_user("bo", password="x", is_staff=True)
        names = [name.split(".")[1] for name in permissions]
        user.user_permissions.set(Permission.objects.filter(codename__in=names))
        client.force_login(user)
        return client

    return sign_in
