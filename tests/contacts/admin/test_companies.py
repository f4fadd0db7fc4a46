"""Companies: found by any part, counted, shown with their contacts, and mended within the rules."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Company, Contact
from tests.dashboards.people import signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:contacts_company_changelist")


def make(number: int = 100, **values: object) -> Contact:
    phone = f"+1415555{number:04d}"
    return Contact.objects.create(phone_raw=phone, phone_e164=phone, **values)


def page(company: Company) -> str:
    return reverse("admin:contacts_company_change", args=[company.pk])


def state(company: Company) -> tuple[str, str, str | None, int]:
    company.refresh_from_db()
    return company.name, company.name_key, company.domain, company.revision


@pytest.mark.parametrize(("term", "found"), [("cme", 1), ("ACME.T", 1), ("%", 0), ("", 2)])
def test_search_finds_any_part_of_a_name_or_domain(admin_client, term, found):
    Company.objects.create(name="Acme", domain="acme.test")
    Company.objects.create(name="Other")

    response = admin_client.get(LIST, {"q": term})

    assert len(response.context["cl"].result_list) == found


def test_list_counts_contacts_in_the_same_few_queries(admin_client):
    counts = []
    for start in (0, 30):
        for number in range(start, start + 30):
            make(number, company=Company.objects.create(name=f"Company {number}"))
        with CaptureQueriesContext(connection) as captured:
            html = admin_client.get(LIST).content.decode()
        counts.append(len(captured))

    newest = Company.objects.latest("pk")
    assert counts[0] == counts[1] <= 12
    assert f'/admin/contacts/contact/?company={newest.pk}">1</a>' in html


def test_page_shows_its_contacts_and_leads_to_them(admin_client):
    company = Company.objects.create(name="Acme <b>", domain="acme.test")
    make(full_name="Ann", company=company)
    make(101, full_name="Bo")

    with CaptureQueriesContext(connection) as captured:
        html = admin_client.get(page(company)).content.decode()

    assert len(captured) <= 12
    assert "Ann" in html and "Bo<" not in html and "Acme <b>" not in html
    assert f"/admin/contacts/contact/?company={company.pk}" in html


def test_persons_name_and_domain_are_kept_with_their_source(admin_client):
    company = Company.objects.create(name="Acme", name_key="acme")

    response = admin_client.post(
        page(company),
        {"name": " The Acmé  Co. ", "domain": "https://WWW.acme.test/x", "revision": 0},
    )

    assert response["Location"] == page(company)
    assert state(company) == ("The Acmé Co.", "acme", "acme.test", 1)
    assert {name: fact["by"] for name, fact in company.provenance.items()} == {
        "name": "person:admin", "domain": "person:admin",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "domain", "error"),
    [
        ("", "", "A company needs a name or a domain."),
        ("Acme", "taken.test", "Another company has this domain already."),
        ("Other, Inc.", "", "Another company without a domain has this name already"),
        ("Acme", "no domain", "That is no domain."),
        ("Acme", "gmail.com", "That domain is consumer mail"),
        ("x" * 256, "", "at most 255 characters"),
        ("a\0b", "", "Null characters are not allowed."),
    ],
)
def test_rules_are_told_at_the_field_and_what_was_typed_is_kept(admin_client, name, domain, error):
    Company.objects.create(name="Taken", domain="taken.test")
    Company.objects.create(name="Other", name_key="other")
    company = Company.objects.create(name="Acme", name_key="acme")

    response = admin_client.post(page(company), {"name": name, "domain": domain, "revision": 0})

    html = response.content.decode()
    assert error in html and (not domain or f'value="{domain}"' in html)
    assert state(company) == ("Acme", "acme", None, 0)


def test_change_by_somebody_else_is_shown_and_only_replaced_when_sent_again(admin_client):
    company = Company.objects.create(name="Acme")
    Company.objects.update(name="Theirs", revision=1)

    first = admin_client.post(page(company), {"name": "Mine", "domain": "", "revision": 0})

    assert "It is now: Theirs." in first.content.decode()
    assert state(company)[0] == "Theirs"
    form = first.context["form"]
    admin_client.post(page(company), {**dict(form.data.items())})
    assert state(company)[0] == "Mine"


@pytest.mark.parametrize("revision", ["", "x", "-1"])
def test_form_without_a_revision_changes_nothing(admin_client, revision):
    company = Company.objects.create(name="Acme")

    response = admin_client.post(page(company), {"name": "Mine", "revision": revision})

    assert response.status_code == 200
    assert state(company)[0] == "Acme"


@pytest.mark.parametrize("pk", ["0", "999999", "x", "9" * 30, "²"])
def test_company_that_is_not_there_is_404(admin_client, pk):
    assert admin_client.get(f"/admin/contacts/company/{pk}/change/").status_code == 404


def test_permissions_of_a_company():
    company = Company.objects.create(name="Acme")
    make(company=company, full_name="Ann")
    viewer, nobody = signed_in("contacts.view_company"), signed_in("contacts.view_contact")

    html = viewer.get(page(company)).content.decode()

    assert "Ann" not in html and "Change it" not in html
    assert viewer.post(page(company), {"name": "X", "revision": 0}).status_code == 403
    assert (nobody.get(page(company)).status_code, nobody.get(LIST).status_code) == (403, 403)
    assert state(company)[0] == "Acme"


def test_page_goes_on_over_many_contacts(admin_client):
    company = Company.objects.create(name="Acme")
    for number in range(51):
        make(number, company=company)

    first, second = (admin_client.get(page(company), {"p": p}).context["page"] for p in ("", "2"))

    assert (len(first.contacts), first.has_next) == (50, True)
    assert (len(second.contacts), second.has_next) == (1, False)
