"""Places that took three workers with them are searched again, on a person's word."""

from decimal import Decimal

import pytest

from enrichment.discovery import replaying, service, working
from enrichment.models import Discovery, DiscoveryPlace
from tests.enrichment.discovery.conftest import made, worked

GIVEN_UP = {"state": "dead", "tries": 3, "losses": 3, "error": working.GIVEN_UP}


@pytest.fixture
def given_up(runtime, uploads):
    """A discovery over two places, of which the first was given up."""

    def make(state="working", **fields):
        row = made("94103\n10001", searches=["yelp.search"], per_place=20)
        first = row.places.earliest("pk")
        DiscoveryPlace.objects.filter(pk=first.pk).update(**GIVEN_UP)
        Discovery.objects.filter(pk=row.pk).update(state=state, failed_count=1, **fields)
        row.refresh_from_db()
        return row, first

    return make


def test_in_an_open_discovery_it_waits_again_and_is_found(given_up, runtime):
    row, first = given_up()

    done = replaying.replay_dead(row, [first.pk])
    assert (done.count, done.discovery) == (1, row)
    assert replaying.replay_dead(row).count == 0
    row = worked(row, runtime)

    first.refresh_from_db()
    assert (row.state, row.done_count, row.failed_count) == ("done", 2, 0)
    assert (first.state, first.losses, first.error) == ("done", 0, "")
    assert first.found_count > 0
    assert row.found_count == sum(row.fates.values())


def test_one_that_is_done_gets_another_which_waits_for_approval(given_up, runtime):
    row, first = given_up("done", cap_usd=Decimal("0.5"))

    done = replaying.replay_dead(row)

    new = done.discovery
    first.refresh_from_db()
    assert (done.count, new.state, new.again_of_id) == (1, "ready", row.pk)
    assert (new.cap_usd, new.searches, new.per_place) == (Decimal("0.5"), ["yelp.search"], 20)
    assert list(new.places.values_list("near", flat=True)) == ["94103"]
    assert (first.state, first.error) == (
        "failed", f"given up; searched again in discovery {new.pk}"
    )  # fmt: skip
    assert replaying.replay_dead(row).count == 0
    service.approve(new, new.cap_usd)
    assert worked(new, runtime).found_count > 0


@pytest.mark.parametrize(
    ("state", "why"), [("importing", "are being imported"), ("cancelled", "was cancelled")]
)
def test_what_cannot_go_on_is_refused_and_left(given_up, state, why):
    row, first = given_up(state)

    with pytest.raises(service.DiscoveryRefused, match=why):
        replaying.replay_dead(row)

    first.refresh_from_db()
    assert first.state == "dead"
    assert Discovery.objects.count() == 1


def test_places_of_another_discovery_are_left(given_up):
    row, _ = given_up()
    other, first = given_up()

    assert replaying.replay_dead(row, [first.pk]).count == 0
    assert other.places.filter(state="dead").count() == 1
