"""Finds are put together block by block: the same, whatever its size, in little memory."""

import tracemalloc

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrichment.discovery import grouping
from enrichment.discovery.ending import put_together
from enrichment.discovery.listing import Listing, keys_of
from enrichment.models import Discovery, DiscoveryFind, DiscoveryPlace, Fate
from tests.dashboards.rows import uuid

pytestmark = pytest.mark.django_db
BUSINESSES = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Acme", "ACME Inc.", "Bolt", ""]),
        "phone": st.sampled_from(["", "", "+14155550100", "+14155550101", "call us"]),
        "website": st.sampled_from(["", "", "https://acme.test/", "bolt.test", "fb.com/acme"]),
        "postal_code": st.sampled_from(["", "94103", "94103-1234", "10001"]),
    }
)


def found(*businesses):
    """A searched discovery with these finds, in this order."""
    row = Discovery.objects.create(name="d", searches=["yelp.search"], state="working")
    place = DiscoveryPlace.objects.create(discovery=row, near="94103", state="done")
    DiscoveryFind.objects.bulk_create(
        DiscoveryFind(discovery=row, place=place, search="yelp.search", source_id=str(at),
                      business=one, answer_id=uuid(at), observed_at=timezone.now())
        for at, one in enumerate(businesses)
    )  # fmt: skip
    return row


def first_of_each(row):
    """For each find the number of the one that it is the same as, its own for a new one."""
    rows = list(row.finds.order_by("pk").values_list("pk", "same_as"))
    number = {pk: at for at, (pk, _) in enumerate(rows)}
    return [number[same_as or pk] for pk, same_as in rows]


def at_once(businesses):
    """The same, by one listing that keeps everything in mind."""
    listing = Listing()
    met = [listing.meet(at, keys_of(one)) for at, one in enumerate(businesses)]
    return [before.id if before else at for at, before in enumerate(met)]


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(BUSINESSES, max_size=14), st.integers(1, 6))
def test_the_size_of_a_block_says_nothing(db, businesses, block):
    with transaction.atomic():
        row = found(*businesses)
        grouping.group(row, block=block)

        assert first_of_each(row) == at_once(businesses)
        transaction.set_rollback(True)


def test_what_many_listings_say_is_put_together_over_blocks():
    row = found(
        {"name": "Acme", "website": "acme.test"}, {"name": "Shut", "phone": "+14155550108"},
        {"name": "Bolt", "phone": "+14155550101"}, {"name": "Nobody"}, {},
        {"name": "Acme", "website": "acme.test", "phone": "+14155550100", "city": "Oslo"},
        {"phone": "+14155550108", "is_closed": True},
    )  # fmt: skip

    with transaction.atomic():
        rows = [one.row for one in put_together(row, block=1)]

    assert [(phone, name, site) for phone, name, site, *_ in rows] == [
        ("+14155550100", "Acme", "acme.test"), ("+14155550101", "Bolt", ""),
    ]  # fmt: skip
    assert rows[0][4] == "Oslo"
    assert list(row.finds.order_by("pk").values_list("fate", "line")) == [
        ("", 2), (Fate.CLOSED, None), ("", 3), (Fate.COMPANY, None), (Fate.REJECTED, None),
        (Fate.REPEATED, None), (Fate.REPEATED, None),
    ]  # fmt: skip


def test_four_times_as_many_finds_take_no_more_memory():
    def peak(count):
        firms = [
            {
                "name": f"Firm {n}",
                "phone": f"+1{212 + n // 100}55501{n % 100:02}",
                "city": "x" * 500,
            }
            for n in range(count)
        ]
        row = found(*firms)
        del firms
        tracemalloc.start()
        with transaction.atomic():
            written = sum(1 for _ in put_together(row, block=50))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert written == count
        return most

    peak(100)  # what is imported and cached once

    assert peak(2_000) < 1.5 * peak(500)
