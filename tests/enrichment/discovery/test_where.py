"""Where is looked: around a point, and in the places of a file, from the form to the contacts."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contacts.models import Contact, ImportRow
from enrichment.discovery import service
from enrichment.models import Discovery, DiscoveryPlace
from integrations.models import ApiCall
from integrations.search import Wanted
from tests.enrichment.discovery.conftest import counts, worked

ADD = "/admin/enrichment/discovery/add/"
CIRCLE = {
    "where": "circle", "latitude": "37.77", "longitude": "-122.42", "radius_km": "2.5",
    "kind": "plumber", "per_place": "40", "search_1": "google_places.nearby",
    "search_2": "yelp.search", "search_3": "",
}  # fmt: skip
FILE = {
    "where": "places", "places": "", "kind": "plumber", "per_place": "20",
    "search_1": "yelp.search", "search_2": "", "search_3": "",
}  # fmt: skip


@pytest.fixture
def office(admin_client, runtime, uploads):
    return admin_client


def adds_up(row):
    """Tell whether what was found is what became of it, by place, by search and over all."""
    sums = [row.found_count == sum(row.fates.values())]
    sums += [one.found_count == sum(one.fates.values()) for one in row.places.all()]
    sums += [one["found_count"] == sum(n for key, n in one.items() if key != "found_count")
             for one in row.by_search.values()]  # fmt: skip
    sums += [row.found_count == sum(place.found_count for place in row.places.all())]
    return all(sums)


def test_around_a_point_businesses_become_contacts(office, runtime):
    office.post(ADD, CIRCLE)
    row = Discovery.objects.get()
    place = row.places.get()
    assert (place.latitude, place.longitude, place.radius_m) == (37.77, -122.42, 2500)
    assert str(place) == "2.5 km around 37.77, -122.42"
    assert row.name == "Plumber in 37.77, -122.42"

    service.approve(row, None)
    row = worked(row, runtime)

    assert (row.state, row.done_count) == ("done", 1)
    assert set(row.by_search) == {"google_places.nearby", "yelp.search"}
    assert adds_up(row)
    assert Contact.objects.count() == row.new_count > 0
    assert row.record.rows.filter(outcome=ImportRow.Outcome.CREATED).count() == row.new_count


def test_a_point_once_more_is_free_and_new_to_nobody(office, runtime):
    office.post(ADD, CIRCLE)
    row = Discovery.objects.get()
    service.approve(row, None)
    row, asked = worked(row, runtime), ApiCall.objects.count()

    again = service.again(row)
    service.approve(again, None)
    again = worked(again, runtime)

    assert Decimal(again.estimate["max_usd"]) == 0
    assert (ApiCall.objects.count(), again.found_count) == (asked, row.found_count)
    assert (again.new_count, again.again_of_id) == (0, row.pk)
    assert adds_up(again)


@pytest.mark.parametrize(
    ("name", "content", "near"),
    [
        ("zips.csv", b"store,ZIP\n1,94103\n2,10001\n3,94103\n", ["94103", "10001"]),
        ("zips.txt", b"\xef\xbb\xbfAustin, TX\r\n94103 10001\r\n",
         ["Austin, TX", "94103", "10001"]),
    ],
)  # fmt: skip
def test_the_places_of_a_file_are_searched(office, runtime, name, content, near):
    office.post(ADD, FILE | {"file": SimpleUploadedFile(name, content)})
    row = Discovery.objects.get()
    assert list(row.places.values_list("near", flat=True)) == near

    service.approve(row, None)
    row = worked(row, runtime)

    assert (row.state, row.done_count, row.place_count) == ("done", len(near), len(near))
    assert counts(row)["found"] > 0
    assert adds_up(row)


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        (b"94103\n1234\n", {}, "“1234” is no ZIP: a ZIP has five digits."),
        (b"PK\x03\x04\0\0", {}, "This is no text: save it as CSV or text, with one place a line."),
        (b"", {}, "The submitted file is empty."),
        (b"94103", {"places": "10001"}, "Both a file and typed places: give one of the two."),
        (b"1" * 2_000_001, {}, "The file is larger than 2 MB: split it."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(office, file, change, said):
    response = office.post(ADD, FILE | change | {"file": SimpleUploadedFile("zips.csv", file)})

    assert said in response.context["form"].errors["file"]
    assert not DiscoveryPlace.objects.exists()


def test_further_than_a_search_looks_is_refused(office):
    response = office.post(ADD, CIRCLE | {"radius_km": "45"})

    assert response.context["form"].errors["radius_km"] == [
        "Yelp looks 40 km around a point at the most."
    ]
    assert not Discovery.objects.exists()
    with pytest.raises(service.DiscoveryRefused, match="40 km") as refused:
        wanted = [Wanted("", "", 37.0, -122.0, 40_001)]
        service.create(wanted, searches=["yelp.search"], per_place=10)
    assert refused.value.field == "radius_km"


def test_a_hundred_businesses_of_a_kind_that_no_search_knows_are_none(office, runtime):
    row = service.create([Wanted("", "nowhere at all")], searches=["yelp.search"], per_place=1)
    service.approve(row, None)

    row = worked(row, runtime)

    assert row.found_count <= 1
    assert adds_up(row)
