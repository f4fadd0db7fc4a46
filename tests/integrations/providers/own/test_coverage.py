"""The market's estimate names a reach by whole towns, and is never very sure."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from integrations.errors import QuestionRejected
from integrations.provider import Api, Fact, Question
from integrations.providers.own.coverage import BY_TOWN, estimate_coverage


def estimated(city: str, state: str) -> list[Fact]:
    asked = Question({"city": city, "state": state})
    return asyncio.run(estimate_coverage(cast(Api, cast(Any, None)), asked))


@pytest.mark.parametrize(
    ("city", "state", "reach", "sure"),
    [
        ("Houston", "TX", "5g", 0.3),
        ("san  ANTONIO", "texas", "lte", 0.3),
        ("Columbus", "GA", "none", 0.15),
        ("East Los Angeles", "CA", "none", 0.15),
        ("Alderton", "WA", "none", 0.15),
    ],
)
def test_a_town_is_found_by_its_whole_name_and_state(
    city: str, state: str, reach: str, sure: float
):
    assert estimated(city, state) == [Fact("coverage_estimate", reach, sure)]


def test_the_list_has_the_predecessors_towns():
    reaches = list(BY_TOWN.values())

    assert (reaches.count("5g"), reaches.count("lte")) == (20, 6)


def test_a_state_that_there_is_none_of_is_refused():
    with pytest.raises(QuestionRejected, match="state"):
        estimated("Paris", "Île-de-France")
