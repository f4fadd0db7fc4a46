"""What a search for businesses costs is typed in its account, like the price of a lookup."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from integrations.models import Account, AccountLookup

pytestmark = pytest.mark.django_db


@pytest.fixture
def yelp(db):
    return Account.objects.create(provider="yelp")


@pytest.fixture
def send(admin_client, yelp):
    def typed(price, seen="{}"):
        address = reverse("admin:integrations_account_save", args=[yelp.pk, "searches"])
        return admin_client.post(address, {"price_search": price, "seen": seen})

    return typed


def test_own_price_is_kept_and_told(send):
    assert send("0.002").status_code == 302

    row = AccountLookup.objects.get()
    assert (row.name, row.price_usd, row.is_enabled) == ("search", Decimal("0.002"), True)
    assert LogEntry.objects.get().change_message == "Yelp: price: $0.0100 (default) → $0.0020"


def test_blank_price_is_the_default_again(send):
    send("0.002")

    send("")

    assert AccountLookup.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "words"),
    [("-0.01", "A price is not below 0."), ("dear", "Write an amount in US dollars")],
)
def test_what_is_no_price_is_refused_beside_the_field(send, typed, words):
    response = send(typed)

    form = next(s["form"] for s in response.context["sections"] if s["form"].name == "searches")
    assert words in form.errors["price_search"][0]
    assert form["price_search"].value() == typed
    assert (AccountLookup.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_provider_without_searches_has_no_such_section(admin_client):
    row = Account.objects.create(provider="hunter")

    page = admin_client.get(reverse("admin:integrations_account_change", args=[row.pk]))

    assert "searches" not in [each["form"].name for each in page.context["sections"]]
