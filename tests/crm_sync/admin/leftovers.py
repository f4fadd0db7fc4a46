"""What syncs leave to people, of every kind, and the pages that show it."""

from __future__ import annotations

from django.urls import reverse

from contacts.models import Contact
from crm_sync.models import Link, OutboxItem

LOOKS = (
    "view_connection", "view_outboxitem", "view_link", "view_conflict", "view_deletion",
    "view_contact",
)  # fmt: skip
ACTS = (*LOOKS, "sync_connection")


def at(of, name):
    return reverse(f"admin:crm_sync_connection_{name}", args=[of.pk])


def shown(client, of, name, **query):
    return client.get(at(of, name), query).content.decode()


def contact(n=0, name="Ann Ash"):
    phone = f"+1415555{n + 100:04}"
    return Contact.objects.create(phone_raw=phone, phone_e164=phone, full_name=name)


def refused(of, subject=None, **more):
    values = {"state": "rejected", "words": "the e-mail is no e-mail", "code": "INVALID", **more}
    pk = subject.pk if subject else contact(OutboxItem.objects.count()).pk
    return OutboxItem.objects.create(connection=of, object="contact", subject_id=pk, **values)


def link(of, person_=None, **more):
    values = {"state": "several", "candidates": ["11", "12"], **more}
    return Link.objects.create(
        connection=of, object="contact", contact=person_ or contact(Link.objects.count()), **values
    )


def settled(client, of, row, **data):
    return client.post(at(of, "choose_settle"), {"link": row.pk, **data})
