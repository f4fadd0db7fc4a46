"""What the office has synced with CRMs, and what that left to people."""

from __future__ import annotations

from typing import Any

import httpx2
from django.conf import settings
from django.contrib.auth.models import User

from contacts.erasing import service as erasing
from contacts.models import Contact
from crm_sync import services
from crm_sync.connector import CONTACT
from crm_sync.models import Connection, Link, Sync
from tests.e2e.waiting import until


def sync(by: User) -> None:
    """Have contacts synced with two CRMs: some refused, some to choose, one a conflict."""
    known = Contact.objects.filter(status="completed").exclude(email="").order_by("-pk")
    several, differs, leaves, named_twice, twin = known[:5]  # the first ones said STOP
    Contact.objects.filter(pk=twin.pk).update(email=named_twice.email)
    field_sales = Connection.objects.get(kind="pipedrive")
    marketing = Connection.objects.get(kind="hubspot")
    Connection.objects.filter(pk=field_sales.pk).update(direction=Connection.Direction.BOTH)
    for name in ("One Twin", "Another Twin"):
        person(name, several.email)
    person("Somebody Else", differs.email)

    synced(field_sales, by, is_dry=True)
    synced(field_sales, by)
    synced(marketing, by)
    _edit_on_both_sides(differs, field_sales)
    synced(field_sales, by)
    who = erasing.preview_contact(leaves).person
    until(erasing.start(who, asked_by="A letter of 20 November", by=by), "again", of="step")


def synced(of: Connection, by: User, *, is_dry: bool = False) -> Sync:
    of.refresh_from_db()
    return until(services.start(of, user=by, is_dry=is_dry), "done")


def person(name: str, email: str) -> None:
    """Have somebody make a person in Pipedrive."""
    control(create=["persons", {"name": name, "emails": [{"value": email, "primary": True}]}])


def control(**wanted: Any) -> None:
    """Have the Pipedrive that is played do something by itself."""
    told = httpx2.post(f"{settings.SANDBOX_URL}/_control/pipedrive", json=wanted)
    told.raise_for_status()


def _edit_on_both_sides(one: Contact, of: Connection) -> None:
    link = Link.objects.get(connection=of, object=CONTACT, contact=one)
    control(edit=["persons", link.remote_id, {"name": "Their Name"}])
    Contact.objects.filter(pk=one.pk).update(full_name="Our Name")
