"""Leads in the back office: the list and its filters, one lead with its breakdown, and scans."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Company
from enrichment.leads import scans, service
from enrichment.models import DomainScan, LeadChange, LeadScore, ScanItem
from tests.dashboards.costs import costs, nobody_stands_in
from tests.dashboards.rows import EVIL, people, work

pytestmark = pytest.mark.django_db
LEADS = "/admin/enrichment/leadscore/"
SCAN = f"{LEADS}add/"
FACTS = {"has_mx": True, "has_spf": True, "has_dmarc": False, "spf": "v=spf1 ~all"}


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.SANDBOX = True


@pytest.fixture
def lead():
    today = timezone.now().date()
    company = Company.objects.create(
        domain="birch.test", name="Birch", mail_provider="google_workspace",
        mail_host="aspmx.l.google.com", domain_expires_on=today + timedelta(days=9), **FACTS,
    )  # fmt: skip
    service.settle([company.pk])
    return LeadScore.objects.get()


def text(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_thousand_rows_cost_what_ten_cost(admin_client):
    nobody_stands_in()
    people(0, 10)
    work(0, 10)
    scan = DomainScan.objects.create(total_count=1000)
    fill_scan(scan)
    one_lead = f"{LEADS}{LeadScore.objects.order_by('pk').first().pk}/change/"
    addresses = (LEADS, one_lead, f"{LEADS}scans/{scan.pk}/", SCAN)
    costs(admin_client, addresses)
    few = costs(admin_client, addresses)

    people(10, 1000)
    work(10, 1000)
    fill_scan(scan)

    assert costs(admin_client, addresses) == few
    assert max(few.values()) <= 12


def fill_scan(scan):
    ids = LeadScore.objects.values_list("pk", flat=True)
    ScanItem.objects.bulk_create(
        [ScanItem(scan=scan, company_id=id_, error=EVIL) for id_ in ids], ignore_conflicts=True
    )


def test_an_empty_list_says_what_comes_first(admin_client):
    html = text(admin_client.get(LEADS))

    assert "No domain has been looked at yet" in html and SCAN in html


@pytest.mark.parametrize(
    ("query", "is_listed"),
    [
        ("segment__exact=migration", True), ("segment__exact=skip", False),
        ("priority=3", True), ("priority=1", False), ("priority=x", True),
        ("provider=google_workspace", True), ("provider=zoho", False),
        ("expiry__exact=soon", True), ("expiry__exact=expired", False),
        ("q=irch", True), ("q=elm", False),
    ],
)  # fmt: skip
def test_the_list_is_filtered(admin_client, lead, query, is_listed):
    html = text(admin_client.get(f"{LEADS}?{query}"))

    assert (f"{LEADS}{lead.pk}/change/" in html) is is_listed


def test_the_best_lead_comes_first_and_the_unknown_last(admin_client, lead):
    for domain, facts in (("best.test", {**FACTS, "has_dkim": True}), ("unknown.test", {})):
        company = Company.objects.create(domain=domain, mail_provider="google_workspace", **facts)
        service.settle([company.pk])

    html = text(admin_client.get(LEADS))

    places = [html.index(domain) for domain in ("best.test", "birch.test", "unknown.test")]
    assert places == sorted(places)
    assert "Not known yet" in html


def test_a_lead_shows_how_its_score_comes_about_and_what_changed(admin_client, lead):
    Company.objects.update(revision=2, has_dmarc=True, dmarc_policy="reject", dmarc_percent=100)
    service.settle([lead.pk])

    html = text(admin_client.get(f"{LEADS}{lead.pk}/change/"))

    lead.refresh_from_db()
    assert f"<strong>{lead.readiness}</strong>" in html
    assert all(f"{row['points']} of {row['most']}" in html for row in lead.reasons)
    assert "DMARC: No record, now Refuses forgeries" in html
    assert "expires-soon" in html and lead.rules_version in html
    assert LeadChange.objects.count() == 3


def test_a_readiness_of_nothing_is_a_figure_and_an_unknown_one_is_none(admin_client, lead):
    Company.objects.update(revision=2, has_mx=False)
    service.settle([lead.pk])
    assert "<strong>0</strong><small>readiness" in text(
        admin_client.get(f"{LEADS}{lead.pk}/change/")
    )

    Company.objects.update(revision=3, has_mx=None)
    service.settle([lead.pk])
    assert "<strong>Not known yet</strong>" in text(admin_client.get(f"{LEADS}{lead.pk}/change/"))


def test_domains_are_typed_and_scanned(admin_client, admin_user):
    response = admin_client.post(
        SCAN, {"domains": "birch.test, https://www.elm.test/x\nbirch.test gmail.com"}
    )

    scan = DomainScan.objects.get()
    assert response["Location"] == f"{LEADS}scans/{scan.pk}/"
    assert (scan.total_count, scan.made_count, scan.created_by) == (2, 2, admin_user)
    assert scan.refused == [["gmail.com", "is consumer mail, never a company's"]]
    html = text(admin_client.get(response["Location"]))
    assert "0</strong> of 2" in html and "gmail.com" in html


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type or paste at least one domain"),
        ("gmail.com 192.0.2.1", "gmail.com is consumer mail, never a company&#x27;s"),
        (" ".join(f"f{n}.test" for n in range(scans.MOST + 1)), "These are 10,001 domains"),
    ],
)
def test_what_is_no_domain_is_said_and_kept(admin_client, typed, words):
    html = text(admin_client.post(SCAN, {"domains": typed}))

    assert words in html
    assert typed[:20] in html
    assert not DomainScan.objects.exists() and not Company.objects.exists()


def test_a_scan_at_work_is_polled_and_then_the_page_comes_anew(admin_client, lead):
    scan = scans.start(["birch.test"])
    there = f"{LEADS}scans/{scan.pk}/progress/"

    assert "hx-get" in text(admin_client.get(there))
    DomainScan.objects.update(finished_at=timezone.now())

    assert admin_client.get(there)["HX-Refresh"] == "true"


def test_a_lead_is_looked_at_again(admin_client, lead):
    response = admin_client.post(f"{LEADS}{lead.pk}/rescan/")

    scan = DomainScan.objects.get()
    assert response["Location"] == f"{LEADS}scans/{scan.pk}/"
    assert (scan.is_forced, [item.company_id for item in scan.items.all()]) == (True, [lead.pk])


def test_who_may_only_look_starts_nothing(client, person, lead):
    person("view_leadscore")

    assert client.get(f"{LEADS}{lead.pk}/change/").status_code == 200
    assert "Look again now" not in client.get(f"{LEADS}{lead.pk}/change/").content.decode()
    assert client.post(f"{LEADS}{lead.pk}/rescan/").status_code == 403
    assert client.get(SCAN).status_code == client.post(SCAN).status_code == 403
    assert not DomainScan.objects.exists()


@pytest.mark.parametrize("there", ["999/change/", "x/change/", "scans/999/", "9" * 30 + "/change/"])
def test_what_is_not_there_is_not_found(admin_client, there):
    assert admin_client.get(LEADS + there).status_code == 404


def test_a_companys_page_shows_its_lead(admin_client, lead):
    company = Company.objects.create(domain="elm.test")
    there = "/admin/contacts/company/{}/change/"

    seen = text(admin_client.get(there.format(lead.pk)))
    unseen = text(admin_client.get(there.format(company.pk)))

    assert f"{LEADS}{lead.pk}/change/" in seen and "Ready to migrate" in seen
    assert "Its domain has not been looked at yet" in unseen


def test_a_companys_page_shows_no_lead_to_who_may_not_see_leads(client, person, lead):
    person("view_company")

    assert LEADS not in text(client.get(f"/admin/contacts/company/{lead.pk}/change/"))
