"""What changed in HubSpot, through its search: one moment, a late index, a change meanwhile."""

from __future__ import annotations

import time

from crm_sync.connector import COMPANY, CONTACT
from tests.crm_sync.connectors.at_hubspot import person


def crowd(hubspot, count):
    people = [person(n) for n in range(count)]
    done = {}
    for start in range(0, count, 100):
        done.update(hubspot.write(*people[start : start + 100]))
    return [done[one.key].remote_id for one in people]


def test_airbyte_43317_a_moment_with_more_records_than_a_search_counts(hubspot):
    early = hubspot.make(email="early@example.test")
    hubspot.let(stand_at_ms=int(time.time() * 1000))
    ids = crowd(hubspot, 10_100)
    hubspot.let(stand_at_ms=None)
    late = hubspot.make(email="late@example.test")

    found, cursor = hubspot.changed()

    assert sorted(found) == sorted([early, *ids, late])
    assert set(cursor) == {"since", "archived_since"}


def test_many_moments_are_read_without_showing_one_twice(hubspot):
    ids = []
    for second in range(5):
        hubspot.let(stand_at_ms=1_700_000_000_000 + second * 1000)
        ids += [hubspot.make(email=f"p{second}.{n}@example.test") for n in range(90)]
    hubspot.let(stand_at_ms=None)

    found, cursor = hubspot.changed()

    assert found == ids
    assert hubspot.changed(cursor)[0] == []


def test_the_same_cursor_asked_again_tells_the_same(hubspot):
    hubspot.let(stand_at_ms=1_700_000_000_000)
    crowd(hubspot, 450)
    hubspot.let(stand_at_ms=None)

    pages = hubspot.pages()
    again = [hubspot.ask("changed", CONTACT, page.cursor, ["jobtitle"]) for page in pages[:-1]]

    assert len(pages) == 4
    assert [page.records for page in again] == [page.records for page in pages[1:]]


def test_what_the_index_showed_too_late_comes_with_the_next_sync(hubspot):
    hubspot.let(stand_at_ms=int(time.time() * 1000) - 20_000)
    unseen = hubspot.make(email="person1@example.test")
    hubspot.let(stand_at_ms=None, index_lag_s=30)
    found, cursor = hubspot.changed()
    assert found == []

    hubspot.let(index_lag_s=0)

    assert hubspot.changed(cursor)[0] == [unseen]


def test_a_change_while_pages_are_read_is_never_skipped(hubspot):
    ids = []
    for n in range(260):
        hubspot.let(stand_at_ms=1_700_000_000_000 + n)
        ids.append(hubspot.make(email=f"p{n}@example.test"))
    hubspot.let(stand_at_ms=None)
    first = hubspot.ask("changed", CONTACT, {}, ["jobtitle"])
    # The first ones move to the end, and everyone behind them moves up.
    for id_ in ids[:50]:
        hubspot.let(edit=[CONTACT, id_, {"jobtitle": "Changed"}])

    rest, cursor = hubspot.changed(first.cursor)
    later, _ = hubspot.changed(cursor)

    assert [one.id for one in first.records] == ids[:199]
    assert set(rest) >= set(ids[199:])
    assert set(rest) | set(later) >= set(ids[:50])


def test_archived_records_come_at_the_end_and_only_new_ones(hubspot):
    old = hubspot.make(email="old@example.test")
    hubspot.let(stand_at_ms=1_700_000_000_000)
    hubspot.let(delete=[CONTACT, old])
    hubspot.let(stand_at_ms=None)
    ids = crowd(hubspot, 130)
    found, cursor = hubspot.changed()
    assert sorted(found) == sorted(ids)
    for id_ in ids[:120]:
        hubspot.let(delete=[CONTACT, id_])

    pages = hubspot.pages(cursor)
    gone = [one.id for page in pages for one in page.records if one.is_deleted]

    assert gone == ids[:120]
    assert len([page for page in pages if any(one.is_deleted for one in page.records)]) == 2


def test_a_contact_comes_with_its_company(hubspot):
    contact = hubspot.make(email="person1@example.test", jobtitle="Analyst")
    alone = hubspot.make(email="person2@example.test")
    firm = hubspot.make(COMPANY, name="Works")
    hubspot.ask("relate", [(contact, firm)])

    (page,) = hubspot.pages()

    assert {one.id: dict(one.relations) for one in page.records} == {
        contact: {COMPANY: firm}, alone: {},
    }  # fmt: skip
    assert [one.values["jobtitle"] for one in page.records] == ["Analyst", None]


def test_without_the_right_to_companies_contacts_still_come(hubspot):
    contact = hubspot.make(email="person1@example.test")
    hubspot.let(without_scopes=["crm.objects.companies.read"])

    assert hubspot.changed()[0] == [contact]


def test_people_are_found_by_email_without_a_search(hubspot):
    ids = [hubspot.make(email=f"person{n}@example.test") for n in range(120)]
    hubspot.let(index_lag_s=30)
    by = [("email", f"PERSON{n}@example.test") for n in range(2)]

    found = hubspot.ask("find", CONTACT, by, ["email"])

    assert [one.id for one in found] == ids[:2]
    assert hubspot.asked("/search") == 0


def test_companies_are_found_by_domain_the_oldest_first(hubspot):
    ids = [hubspot.make(COMPANY, domain="works.example.test") for _ in range(210)]
    hubspot.make(COMPANY, domain="other.example.test")

    found = hubspot.ask("find", COMPANY, [("domain", "works.example.test")], ["domain"])

    assert [one.id for one in found] == ids[:200]
