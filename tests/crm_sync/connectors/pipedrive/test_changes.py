"""What changed in Pipedrive: many at one time, pages after a crash, and what was deleted."""

from __future__ import annotations

from datetime import UTC, datetime

from crm_sync.connector import COMPANY, CONTACT
from tests.crm_sync.connectors.pipedrive.at_pipedrive import person

THEN_MS = int(datetime(2026, 11, 1, 12, tzinfo=UTC).timestamp() * 1000)


def crowd(pipedrive, count):
    """So many persons that bear one time."""
    pipedrive.let(stand_at_ms=THEN_MS)
    ids = [pipedrive.make() for _ in range(count)]
    pipedrive.let(stand_at_ms=None)
    return ids


def test_more_of_one_time_than_a_page_holds_are_all_told(pipedrive):
    ids = crowd(pipedrive, 1_100)

    pages = pipedrive.pages()

    assert [len(page.records) for page in pages] == [500, 500, 100]
    assert sorted(one.id for page in pages for one in page.records) == sorted(ids)


def test_a_page_is_told_again_to_who_crashed_after_it(pipedrive):
    crowd(pipedrive, 600)
    first, _ = pipedrive.pages()

    again = [pipedrive.ask("changed", CONTACT, first.cursor, ["name"]) for _ in range(2)]

    assert again[0] == again[1]
    assert len(again[0].records) == 100


def test_what_changes_while_pages_are_read_is_told(pipedrive):
    ids = crowd(pipedrive, 600)
    first = pipedrive.ask("changed", CONTACT, {}, ["name"])
    pipedrive.let(edit=["persons", ids[0], {"name": "Ada King"}])

    rest, _ = pipedrive.changed(first.cursor)

    assert rest[-1] == (ids[0], False)


def test_many_that_were_deleted_at_one_time_are_all_told(pipedrive):
    ids = crowd(pipedrive, 700)
    _, cursor = pipedrive.changed()
    pipedrive.let(stand_at_ms=int(datetime.now(UTC).timestamp() * 1000))
    for id_ in ids:
        pipedrive.let(delete=["persons", id_])
    pipedrive.let(stand_at_ms=None)

    found, cursor = pipedrive.changed(cursor)
    later, _ = pipedrive.changed(cursor)

    assert set(found) == {(id_, True) for id_ in ids}
    assert set(later) == set(found), "what was told a moment ago comes again, and nothing else"


def test_deletions_of_other_objects_are_not_told(pipedrive):
    there = pipedrive.make(COMPANY)
    _, cursor = pipedrive.changed()
    pipedrive.let(delete=["organizations", there])

    assert pipedrive.changed(cursor)[0] == []
    assert pipedrive.changed(cursor, COMPANY)[0] == [(there, True)]


def test_without_recents_changes_are_told_nevertheless(pipedrive):
    _, cursor = pipedrive.changed()
    there = pipedrive.make()
    pipedrive.let(no_recents=True)

    found, onward = pipedrive.changed(cursor)

    assert found == [(there, False)]
    assert set(onward) == {"since", "began"}


def test_what_did_not_change_is_not_told_again(pipedrive):
    crowd(pipedrive, 3)
    _, cursor = pipedrive.changed()
    late = pipedrive.make()

    found, onward = pipedrive.changed(cursor)

    assert (late, False) in found
    assert len(pipedrive.changed(onward)[0]) == 1


def test_xr_67_a_record_that_was_deleted_there_is_gone(pipedrive):
    there = pipedrive.make()
    pipedrive.let(delete=["persons", there])

    one = person(remote_id=there)
    bare = person(2, remote_id=there)
    bare = type(bare)(bare.key, {"name": "Ada"}, there)
    done = pipedrive.write(one, bare)

    assert {each.outcome for each in done.values()} == {"gone"}
    assert pipedrive.count() == 0
