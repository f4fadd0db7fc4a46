"""What changed: delta links and times, pages of one moment, crashes between them, and old links."""

from __future__ import annotations

import pytest

from crm_sync.connector import CONTACT
from integrations.errors import ContractBroken, NotEntitled, QuestionRejected
from tests.crm_sync.connectors.dynamics.asking import person

ALL = ["account", "contact", "lead"]
BOTH = pytest.mark.parametrize("untracked", [[], ALL], ids=["tracked", "by time"])


def ids(records):
    return [one.id for one in records]


@BOTH
def test_more_records_of_one_moment_than_a_page_holds(dynamics, untracked):
    dynamics.let(untracked=untracked, page_most=7)
    dynamics.let(stand_at_ms=1_790_000_000_000)
    made = {dynamics.make(lastname=f"L{n}") for n in range(50)}

    pages = dynamics.pages()

    assert len(pages) == 8
    assert sorted(i for page in pages for i in ids(page.records)) == sorted(made)


@BOTH
def test_a_crash_between_pages_loses_nothing(dynamics, untracked):
    dynamics.let(untracked=untracked, page_most=4)
    made = {dynamics.make(lastname=f"L{n}") for n in range(10)}

    first = dynamics.ask("changed", CONTACT, {}, ["jobtitle"])
    second = [dynamics.ask("changed", CONTACT, first.cursor, ["jobtitle"]) for _ in range(2)]
    rest, _ = dynamics.changed(second[1].cursor)

    assert second[0] == second[1]
    assert {*ids(first.records), *ids(second[0].records), *ids(rest)} == made


@BOTH
def test_what_changes_between_pages_is_seen(dynamics, untracked):
    dynamics.let(untracked=untracked, page_most=4)
    made = [dynamics.make(lastname=f"L{n}") for n in range(10)]

    first = dynamics.ask("changed", CONTACT, {}, ["jobtitle"])
    dynamics.let(edit=["contact", ids(first.records)[0], {"jobtitle": "Poet"}])
    seen, cursor = dynamics.changed(first.cursor)
    later, _ = dynamics.changed(cursor)

    told = {one.id: one.values["jobtitle"] for one in [*first.records, *seen, *later]}
    assert told == {id_: "Poet" if id_ == ids(first.records)[0] else None for id_ in made}


def test_without_change_tracking_a_late_transaction_is_seen_by_the_overlap(dynamics):
    dynamics.let(untracked=ALL)
    dynamics.make(lastname="First")
    _, cursor = dynamics.changed()
    dynamics.let(skew_s=-100)  # it began before, and ends only now
    late = dynamics.make(lastname="Late")

    later, _ = dynamics.changed(cursor)

    assert late in ids(later)


@BOTH
def test_an_unchanged_table_ends_at_once(dynamics, untracked):
    dynamics.let(untracked=untracked)
    _, cursor = dynamics.changed()
    for _ in range(2):
        found, cursor = dynamics.changed(cursor)
        assert found == []


@pytest.mark.parametrize("status", [410, 400])
def test_a_delta_link_that_is_too_old_begins_again(dynamics, status):
    made = {dynamics.make(lastname=f"L{n}") for n in range(3)}
    _, cursor = dynamics.changed()
    dynamics.let(expire_delta=status)

    found, cursor = dynamics.changed(cursor)
    later, _ = dynamics.changed(cursor)

    assert {*ids(found)} == made
    assert {*ids(later)} <= made


def test_other_fields_begin_again(dynamics):
    made = dynamics.make(lastname="Lovelace", jobtitle="Poet")
    _, cursor = dynamics.changed(fields=("lastname",))

    found, _ = dynamics.changed(cursor, fields=("lastname", "jobtitle"))

    assert [(one.id, one.values) for one in found] == [
        (made, {"lastname": "Lovelace", "jobtitle": "Poet"})
    ]


def test_xr_07_a_link_to_another_host_is_not_followed(dynamics):
    dynamics.let(foreign_host="elsewhere.test", page_most=1)
    for n in range(3):
        dynamics.make(lastname=f"L{n}")
    first = dynamics.ask("changed", CONTACT, {}, ["jobtitle"])

    with pytest.raises(ContractBroken, match=r"elsewhere\.test"):
        dynamics.ask("changed", CONTACT, first.cursor, ["jobtitle"])

    assert first.has_more


def test_a_link_that_is_refused_for_another_reason_is_an_error(dynamics):
    dynamics.make(lastname="Lovelace")
    _, cursor = dynamics.changed()
    broken = {**cursor, "link": cursor["link"].replace("jobtitle", "new_nothing")}

    with pytest.raises(QuestionRejected, match="new_nothing"):
        dynamics.changed(broken)

    dynamics.let(lacks=["prvReadContact"])
    with pytest.raises(NotEntitled):
        dynamics.changed(cursor)


def test_our_own_write_comes_back_as_it_was_sent(dynamics):
    one = person(jobtitle="Poet", gendercode="2")
    done = dynamics.write(one)[one.key]

    fields = [*one.values]
    found, _ = dynamics.changed(fields=fields)

    assert [(each.key, each.values, each.modified_at) for each in found] == [
        (one.key, one.values, done.modified_at)
    ]


@BOTH
def test_deletions_are_told_by_change_tracking_alone(dynamics, untracked):
    dynamics.let(untracked=untracked)
    gone, stays = dynamics.make(lastname="A"), dynamics.make(lastname="B")
    _, cursor = dynamics.changed()
    dynamics.delete(gone)

    found, _ = dynamics.changed(cursor)

    told = {(one.id, one.is_deleted) for one in found}
    assert told == ({(stays, False)} if untracked else {(gone, True)})
