"""The estimate: never below what is spent at the most, and free where pages are known."""

import random
from decimal import Decimal

import pytest

from enrichment.discovery import queries, service
from enrichment.discovery.estimate import Known, pages_of
from integrations.registry import search
from tests.enrichment.discovery.conftest import made, worked

YELP, GOOGLE = search("yelp.search"), search("google_places.text")


def pages(searches, known, per_place=60, seen=(20.0, 20.0)):
    found = pages_of(tuple(searches), tuple(known), per_place, tuple(seen[: len(searches)]))
    return found.least, found.expected, found.most


def test_pages_of_a_place_of_which_nothing_is_known():
    assert pages([GOOGLE], [Known()]) == ((1.0,), (1.0,), (3.0,))
    assert pages([YELP], [Known()], per_place=300) == ((1.0,), (1.0,), (5.0,))


def test_a_second_search_is_least_where_the_first_fills_the_place():
    assert pages([GOOGLE, YELP], [Known(), Known()], per_place=20)[0] == (1.0, 0.0)
    assert pages([GOOGLE, YELP], [Known(), Known()], per_place=60)[0] == (1.0, 1.0)


def test_known_pages_are_free_and_a_known_end_is_the_end():
    assert pages([GOOGLE], [Known(1, 20, True)])[2] == (2.0,)
    assert pages([GOOGLE], [Known(1, 7, False)]) == ((0.0,), (0.0,), (0.0,))


@pytest.mark.parametrize("seed", range(6))
def test_what_is_spent_lies_between_least_and_most(runtime, uploads, seed):
    dice = random.Random(seed)
    searches = dice.sample(["google_places.text", "yelp.search"], dice.randint(1, 2))
    zips = "\n".join(str(dice.randint(10_001, 14_900)) for _ in range(dice.randint(1, 12)))
    kind, per_place = dice.choice(["", "plumber", "dentist"]), dice.choice([5, 20, 60, 240])
    for _ in range(2):
        row = made(zips, kind=kind, searches=searches, per_place=per_place)
        service.approve(row, None)
        worked(row, runtime)

        least, most = (Decimal(row.estimate[name]) for name in ("min_usd", "max_usd"))
        assert row.state == "done"
        assert least <= queries.spent_usd(row) <= most
    assert queries.spent_usd(row) == Decimal(row.estimate["expected_usd"]) == 0
