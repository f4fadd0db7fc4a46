"""What the office has told people and been told by others: campaigns, parcels, CRMs, referrals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx2
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from contacts import selection, suppression
from contacts.models import Import
from contacts.suppression import lists
from crm_sync.connecting import devices, setting_up
from crm_sync.connecting.trials import run_trial
from crm_sync.models import Connection, SignIn
from crm_sync.referrals.storing import store
from integrations.sandbox.partner_center.documents import invented
from outreach.campaigns import service
from outreach.models import Campaign, Consent, Template
from tests.e2e.waiting import until
from webhooks import keys
from webhooks.models import Subscription
from webhooks.out import subscriptions
from webhooks.ringing import ring_out

ASKED, AGREED = 36, 30
TENANT = "acme.onmicrosoft.com"
APP = {"client_id": "switchboard", "client_secret": "reserved for rehearsals"}
# Kind, way, label, address, what is typed: one of every kind.
CRMS = (
    ("salesforce", "client_credentials", "Sales team", "https://acme.my.salesforce.com", APP),
    ("hubspot", "private_app", "Marketing", "", {"token": "sandbox"}),
    ("pipedrive", "api_token", "Field sales", "", {"api_token": "sandbox"}),
    ("dynamics", "client_credentials", "Head office", "https://acme.crm4.dynamics.com",
     {**APP, "tenant": TENANT}),
    ("partner_center", "device_code", "Referrals", "",
     {"client_id": "switchboard", "tenant": TENANT}),
)  # fmt: skip


def deal(customers: Import, by: User) -> None:
    """Have campaigns sent, systems told, CRMs connected, and referrals come in."""
    correspond(customers, by)
    tell(by)
    connect(by)


def correspond(customers: Import, by: User) -> None:
    """Have a campaign done, and one that waits; some agreed to it, some must not be contacted."""
    chosen = {"import": customers.pk}
    asked = list(selection.contacts(chosen).order_by("pk")[:ASKED])
    phones = [contact.phone_e164 for contact in asked]
    agree(*phones[:AGREED])
    suppression.suppress(phones[:2], suppression.Reason.STOP, by=by)
    register = "\n".join(phones[2:4])
    lists.take_in(register, name="State register", as_of=date(2026, 11, 1), user=by)
    visit = template("Visit", "Hello {{ first_name | there }}, we are in your area on Friday.", by)
    template("Delivery", "Your order is on its way. Reply STOP to hear no more.", by)
    campaign("Visits in December", visit, chosen, by, is_approved=False)
    few, _ = selection.read({"ids": ",".join(str(contact.pk) for contact in asked)})
    until(campaign("Friday's visits", visit, few, by, is_approved=True), "done")


def agree(*phones: str) -> None:
    """Note that whoever has these numbers agreed to be written to and called."""
    Consent.objects.bulk_create(
        Consent(phone=phone, source="Order form", given_on=date(2026, 1, 5), proof=f"order {at}")
        for at, phone in enumerate(phones, 4711)
    )


def template(name: str, body: str, by: User) -> Template:
    return Template.objects.create(name=name, body=body, created_by=by)


def campaign(
    name: str, words: Template, chosen: dict[str, Any], by: User, *, is_approved: bool
) -> Campaign:
    made = service.create(name, words, chosen, user=by)
    service.estimate(made, waits=True)
    if is_approved:
        service.approve(made, cap_usd=Decimal(5), user=by)
    return made


def tell(by: User) -> None:
    """Have a shop told of an example, which it does not take, and give it a key."""
    shop = Subscription(name="Shop", events=["run.finished", "import.finished"])
    subscriptions.save(shop, "https://hooks.example.test/in", by=by)
    subscriptions.send_example(shop)
    ring_out()
    keys.create("Shop", ["leads"], user=by)


def connect(by: User) -> None:
    """Have a connection of every kind that was tried, and referrals behind one."""
    for of, way, label, address, typed in CRMS:
        row = setting_up.add(of=of, way=way, label=label, address=address, typed=typed, user=by)
        if way == "device_code":
            type_code(row, by)
        run_trial(row, by)
    refer(Connection.objects.get(kind="partner_center"))


def type_code(row: Connection, by: User) -> None:
    """Type the code of a connection where Entra is played."""
    attempt = devices.begin(row, by)
    wanted = {"approve": devices.code_of(attempt)}
    httpx2.post(f"{settings.SANDBOX_URL}/_control/entra", json=wanted).raise_for_status()
    SignIn.objects.filter(pk=attempt.pk).update(poll_at=timezone.now())
    devices.poll(attempt)


def refer(row: Connection) -> None:
    """Have some referrals come in, the last of a company that we know."""
    told = [
        {**invented(at), "id": f"r-{at}", "direction": "Incoming", "updatedDateTime": _ago(at)}
        for at in range(1, 6)
    ]
    told[-1]["customerProfile"]["team"][0]["email"] = "ann@acme-tools.test"
    store(row.pk, told)


def _ago(hours: int) -> str:
    return f"{timezone.now() - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"
