"""The pages of the ledger: what a row and a call's page show, to whom."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.urls import reverse

from contacts.models import Contact
from integrations.models import ApiCall, Budget

LIST = "/admin/integrations/apicall/"
EXCHANGE = "GET /v2/PhoneNumbers/+1415•••••00 → 503, 5 bytes: sorry"
EVIL = "<script>alert(1)</script>"

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(account):
    contact = Contact.objects.create(phone_raw="x", phone_e164="+14155550100")
    return ApiCall.objects.create(
        id=UUID("01930000-0000-7000-8000-000000000001"), provider="twilio",
        lookup="line_type+caller_name", account=account, contact_id=contact.pk, run_id=3,
        outcome="failed", http_status=503, ms=1200, tries=2, price_usd="0.008", remote_id="RQ1",
        error_class="ServerFailed", error=EVIL, exchange=EXCHANGE,
        started_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
    )  # fmt: skip


def page_of(call):
    return reverse("admin:integrations_apicall_change", args=[call.pk])


def test_a_row_names_lookups_contact_price_and_error(admin_client, call):
    html = admin_client.get(LIST).content.decode()

    for words in (
        "Line type, Caller name",
        "+14155550100",
        "$0.0080<",
        "The provider failed<",
        "1,200",
    ):
        assert words in html
    assert EVIL not in html


def test_a_call_shows_its_exchange_and_leads_to_what_it_belongs_to(admin_client, account, call):
    response = admin_client.get(page_of(call))

    html = response.content.decode()
    assert "GET /v2/PhoneNumbers/+1415•••••00<" in html and "503, 5 bytes: sorry" in html
    for name, pk in (
        ("integrations_account_change", account.pk),
        ("contacts_contact_change", call.contact_id),
        ("enrichment_run_change", 3),
    ):
        assert reverse(f"admin:{name}", args=[pk]) in html
    assert EVIL not in html


def test_who_sees_what_of_a_call(person, call):
    nobody, sees = person(name="no"), person("view_apicall", name="sees")
    sees_all = person("view_apicall", "view_exchange", name="all")

    statuses = [[one.get(at).status_code for at in (LIST, page_of(call))]
                for one in (nobody, sees, sees_all)]  # fmt: skip

    assert statuses == [[403, 403], [200, 200], [200, 200]]
    seen, whole = (one.get(page_of(call)).content.decode() for one in (sees, sees_all))
    assert "sorry" not in seen and "sorry" in whole
    assert "+14155550100" not in seen + sees.get(LIST).content.decode()
    assert "/admin/contacts/contact/" not in seen and "/admin/enrichment/run/" not in seen


def test_htmx_gets_the_rows_alone(admin_client, call):
    html = admin_client.get(LIST, headers={"HX-Request": "true"}).content.decode()

    assert 'id="rows"' in html and "<html" not in html


def test_a_broken_address_is_shown_with_a_notice(admin_client, call):
    response = admin_client.get(LIST, {"day": "never", "before": "x", "nonsense": "1"})

    assert "The filter “day” was left out" in response.content.decode()
    assert len(response.context["rows"]) == 1


@pytest.mark.parametrize("pk", ["x", "9" * 50, str(UUID(int=1))])
def test_a_call_that_is_not_there_is_a_404(admin_client, pk):
    assert admin_client.get(f"{LIST}{pk}/change/").status_code == 404


def test_an_empty_ledger_says_what_comes_first(admin_client):
    assert "Nothing was asked yet. Start a run" in admin_client.get(LIST).content.decode()


def test_budgets_say_whose_they_are_and_how_much_is_used(admin_client, account):
    account.daily_cap_usd = 20
    account.save()
    Budget.objects.create(key=f"account:{account.pk}:2026-11-22", spent_usd=4, reserved_usd=1)
    Budget.objects.create(key=f"account:{account.pk}:2026-11", spent_usd=4)
    Budget.objects.create(key="run:7", cap_usd=2, spent_usd=1)
    Budget.objects.create(key="account:999999:2026-11-22")

    html = admin_client.get(reverse("admin:integrations_budget_changelist")).content.decode()

    for words in ("day 2026-11-22", "month 2026-11", "Run 7", "25%", "50%", "no cap", "is gone"):
        assert words in html
    assert reverse("admin:integrations_account_change", args=[account.pk]) in html
