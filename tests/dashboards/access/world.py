"""A row behind every address, and what was written to which table."""

import re
from datetime import timedelta
from uuid import uuid4

from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.models.functions import Now
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from contacts.importing.drafts import take_in
from contacts.models import (
    BulkAction,
    ColumnSet,
    Company,
    Contact,
    ContactTag,
    Erasure,
    Export,
    ExportDownload,
    Import,
    Note,
    Suppression,
    SuppressionList,
    Tag,
    Worker,
)
from crm_sync.models import Connection, Link, OutboxItem, Referral, Sync
from dashboards.alerting.channels import channel
from dashboards.alerting.kinds import rules
from dashboards.models import Alert, AlertRound, Notice
from enrichment.models import (
    Answer,
    Discovery,
    DiscoveryPlace,
    DomainScan,
    LeadScore,
    Recipe,
    Rehearsal,
    Run,
    RunItem,
    Team,
    Upkeep,
)
from integrations.models import Account, ApiCall, Budget
from integrations.services import ensure_accounts
from outreach.models import Campaign, Consent, Message, Rules, Template
from tests.dashboards.rows import calls, people, rejected, work
from webhooks import keys, sealing
from webhooks.models import ApiKey, Delivery, Parcel, Sender, Subscription
from webhooks.out import subscriptions

# What any visit may write.
NOT_OURS = {"django_session", "axes_accessattempt"}
ROWS = (
    Company, Contact, Import, Export, ExportDownload, BulkAction, Worker, Answer, Discovery, Recipe,
    Rehearsal, Run, RunItem, LeadScore, Team, Upkeep, Account, ApiCall, Budget, User, Group,
    PeriodicTask, Delivery, ApiKey, Sender, Subscription, Parcel, Suppression, SuppressionList,
    Campaign, Consent, Message, Rules, Template, Connection, Referral, Sync, Erasure,
)  # fmt: skip
# What stands for a name in an address; else a field.
NAMED = {"/tab/": "fields", "/suggest/<slug": "company"}
# The pages of an import that only a draft has.
OF_DRAFTS = ("mapping", "preview", "summary", "forecast", "start")


def fill():
    """One row of every kind; an import that is done, and a draft that an owner has brought."""
    people(0, 1)
    work(0, 1)
    calls(0, 1)
    ensure_accounts()
    owner = User.objects.create_user("owner")
    Group.objects.create(name="by hand")
    contact, tag = Contact.objects.get(), Tag.objects.create(name="vip")
    ContactTag.objects.create(contact=contact, tag=tag)
    Note.objects.create(contact=contact, text="a note", author=owner)
    Import.objects.update(state="done", created_count=1, columns=["Phone", "Name"])
    rejected(Import.objects.get(), 1)
    take_in("Phone,Name\n+14155550100,Ann\n", name="draft", user=owner)
    Team.objects.create(name="Sales")
    export = Export.objects.create(
        described="all contacts", columns=["phone"], state="done", file="a.csv", created_by=owner
    )
    ExportDownload.objects.create(export=export, user=owner, username="owner", what="all")
    ColumnSet.objects.create(owner=owner, name="a set", columns=["phone"])
    found = Discovery.objects.create(
        name="plumbers", searches=["yelp.search"], place_count=1, created_by=owner,
        estimate={"max_usd": "1", "made_at": "", "searches": []},
    )  # fmt: skip
    DiscoveryPlace.objects.create(discovery=found, near="94103")
    BulkAction.objects.create(
        kind="add_tag", tag=tag, click=uuid4(), state="done", below_id=2, total_count=1,
        created_by=owner,
    )  # fmt: skip
    Company.objects.filter(domain=None).update(domain="birch.test")
    DomainScan.objects.create(total_count=1)
    rules(), channel("slack"), channel("email")  # made by whoever looks first
    AlertRound.objects.create(looked_at=timezone.now() + timedelta(days=1))  # nobody stands in
    Alert.objects.create(kind="dead", level="warning", message="m", value=1, raised_at=Now())
    Notice.objects.create(channel="slack", event="test", title="t", text="t", state="unknown")
    Rehearsal.objects.create(plan={"wanted": []}, total_count=1)
    Upkeep.objects.create(name="lines", recipe=Recipe.objects.first(), monthly_cap_usd=1)
    Delivery.objects.create(sender="twilio", event="e", kind="sms-status", payload={})
    keys.create("shop", ["leads"])
    sealing.ensure_senders()
    hook = Subscription(name="crm", events=["run.finished"])
    subscriptions.save(hook, "https://hooks.example.test/in")
    Parcel.objects.create(subscription=hook, kind="run.finished", body="{}")
    Suppression.objects.create(phone_e164="+14155550100", reason="stop")
    SuppressionList.objects.create(name="register", as_of="2026-11-01", state="standing")
    template = Template.objects.create(name="a template", body="Hello")
    Campaign.objects.create(name="a campaign", template=template, words={"body": "Hello"})
    Message.objects.create(phone="+14155550100", body="Hello")
    Consent.objects.create(phone="+14155550100", source="a form", given_on="2026-01-05")
    Rules.objects.create(pk=1)
    crm = Connection.objects.create(kind="hubspot", label="a connection", way="private_app")
    Referral.objects.create(connection=crm, remote_id="r-1", status="New", customer_name="Birch")
    Erasure.objects.create(hint="a number ending in 00", asked_by="them", click=uuid4())
    Sync.objects.create(connection=crm)
    Link.objects.create(connection=crm, object="contact", contact=contact, state="several")
    OutboxItem.objects.create(
        connection=crm, object="contact", subject_id=contact.pk, state="rejected"
    )
    every = IntervalSchedule.objects.create(every=1, period="hours")
    PeriodicTask.objects.create(name="a task", task="dashboards.count_contacts", interval=every)


def addresses():
    """Every address of the project as it is written in its URLconf."""
    return set(_walk(get_resolver().url_patterns, "/"))


def _walk(patterns, prefix):
    for one in patterns:
        here = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            yield re.sub(r"\^?\(\?P<(\w+)>[^)]*\)(/?)\$", r"<\1>\2", here)
        else:
            yield from _walk(one.url_patterns, here)


class Visits:
    """Addresses with the ids of real rows in the place of their parameters.

    The rows are looked up once, so none may be made or deleted for good between two visits.
    """

    def __init__(self):
        self.rows = {one._meta.label_lower: _row(one) for one in ROWS}
        self.draft = Import.objects.order_by("pk").last().pk
        self.known = {
            "note_id": Note.objects.get().pk,
            "tag_id": Tag.objects.get().pk,
            "key": "twilio:sandbox",
            "path": "workers",
            "alert_id": Alert.objects.get().pk,
            "notice_id": Notice.objects.get().pk,
            "scan_id": DomainScan.objects.get().pk,
            "run_id": Run.objects.get().pk,
            "discovery_id": Discovery.objects.get().pk,
            "place_id": DiscoveryPlace.objects.get().pk,
            "rehearsal_id": Rehearsal.objects.get().pk,
            "item_id": RunItem.objects.get().pk,
            "connection_id": Connection.objects.get().pk,
            "obj": "contact",
            "version": 9,
            "content_type_id": 1,
            "app_label": "contacts",
            "url": "nonsense/",
        }

    def to(self, address):
        own = self._own(address)
        known = self.known | {
            "object_id": own,
            "pk": own,
            "id": own,
            "name": next((name for part, name in NAMED.items() if part in address), "full_name"),
            "kind": "slack" if "/alerts/" in address else "add_tag",
            "section": "limits" if "/account/" in address else "schedule",
        }
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(known[found[1]]), address)

    def _own(self, address):
        model = re.match(r"/admin/(\w+/\w+)/", address)
        key = model[1].replace("/", ".") if model else ""
        is_draft = address.rstrip("/").rpartition("/")[2] in OF_DRAFTS
        return self.draft if key == "contacts.import" and is_draft else self.rows.get(key, "")


def _row(model):
    if model is Group:
        return Group.objects.get(name="by hand").pk
    if model is User:
        return User.objects.get(username="owner").pk
    return model.objects.order_by("pk").first().pk


def written():
    """How many rows of each of our tables this transaction has written so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        )
        return {name: count for name, count in cursor.fetchall() if name not in NOT_OURS}
