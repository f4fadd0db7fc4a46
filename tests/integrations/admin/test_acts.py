"""What is done for us is switched and priced in its account, as lookups and searches are."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.urls import reverse

from integrations.models import Account, AccountLookup
from integrations.providers.twilio_messaging import TWILIO_MESSAGING

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(db):
    return Account.objects.create(provider="twilio_messaging")


@pytest.fixture
def page(admin_client, account):
    def html():
        address = reverse("admin:integrations_account_change", args=[account.pk])
        return admin_client.get(address).content.decode()

    return html


@pytest.fixture
def save(admin_client, account):
    def send(section="acts", **typed):
        on = {f"on_{name}": "on" for name in TWILIO_MESSAGING.acts} if section == "acts" else {}
        form = {**on, **typed, "seen": "{}"}
        address = reverse("admin:integrations_account_save", args=[account.pk, section])
        return admin_client.post(
            address, {key: held for key, held in form.items() if held != "off"}
        )

    return send


def test_its_page_has_every_act_with_its_unit(page):
    html = page()

    assert "What it does, and prices" in html
    assert all(act.label in html for act in TWILIO_MESSAGING.acts.values())
    assert html.count("<td>segment</td>") == 3
    assert html.count("<td>minute</td>") == 3


def test_own_price_is_kept_and_told(save):
    assert save(price_sms_near="0.0079").status_code == 302

    row = AccountLookup.objects.get()
    assert (row.name, row.price_usd, row.is_enabled) == ("sms_near", Decimal("0.0079"), True)
    told = "SMS to the United States and Canada: price: $0.0120 (default) → $0.0079"
    assert LogEntry.objects.get().change_message == told


def test_what_is_switched_off_is_kept_and_back_on_forgotten(save):
    save(on_call_far="off")
    assert [(row.name, row.is_enabled) for row in AccountLookup.objects.all()] == [
        ("call_far", False)
    ]

    save()
    assert AccountLookup.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("messaging_service_sid", "MG123", "MG and 32 hexadecimal digits"),
        ("from_numbers", "415 555 0100", "With + and country code"),
        ("voice_number", "+1415", "With + and country code"),
        ("public_url", "http://us.test", "https address"),
        ("public_url", "https://us.test/?a=1", "https address"),
    ],
)
def test_an_option_that_can_not_work_is_refused_beside_its_field(save, field, typed, words):
    response = save("options", **{field: typed, "calls_per_s": "1"})

    form = next(s["form"] for s in response.context["sections"] if s["form"].name == "options")
    assert words in form.errors[field][0]
    assert form[field].value() == typed
    assert Account.objects.get().options == {}


def test_options_are_kept(save, account):
    numbers = ", ".join(f"+1415555{n:04}" for n in range(100, 140))

    assert (
        save(
            "options", from_numbers=numbers, calls_per_s="5", public_url="https://us.test"
        ).status_code
        == 302
    )

    account.refresh_from_db()
    assert account.options == {
        "from_numbers": numbers, "calls_per_s": 5, "public_url": "https://us.test",
        "smart_encoded": False, "risk_check": False,
    }  # fmt: skip


def test_an_option_that_is_empty_by_itself_may_stay_so(admin_client):
    row = Account.objects.create(provider="twilio_trust_hub")
    address = reverse("admin:integrations_account_save", args=[row.pk, "options"])

    response = admin_client.post(address, {"makes_profiles": "on", "seen": "{}"})

    row.refresh_from_db()
    assert (response.status_code, row.options) == (302, {"makes_profiles": True})


def test_the_list_of_providers_has_its_acts(save):
    save(price_sms_near="0.0079")
    out = StringIO()

    call_command("providers", "--json", stdout=out)

    found = next(one for one in json.loads(out.getvalue()) if one["provider"] == "twilio_messaging")
    assert [one["act"].partition(".")[2] for one in found["acts"]] == list(TWILIO_MESSAGING.acts)
    first = found["acts"][0]
    assert (first["price_usd"], first["charged"]) == ("0.007900", "for every segment")
