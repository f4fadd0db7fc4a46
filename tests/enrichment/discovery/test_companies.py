"""What is found of companies: facts with their source, a person's word, undoing."""

from datetime import timedelta
from uuid import UUID

import time_machine
from django.db import transaction
from django.utils import timezone

from contacts import companies
from contacts.models import Company
from enrichment.discovery import pages
from enrichment.discovery.facts import tell
from enrichment.models import Answer, Discovery, DiscoveryFind, DiscoveryPlace, Fate
from tests.enrichment.discovery.test_attacks import MANY, YELP, taken_back


def find(company, search="yelp.search", **business):
    """A find of a company that stands already."""
    row = Discovery.objects.create(name="d", searches=[search], place_count=1)
    place = DiscoveryPlace.objects.create(discovery=row, near="94103")
    return DiscoveryFind.objects.create(
        discovery=row, place=place, search=search, source_id="s", business=business,
        answer_id=UUID(int=1), observed_at=timezone.now(), company=company,
    )  # fmt: skip


def told(company, **business):
    with transaction.atomic():
        tell([find(company, **business)])
    company.refresh_from_db()
    return company


def test_facts_of_a_listing_are_claims_of_its_search(db):
    company = Company.objects.create(name="Acme", name_key="acme")

    told(company, source_id="y1", category="Plumber", rating=4.5, postal_code="94103")

    assert (company.category, company.rating, company.yelp_id) == ("Plumber", 4.5, "y1")
    assert company.provenance["category"]["by"] == "yelp.search"
    assert company.revision == 1


def test_what_a_person_has_set_stays(db):
    fact = {"by": "person:ann", "at": "2026-01-01T00:00:00", "sure": 1.0}
    company = Company.objects.create(
        name="Acme", name_key="acme", category="Baker", provenance={"category": fact}
    )

    told(company, category="Plumber", rating=4.0)

    assert (company.category, company.rating) == ("Baker", 4.0)


def test_another_branch_does_not_move_a_company(db):
    company = Company.objects.create(name="Acme", name_key="acme", postal_code="10001")

    told(company, postal_code="94103", city="San Francisco", rating=1.0, category="Plumber")

    assert (company.postal_code, company.city, company.rating) == ("10001", "", None)
    assert company.category == "Plumber"


def test_a_value_that_fits_no_column_spoils_nothing(db):
    company = Company.objects.create(name="Acme", name_key="acme")

    told(company, rating=9.5, category="Plumber", latitude=400.0)

    assert (company.rating, company.latitude, company.category) == (None, None, "Plumber")


def test_businesses_without_a_phone_are_companies_and_go_with_the_import(discover):
    row = discover(MANY, searches=YELP)
    finds = DiscoveryFind.objects.filter(fate=Fate.COMPANY)
    assert finds.count() == row.company_count > 0
    assert all(one.company and one.company.contacts.count() == 0 for one in finds)
    assert row.record.company_count == row.company_count

    taken_back(row.record)

    assert Company.objects.count() == 0


def test_a_company_that_a_person_named_since_stays(discover):
    row = discover(MANY, searches=YELP)
    kept = DiscoveryFind.objects.filter(fate=Fate.COMPANY).first().company
    companies.edit(kept.pk, "Renamed", kept.domain or "", "ann", kept.revision)

    taken_back(row.record)

    assert list(Company.objects.values_list("name", flat=True)) == ["Renamed"]


def test_pages_and_listings_are_emptied_when_they_may_no_longer_be_kept(discover):
    row = discover("94103", searches=YELP)
    pages.forget_stale()
    assert Answer.objects.filter(raw=None).count() == 0

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        pages.forget_stale()

    assert Answer.objects.filter(raw__isnull=False).count() == 0
    assert row.finds.exclude(business={}).count() == 0
    assert Company.objects.exclude(category="").count() > 0
