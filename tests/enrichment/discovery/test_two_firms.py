"""Two firms of one name and no domain: each find goes to the one that stands in its place."""

import pytest
from django.utils import timezone

from contacts.models import Company, Import
from enrichment.discovery.settling import settle
from enrichment.models import Discovery, DiscoveryFind, DiscoveryPlace, Fate
from tests.dashboards.rows import uuid

pytestmark = pytest.mark.django_db


def settled(*businesses):
    """The companies of businesses without a phone, once their import is through."""
    record = Import.objects.create(name="d", path="x", state=Import.State.DONE)
    row = Discovery.objects.create(
        name="d", searches=["yelp.search"], state=Discovery.State.IMPORTING, record=record
    )
    place = DiscoveryPlace.objects.create(discovery=row, near="94103", state="done")
    DiscoveryFind.objects.bulk_create(
        DiscoveryFind(
            discovery=row, place=place, search="yelp.search", source_id=str(at), business=one,
            answer_id=uuid(at), observed_at=timezone.now(), fate=Fate.COMPANY,
        )
        for at, one in enumerate(businesses)
    )  # fmt: skip
    assert settle(row.pk)
    record.refresh_from_db()
    return list(row.finds.order_by("pk").values_list("company", flat=True)), record.company_count


def acme(postal_code="", **more):
    return {"name": "Acme", "postal_code": postal_code, **more}


def test_each_place_has_its_own_and_keeps_its_own_facts():
    (first, second, third), made = settled(
        acme("94103", city="San Francisco"), acme("10001", city="New York"), acme("94103-0001")
    )

    assert (first == third != second, made) == (True, 2)
    cities = dict(Company.objects.values_list("pk", "city"))
    assert cities == {first: "San Francisco", second: "New York"}


def test_found_again_they_are_known():
    before, _ = settled(acme("94103"), acme("10001"))

    assert settled(acme("10001"), acme("94103")) == (before[::-1], 0)


def test_a_chain_with_a_domain_is_one_wherever_its_branches_are():
    (first, second), made = settled(
        acme("94103", website="acme.test"), acme("10001", website="https://www.acme.test/ny")
    )

    assert (first == second, made) == (True, 1)


def test_one_without_a_place_is_the_one_that_stands_for_the_name():
    company = Company.objects.create(name="Acme", name_key="acme")

    assert settled(acme(), acme("94103")) == ([company.pk, company.pk], 0)
