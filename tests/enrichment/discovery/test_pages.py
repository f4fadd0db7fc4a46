"""The back office of discovery: made, estimated, approved, watched, looked at."""

import pytest
from django.urls import reverse

from enrichment.models import Discovery
from tests.enrichment.discovery.conftest import made, worked

FORM = {
    "where": "places", "places": "94103\n94103\n10001", "kind": "plumber", "per_place": "60",
    "search_1": "yelp.search", "search_2": "google_places.text", "search_3": "",
}  # fmt: skip
ADD = "/admin/enrichment/discovery/add/"


def url(page, row):
    return reverse(f"admin:enrichment_discovery_{page}", args=[row.pk])


def html(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def office(admin_client, runtime, uploads):
    return admin_client


def test_typed_places_are_estimated_approved_and_found(office, runtime):
    answer = office.post(ADD, FORM, follow=True)
    row = Discovery.objects.get()
    assert "searched once: 94103" in html(answer)
    assert [place.near for place in row.places.all()] == ["94103", "10001"]

    office.post(url("approve", row), {"cap_usd": "1", "seen": row.estimate["made_at"]})
    worked(row, runtime)

    seen = html(office.get(url("change", row)))
    assert row.state == "done"
    assert f"<strong>{row.found_count}</strong> found" in seen
    assert f"<strong>{row.new_count}</strong> new contact" in seen


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"places": "00000"}, "There is no ZIP 00000."),
        ({"places": "1234"}, "“1234” is no ZIP: a ZIP has five digits."),
        ({"places": ""}, "Write at least one ZIP or place."),
        ({"places": "Austin, XY"}, "“Austin, XY”: there is no state XY."),
        ({"per_place": "0"}, "From 1 to 300 businesses."),
        ({"search_1": "", "search_2": ""}, "Choose at least one search."),
        ({"search_2": "yelp.search"}, "It is asked before already"),
        ({"search_1": "google_places.nearby"}, "It can&#x27;t search ZIPs or towns"),
        ({"where": "circle", "latitude": "91", "longitude": "1", "radius_km": "5"}, "A latitude"),
        ({"where": "circle", "latitude": "9", "longitude": "1"}, "Say which, for example 5."),
    ],
)
def test_bad_input_is_refused_and_what_was_typed_is_kept(office, change, said):
    seen = html(office.post(ADD, FORM | change))

    assert said in seen
    assert 'value="plumber"' in seen
    assert Discovery.objects.count() == 0


def test_who_waits_for_an_approval_sees_it_come(office):
    row = made("94103")
    live = f"{url('live', row)}?seen=ready&amp;p=1"
    assert f'hx-get="{live}" hx-trigger="every 5s"' in html(office.get(url("change", row)))
    assert office.get(url("live", row), {"seen": "ready"}).status_code == 204

    office.post(url("approve", row), {"cap_usd": "1", "seen": row.estimate["made_at"]})

    assert "HX-Refresh" in office.get(url("live", row), {"seen": "ready"}).headers


@pytest.mark.parametrize("count", [1, 60])
def test_pages_take_few_queries(office, django_assert_max_num_queries, count):
    row = made("\n".join(str(94000 + n) for n in range(100, 100 + count)), kind="x")
    for page in ("change", "companies", "live"):
        with django_assert_max_num_queries(12):
            assert office.get(url(page, row), {"seen": row.state}).status_code in (200, 204)
    with django_assert_max_num_queries(12):
        html(office.get("/admin/enrichment/discovery/"))


def test_empty_list_says_what_comes_first(office):
    assert "Start the first discovery" in html(office.get("/admin/enrichment/discovery/"))


def test_a_cap_left_empty_is_said_to_be_none(office):
    seen = html(office.get(url("change", made(kind="x"))))

    assert "Left empty there is no cap: only the budgets of the accounts stop it." in seen
