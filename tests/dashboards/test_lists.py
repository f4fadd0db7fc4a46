"""Every list and every page of a row: a few queries however many rows, and nothing that runs."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import (
    BulkAction,
    Company,
    Contact,
    Export,
    ExportDownload,
    Import,
    Worker,
)
from enrichment.models import Answer, LeadScore, Recipe, Run, RunItem
from integrations.models import Account, ApiCall, Budget
from tests.dashboards.costs import used_now
from tests.dashboards.rows import calls, people, rejected, work

MODELS = (
    Contact, Company, Import, Worker, Recipe, Run, RunItem, Answer, LeadScore, Account,
    ApiCall, Budget,
)  # fmt: skip
BADGE = "Sandbox: nothing is bought, nothing is sent"

pytestmark = pytest.mark.django_db


def fill(start, end):
    people(start, end)
    work(start, end)
    calls(start, end)


def name(model, page):
    return f"{model._meta.app_label}_{model._meta.model_name}_{page}"


def queries_of(client, address):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(address)
    assert response.status_code == 200
    return len(captured)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_list_costs_the_same_at_ten_and_at_a_hundred_rows(admin_client, model):
    address = reverse(f"admin:{name(model, 'changelist')}")
    fill(0, 10)
    used_now(admin_client)
    admin_client.get(address)

    few = queries_of(admin_client, address)
    fill(10, 100)
    many = queries_of(admin_client, address)

    assert few == many <= 12


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_page_of_a_row_is_cheap_safe_and_says_sandbox(admin_client, model):
    fill(0, 3)
    row = model.objects.order_by("pk").first()
    address = reverse(f"admin:{name(model, 'change')}", args=[row.pk])

    response = admin_client.get(address)

    assert queries_of(admin_client, address) <= 12
    html = response.content.decode()
    assert BADGE in html and "<script>alert" not in html


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_list_is_safe_and_says_sandbox(page, model):
    fill(0, 3)

    html = page(name(model, "changelist"))

    assert BADGE in html and "<script>alert" not in html


def test_rejected_rows_come_in_pages_and_are_safe(page):
    people(0, 1)
    record = Import.objects.get()
    rejected(record, 101)

    first = page("contacts_import_rejected", record.pk)
    second = page("contacts_import_rejected", record.pk, after=101)

    assert "?after=101" in first and "?after=" not in second
    assert "<script>alert" not in first + second
    assert second.count("&lt;script&gt;alert(1)&lt;/script&gt; | 100") == 1


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30, "²"])
def test_broken_page_address_shows_the_first_page(page, after):
    people(0, 1)
    record = Import.objects.get()
    rejected(record, 1)

    assert "| 0" in page("contacts_import_rejected", record.pk, after=after)


def test_live_mode_has_no_badge(page, settings):
    settings.SANDBOX = False

    assert BADGE not in page("index")


def test_login_page_says_sandbox(client):
    html = client.get(reverse("admin:login")).content.decode()

    assert BADGE in html


def test_login_without_an_aim_leads_home(client, django_user_model):
    django_user_model.objects.create_superuser("ann", password="correct horse")

    response = client.post(reverse("admin:login"), {"username": "ann", "password": "correct horse"})

    assert (response.status_code, response["Location"]) == (302, reverse("admin:index"))


def test_somebody_without_permissions_sees_no_list(client, django_user_model):
    user = django_user_model.objects.create_user("bo", password="x", is_staff=True)
    client.force_login(user)

    statuses = {
        client.get(reverse(f"admin:{name(model, 'changelist')}")).status_code for model in MODELS
    }
    home = client.get(reverse("admin:index")).content.decode()

    assert statuses == {403}
    assert reverse("admin:contacts_contact_changelist") not in home


@pytest.mark.parametrize("model", [Import, Export, ExportDownload, BulkAction])
def test_empty_list_says_what_comes_first(admin_client, model):
    response = admin_client.get(reverse(f"admin:{name(model, 'changelist')}"))

    office = response.context["cl"].model_admin
    assert office.empty_words in unescape(response.content.decode())
    assert b"No results found" not in response.content
