"""What a contact and a company are in each CRM, on their own pages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from contacts.models import Company
from crm_sync.models import Connection, Link
from crm_sync.record_pages import record_page
from tests.crm_sync.admin.leftovers import at, contact, link
from tests.crm_sync.admin.syncs import ready

pytestmark = pytest.mark.django_db


def of_contact(client, row):
    return client.get(reverse("admin:contacts_contact_change", args=[row.pk])).content.decode()


def test_a_contact_tells_what_it_is_in_each_crm(client, person):
    person("view_contact", "view_link", "view_connection")
    first, ann = ready(), contact()
    link(first, ann, state="linked", remote_id="there-4411")
    row = link(ready("Other"), ann, words="2 records there fit: choose which it is")
    page = of_contact(client, ann)
    assert "In CRMs" in page
    assert "there-4411" in page
    assert f'href="/admin/crm_sync/connection/{first.pk}/change/"' in page
    assert f'href="{at(row.connection, "choose")}?link={row.pk}"' in page
    assert "2 records there fit" in page


def test_a_contact_in_no_crm_has_no_such_card(client, person):
    person("view_contact", "view_link")
    assert "In CRMs" not in of_contact(client, contact())


def test_who_may_not_see_connections_is_led_to_none(client, person):
    person("view_contact", "view_link")
    ann = contact()
    row = link(ready(), ann)
    page = of_contact(client, ann)
    assert "In CRMs" in page
    assert at(row.connection, "choose") not in page
    assert at(row.connection, "change") not in page


def test_links_are_for_those_who_may_see_them(client, person):
    person("view_contact")
    ann = contact()
    link(ready(), ann, state="linked", remote_id="there-4411")
    page = of_contact(client, ann)
    assert "In CRMs" not in page
    assert "there-4411" not in page


def test_a_company_tells_what_it_is_in_each_crm(client, person):
    person("view_company", "view_link")
    firm = Company.objects.create(name="Ash", name_key="ash")
    Link.objects.create(
        connection=ready(), object="company", company=firm, state="linked", remote_id="77"
    )
    there = reverse("admin:contacts_company_change", args=[firm.pk])
    page = client.get(there).content.decode()
    assert "In CRMs" in page
    assert "<code>77</code>" in page


@pytest.mark.parametrize(
    ("kind", "address", "obj", "found"),
    [
        ("salesforce", "https://a.my.salesforce.com", "contact", "https://a.my.salesforce.com/7"),
        ("pipedrive", "https://a.pipedrive.com/x", "company",
         "https://a.pipedrive.com/organization/7"),
        ("dynamics", "https://a.crm4.dynamics.com", "company",
         "https://a.crm4.dynamics.com/main.aspx?pagetype=entityrecord&etn=account&id=7"),
        ("hubspot", "https://api.hubapi.com", "contact", ""),
        ("pipedrive", "", "contact", ""),
        ("pipedrive", "javascript:alert(1)", "contact", ""),
        ("pipedrive", "https://a.pipedrive.com", "lead", ""),
    ],
)  # fmt: skip
def test_a_record_is_opened_there_where_its_address_is_known(kind, address, obj, found):
    of = Connection(kind=kind, address=address)
    assert record_page(of, obj, "7") == found
    assert record_page(Connection(kind=kind, address=address, is_sandbox=True), obj, "7") == ""
