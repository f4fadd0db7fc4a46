"""Three-way merging: each rule on each kind of change, and that both sides settle."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_sync.connector import CONTACT, Problem, Row
from crm_sync.mapping.merge import Clash, Moment, merge, merging
from crm_sync.mapping.payload import compiled
from crm_sync.mapping.same import same
from tests.crm_sync.mapping.acme import ADA, ADA_THERE, FIELDS, ROWS

EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)


def merged(ours, agreed, theirs, at=(EARLY, LATE), **row):
    """One field, Given: what is pushed, what is taken, who took a conflict."""
    found = merge(
        [Row("first_name", "Given", **row)], FIELDS, {"first_name": ours}, {"Given": agreed},
        {"Given": theirs}, *at,
    )  # fmt: skip
    return found.push, found.take, [one.taken for one in found.conflicts]


PUSH, TAKE, NOTHING = ({"Given": "A"}, {}), ({}, {"first_name": "B"}), ({}, {})


@pytest.mark.parametrize("direction", ["push", "pull", "both"])
@pytest.mark.parametrize("wins", ["remote", "ours", "newest", "blank"])
def test_nothing_changes_when_nothing_changed(direction, wins):
    assert merged("A", "A", "A", direction=direction, wins=wins) == ({}, {}, [])
    assert merged("", None, "", direction=direction, wins=wins) == ({}, {}, [])
    assert merged(" A ", "A", "A", direction=direction, wins=wins) == ({}, {}, [])


@pytest.mark.parametrize(
    ("direction", "wins", "ours_changed", "theirs_changed"),
    [
        ("both", "remote", PUSH, TAKE),
        ("both", "ours", PUSH, TAKE),
        ("both", "newest", PUSH, TAKE),
        ("both", "blank", ({}, {"first_name": "O"}), TAKE),
        ("push", "remote", PUSH, NOTHING),
        ("push", "ours", PUSH, ({"Given": "O"}, {})),
        ("push", "newest", PUSH, NOTHING),
        ("push", "blank", NOTHING, NOTHING),
        ("pull", "remote", ({}, {"first_name": "O"}), TAKE),
        ("pull", "ours", NOTHING, TAKE),
        ("pull", "newest", NOTHING, TAKE),
        ("pull", "blank", NOTHING, NOTHING),
    ],
)
def test_ar_39_one_side_changed(direction, wins, ours_changed, theirs_changed):
    mine = merged("A", "O", "O", direction=direction, wins=wins)
    theirs = merged("O", "O", "B", direction=direction, wins=wins)

    assert mine == (*ours_changed, [])
    assert theirs == (*theirs_changed, [])


@pytest.mark.parametrize(
    ("direction", "wins", "at", "expected"),
    [
        ("both", "remote", (LATE, EARLY), (*TAKE, ["theirs"])),
        ("both", "ours", (EARLY, LATE), (*PUSH, ["ours"])),
        ("both", "newest", (EARLY, LATE), (*TAKE, ["theirs"])),
        ("both", "newest", (LATE, EARLY), (*PUSH, ["ours"])),
        ("both", "newest", (LATE, LATE), (*TAKE, ["theirs"])),
        ("both", "newest", (None, EARLY), (*TAKE, ["theirs"])),
        ("both", "newest", (EARLY, None), (*PUSH, ["ours"])),
        ("both", "newest", (None, None), (*TAKE, ["theirs"])),
        ("both", "blank", (LATE, EARLY), (*TAKE, ["theirs"])),
        ("push", "ours", (EARLY, LATE), (*PUSH, ["ours"])),
        ("push", "newest", (LATE, EARLY), (*PUSH, ["ours"])),
        ("push", "newest", (EARLY, LATE), (*NOTHING, [])),
        ("push", "remote", (LATE, EARLY), (*NOTHING, [])),
        ("pull", "remote", (LATE, EARLY), (*TAKE, ["theirs"])),
        ("pull", "ours", (EARLY, LATE), (*NOTHING, [])),
        ("pull", "newest", (LATE, EARLY), (*NOTHING, [])),
    ],
)
def test_ar_39_both_changed(direction, wins, at, expected):
    assert merged("A", "O", "B", at, direction=direction, wins=wins) == expected


@pytest.mark.parametrize("wins", ["remote", "ours", "newest", "blank"])
def test_first_meeting_fills_blanks_both_ways(wins):
    assert merged("A", None, None, wins=wins) == ({"Given": "A"}, {}, [])
    assert merged("", None, "B", wins=wins) == ({}, {"first_name": "B"}, [])


def test_clearing_goes_both_ways():
    assert merged("", "O", "O") == ({"Given": None}, {}, [])
    assert merged("O", "O", None) == ({}, {"first_name": ""}, [])
    assert merged("", "O", "O", transform="omit") == ({}, {}, [])


def test_conflict_tells_both_values_and_the_rule():
    rows = [Row("first_name", "Given", wins="remote")]

    found = merge(rows, FIELDS, {"first_name": "A"}, {"Given": "O"}, {"Given": "B"})

    assert found.conflicts == [Clash("first_name", "Given", "A", "B", "theirs", "remote")]
    assert found.agreed == {"Given": "B"}


def test_field_that_is_left_alone_keeps_what_was_agreed():
    rows = [Row("first_name", "Given", "push", "remote")]

    found = merge(rows, FIELDS, {"first_name": "A"}, {"Given": "O"}, {"Given": "B"})

    assert (found.push, found.take, found.agreed) == ({}, {}, {"Given": "O"})


@pytest.mark.parametrize("theirs", ["Grace", "GRACE"])
def test_what_was_taken_is_not_sent_back_in_our_spelling(theirs):
    rows = [Row("first_name", "Given", transform="upper")]
    first = merge(rows, FIELDS, {"first_name": "Ada"}, {"Given": "ADA"}, {"Given": theirs})

    again = merge(rows, FIELDS, first.take, first.agreed, {"Given": theirs})

    assert first.take == {"first_name": theirs}
    assert (again.push, again.take) == ({}, {})


def test_address_in_another_case_is_the_same_address():
    rows = [Row("email", "Mail")]
    ours = {"email": "ada@example.test"}

    found = merge(rows, FIELDS, ours, {}, {"Mail": "Ada@Example.test"})

    assert (found.push, found.take, found.conflicts) == ({}, {}, [])


def test_what_the_field_does_not_take_is_told_and_theirs_stays():
    rows = [Row("first_name", "Given")]
    ours, agreed = {"first_name": "x" * 50}, {"Given": "Ada"}

    found = merge(rows, FIELDS, ours, agreed, agreed)

    words = "Given name takes 40 characters, and ours has 50."
    assert found.problems == [Problem(words, "Given")]
    assert (found.push, found.take, found.agreed) == ({}, {}, agreed)


def test_theirs_is_taken_where_ours_could_never_be_sent():
    rows = [Row("last_name", "Family")]

    found = merge(rows, FIELDS, {"last_name": ""}, {}, {"Family": "Lovelace"})

    assert (found.take, found.problems) == ({"last_name": "Lovelace"}, [])


def test_what_ours_cannot_hold_is_neither_taken_nor_overwritten():
    rows, long = [Row("country", "Note")], "x" * 101

    found = merge(rows, FIELDS, {"country": "US"}, {"Note": "US"}, {"Note": long})

    assert (found.push, found.take, found.agreed) == ({}, {}, {"Note": "US"})
    assert [one.field for one in found.problems] == ["Note"]


words = st.sampled_from(["", " ", "Ada", "ada", "Grace", "x" * 30, "Élodie", "1"])
countries = st.sampled_from(["", "US", "Germany", "GB", "Atlantis"])
mails = st.sampled_from(["", "a@example.test", "B@Example.test", "b@example.test"])
numbers = st.sampled_from([None, 0, 5, 88])
moments = st.sampled_from([None, EARLY, LATE])
ours_values = st.fixed_dictionaries({
    "first_name": words, "position": words, "country": countries, "email": mails,
    "department": words, "last_name": st.just("Lovelace"), "quality_score": numbers,
})  # fmt: skip
their_values = st.fixed_dictionaries({
    "Given": words, "Job": words.map(lambda one: one[:20]), "Mail": mails, "Note": words,
    "Land": st.sampled_from([None, "", "United States", "Germany", "Atlantis"]),
    "Family": st.just("Lovelace"), "Score": numbers,
})  # fmt: skip
WINS = st.sampled_from(["remote", "ours", "newest", "blank"])


@st.composite
def mappings(draw):
    both = (
        ("first_name", "Given", ""), ("position", "Job", "truncate"), ("email", "Mail", ""),
        ("country", "Land", "country_name"), ("department", "Note", "upper"),
        ("last_name", "Family", ""),
    )  # fmt: skip
    return [Row(ours, remote, "both", draw(WINS), transform) for ours, remote, transform in both]


@given(mappings(), ours_values, their_values, their_values, moments, moments)
def test_ar_39_both_ways_settles_in_one_cycle(rows, ours, agreed, theirs, ours_at, theirs_at):
    first = merge(rows, FIELDS, ours, agreed, theirs, ours_at, theirs_at)
    after, there = {**ours, **first.take}, {**theirs, **first.push}
    again = merge(rows, FIELDS, after, first.agreed, there, LATE, LATE)

    assert (again.push, again.take, again.conflicts) == ({}, {}, [])
    told = {one.field for one in first.problems}
    sent = compiled(rows, FIELDS)(after).values
    for row in rows:
        if row.remote not in told and row.transform != "upper":
            assert same(FIELDS[row.remote], sent.get(row.remote), there[row.remote]), row
    assert not first.push.keys() & {row.remote for row in rows if row.ours in first.take}


@given(st.sampled_from(["push", "pull", "both"]), WINS, words, words, words, moments, moments)
def test_any_direction_comes_to_rest(direction, wins, ours, agreed, theirs, ours_at, theirs_at):
    rows = [Row("first_name", "Given", direction, wins)]
    run = merging(CONTACT, rows, FIELDS)
    at = Moment(ours_at, theirs_at)

    first = run({"first_name": ours}, {"Given": agreed}, {"Given": theirs}, at)
    after = {"first_name": ours, **first.take}
    again = run(after, first.agreed, {"Given": theirs, **first.push}, at)

    assert (again.push, again.take, again.conflicts) == ({}, {}, [])
    assert not (direction == "pull" and first.push)
    assert not (direction == "push" and first.take)


def test_whole_record_that_is_the_same_is_left_alone():
    found = merge(ROWS, FIELDS, ADA, {}, ADA_THERE)

    assert (found.push, found.take, found.conflicts, found.problems) == ({}, {}, [], [])
    assert found.agreed == ADA_THERE
