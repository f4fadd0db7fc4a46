"""One person in every table that can hold one, and the search for what is left of her."""

import csv
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone

from contacts.annotations import add_note, add_tag
from contacts.erasing import service, work
from contacts.models import (
    Contact,
    Erasure,
    Export,
    ExportDownload,
    Happening,
    Import,
    ImportRow,
    Suppression,
)
from contacts.services import edit_contact
from crm_sync.models import Conflict, Connection, Finding, Link, OutboxItem, Referral, Sync
from crm_sync.referrals.storing import store
from enrichment.models import Answer, Recipe, Run, RunItem
from integrations.ids import uuid7
from integrations.models import Account, ApiCall
from outreach.models import Campaign, Consent, Message, Template
from tests.contacts.conftest import import_rows, run, uploads, write
from tests.crm_sync.referrals.house import body
from webhooks.models import Delivery, Parcel, Subscription
from webhooks.out import subscriptions

__all__ = ["import_rows", "run", "uploads", "write"]

PHONE, EMAIL, NAME = "+14155550142", "zelda.quux@acme.test", "Zelda Quuxbury"
ROW = (PHONE, NAME, "Acme", EMAIL, "Oslo")
OTHER = ("+14155550143", "Bob Ray", "Acme", "bob@acme.test", "Oslo")
# However a number is written somewhere.
WRITTEN = ("(415) 555-0142", "415-555-0142", "415.555.0142", "14155550142", "tel:+1-415-555-0142")


@pytest.fixture
def house(import_rows, settings, tmp_path):
    """Zelda everywhere; returns her contact."""
    settings.ERASURE_AGAIN_S = 0
    settings.EXPORTS = tmp_path / "exports"
    settings.EXPORTS.mkdir()
    user = User.objects.create_user("owner")
    import_rows(ROW, OTHER)
    zelda = Contact.objects.get(full_name=NAME)
    of_contacts(zelda, user)
    of_enrichment(zelda)
    of_outreach(zelda)
    of_webhooks(zelda)
    of_crms(zelda)
    return zelda


def of_contacts(zelda, user):
    add_note(zelda, f"{NAME} called from {WRITTEN[0]}", user)
    add_note(Contact.objects.get(full_name="Bob Ray"), f"ask at {WRITTEN[1]} or {EMAIL}", user)
    add_tag(zelda, "vip", user)
    edit_contact(zelda.pk, {"position": f"chief, {EMAIL}"}, user, 0)
    Happening.objects.create(kind="contact.enriched", subject=zelda.pk, facts={"who": NAME})
    Suppression.objects.create(phone_e164=PHONE, reason="stop")
    rejected = Import.objects.create(name="bad rows", path="", state="done", rejected_count=1)
    ImportRow.objects.create(
        source=rejected, line=2, outcome="rejected", reason="phone number too long",
        raw=["+1415555014299", NAME, EMAIL.upper()],
    )  # fmt: skip
    kind = ContentType.objects.get_for_model(Contact)
    LogEntry.objects.create(
        user=user, content_type=kind, object_id=zelda.pk, object_repr=NAME, action_flag=2
    )
    export(user, "csv", write_csv)
    export(user, "xlsx", write_xlsx)
    Export.objects.create(described=f"found by {WRITTEN[2]}", selection={"q": WRITTEN[3]})


def export(user, suffix, write_to):
    from django.conf import settings

    write_to(settings.EXPORTS / f"all.{suffix}")
    one = Export.objects.create(
        described="all contacts", state="done", file=f"all.{suffix}", format=suffix,
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    ExportDownload.objects.create(export=one, user=user, username="owner", what="all contacts")


def write_csv(path):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([ROW, OTHER])


def write_xlsx(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/sharedStrings.xml", f"<t>{NAME}</t><t>{PHONE}</t>")


def of_enrichment(zelda):
    recipe = Recipe.objects.create(name="all", slug="all-of-it")
    done = Run.objects.create(name="a run", recipe=recipe, state="done", selection={"q": EMAIL})
    answers = [answer("twilio.line_type", WRITTEN[0]), answer("hunter.find_email", NAME)]
    trace = {one.lookup: {"o": "hit", "a": str(one.pk)} for one in answers}
    RunItem.objects.create(run=done, contact=zelda, state="done", trace=trace)
    answer("hunter.company", EMAIL, facts={"company.name": ["Acme", 1]})
    account = Account.objects.get_or_create(provider="twilio")[0]
    ApiCall.objects.create(
        id=uuid7(), provider="twilio", lookup="line_type", account=account, outcome="answered",
        contact_id=zelda.pk, exchange=f"GET /{PHONE}", price_usd="0.005", started_at=timezone.now(),
    )  # fmt: skip


def answer(lookup, said, facts=None):
    now = timezone.now()
    return Answer.objects.create(
        id=uuid7(), question_key=uuid4(), lookup=lookup, request_id=uuid4(), outcome="hit",
        facts=facts or {"full_name": [said, 1]}, raw={"who": [NAME, said]}, observed_at=now,
        expires_at=now,
    )  # fmt: skip


def of_outreach(zelda):
    template = Template.objects.create(name="a template", body="Hello")
    campaign = Campaign.objects.create(name="spring", template=template)
    Message.objects.create(
        phone=PHONE, contact=zelda, campaign=campaign, body=f"Hello {NAME}", state="sent",
        price_usd="0.0079", sid="SM1", evidence=[{"phone": PHONE}],
    )  # fmt: skip
    Message.objects.create(phone=PHONE, body="STOP", direction="in", state="received")
    Message.objects.create(phone=PHONE, contact=zelda, body=f"Again {NAME}")
    Consent.objects.create(phone=PHONE, source="a form", given_on="2026-01-05", proof=NAME)


def of_webhooks(zelda):
    Delivery.objects.create(
        sender="leads", event="k:1", kind="lead", state="done", subject=EMAIL,
        payload={"name": NAME, "phone": 14155550142, "email": EMAIL},
    )  # fmt: skip
    hook = Subscription(name="hook", events=["contact.enriched"])
    subscriptions.save(hook, "https://hooks.example.test/in")
    Parcel.objects.create(
        subscription=hook, kind="contact.enriched", subject=zelda.pk, body=f'{{"who": "{NAME}"}}'
    )


def of_crms(zelda):
    crm = Connection.objects.create(kind="hubspot", label="Our HubSpot", is_enabled=False)
    link = Link.objects.create(
        connection=crm, object="contact", contact=zelda, remote_id="701", state="linked",
        agreed={"email": EMAIL, "firstname": "Zelda", "lastname": "Quuxbury"},
    )  # fmt: skip
    Conflict.objects.create(
        link=link, field="full_name", remote_field="name", ours=NAME, theirs=NAME, taken="ours",
        rule="newest",
    )  # fmt: skip
    OutboxItem.objects.create(
        connection=crm, object="contact", subject_id=zelda.pk, state="rejected", words=f"no {NAME}"
    )
    sync = Sync.objects.create(connection=crm, state="done", is_dry=True)
    Finding.objects.create(
        sync=sync, object="contact", subject_id=zelda.pk, verdict="update", changes={"n": [NAME]}
    )
    partner = Connection.objects.create(kind="partner_center", label="Partner Center")
    store(partner.pk, [referral()])
    Referral.objects.update(contact=zelda, notes=f"call {NAME}")


def referral(**more):
    first, last = NAME.split()
    team = [
        {"firstName": first, "lastName": last, "phoneNumber": WRITTEN[0], "email": EMAIL},
        {"firstName": "Bob", "lastName": "Ray", "phoneNumber": OTHER[0], "email": OTHER[3]},
    ]
    profile = {"name": "Acme", "team": team, "address": {"country": "US"}}
    return body("r-1", customerProfile=profile, details={"notes": f"ask {NAME}"}, **more)


def erased(contact, rounds=6):
    """Erase the person of a contact to the end; return the receipt."""
    with transaction.atomic():
        person = service.preview_contact(contact).person
        erasure = service.start(person, asked_by="the person, by e-mail")
    for _ in range(rounds):
        erasure = work.run(erasure.pk)
        if erasure.is_over:
            return erasure
    return erasure


def again():
    """Work the erasure that there is to its end, as if its time had come."""
    for _ in range(4):
        Erasure.objects.update(due_at=timezone.now())
        erasure = work.run(Erasure.objects.get().pk)
    return erasure


def is_table(model):
    return model._meta.managed and not model._meta.proxy


def left_of_her(*needles):
    """Every table's rows that have one of the texts in them: {table: rows as text}."""
    needles = needles or (PHONE, EMAIL, NAME, "Quuxbury", "4155550142", *WRITTEN)
    found = {}
    for model in filter(is_table, apps.get_models(include_auto_created=True)):
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT t::text FROM {table} AS t WHERE EXISTS (SELECT FROM unnest(%s::text[])"
                " AS said WHERE strpos(lower(t::text), lower(said)) > 0)",
                [list(needles)],
            )
            if rows := [row for (row,) in cursor.fetchall()]:
                found[model._meta.label] = rows
    return found
