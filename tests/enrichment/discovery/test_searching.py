"""One place: searches in order, page after page, whatever a provider answers."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from enrichment.discovery.asking import Got
from enrichment.discovery.pages import Kept
from enrichment.discovery.searching import Place, search_place
from integrations.errors import (
    CircuitOpen,
    ContractBroken,
    OverBudget,
    QuestionRejected,
    ServerFailed,
)
from integrations.search import Wanted

YELP, GOOGLE = "yelp.search", "google_places.text"
AT = datetime(2026, 11, 22, tzinfo=UTC)


class Told:
    """Answers each search from a list: pages of names, or errors; the last one again for ever."""

    def __init__(self, **answers):
        self.answers = {YELP: answers.get("yelp", [[]]), GOOGLE: answers.get("google", [[]])}
        self.asked = []

    async def page(self, ask):
        self.asked.append((ask.search.slug, ask.number, ask.cursor))
        answers = self.answers[ask.search.slug]
        answer = answers[min(ask.number, len(answers) - 1)]
        if isinstance(answer, Exception):
            raise answer
        listed = [{"source_id": name, "name": name, "postal_code": "94103"} for name in answer]
        raw = {"cursor": "next", "businesses": listed}
        return Got(Kept(UUID(int=1), AT, len(listed), True, raw))


def searched(told, *, searches=(GOOGLE, YELP), per_place=60, tries=1):
    place = Place(1, tries, 1, True, searches, per_place, Wanted("plumber", "94103"))
    return asyncio.run(search_place(place, told))


def names(ended):
    return [found.business["name"] for found in ended.found]


def test_a_page_that_is_repeated_for_ever_is_the_last():
    told = Told(google=[["a", "b"]])

    ended = searched(told, searches=(GOOGLE,))

    assert names(ended) == ["a", "b"]
    assert [number for _, number, _ in told.asked] == [0, 1]


def test_pages_that_never_end_are_asked_up_to_what_was_wanted():
    told = Told(google=[[f"{page}-{n}" for n in range(5)] for page in range(9)])

    ended = searched(told, searches=(GOOGLE,), per_place=60)

    assert len(told.asked) == 3
    assert len(ended.found) == 15


def test_a_token_that_fails_keeps_what_came_before():
    told = Told(google=[["a"], QuestionRejected("the page token is old")], yelp=[["b"], []])

    ended = searched(told)

    assert (ended.ending, names(ended)) == ("done", ["a", "b"])
    assert ended.trace[GOOGLE]["why"] == "the page token is old"


def test_enough_from_the_first_spares_the_second():
    told = Told(google=[["a", "b", "c"]])

    ended = searched(told, per_place=2)

    assert names(ended) == ["a", "b"]
    assert [slug for slug, *_ in told.asked] == [GOOGLE]
    assert "enough" in ended.trace[YELP]["why"]


def test_a_circuit_that_is_open_is_waited_for_where_the_next_finds_too_few():
    soon = datetime.now(UTC) + timedelta(seconds=30)

    ended = searched(Told(google=[CircuitOpen("open", retry_at=soon)], yelp=[["b"], []]))

    assert (ended.ending, ended.due_at, ended.is_try) == ("released", soon, False)


def test_a_circuit_that_is_open_is_passed_over_where_the_next_finds_enough():
    told = Told(google=[CircuitOpen("open")], yelp=[["b", "c"]])

    ended = searched(told, per_place=2)

    assert (ended.ending, names(ended)) == ("done", ["b", "c"])


def test_a_server_that_fails_is_tried_three_times():
    told = Told(google=[ServerFailed("503")])

    first = searched(told, searches=(GOOGLE,))
    last = searched(told, searches=(GOOGLE,), tries=3)

    assert (first.ending, first.is_try) == ("released", True)
    assert (last.ending, last.error) == ("failed", "given up after 3 tries: 503")


def test_a_cap_stops_all_at_once():
    told = Told(google=[OverBudget("too little", code="discovery:1")])

    ended = searched(told)

    assert (ended.ending, ended.blocks) == ("released", "cap:discovery:1")
    assert len(told.asked) == 1


def test_a_broken_answer_spoils_only_its_own_search():
    ended = searched(Told(google=[ContractBroken("no JSON")], yelp=[["b"], []]))

    assert (ended.ending, names(ended)) == ("done", ["b"])
    assert ended.trace[GOOGLE]["error"] == "ContractBroken"
