"""No record twice in Pipedrive, which has no upsert: its search is late, and answers get lost."""

from __future__ import annotations

import time

import pytest

from crm_sync.connector import COMPANY, CONTACT, Write
from crm_sync.connectors.pipedrive import PIPEDRIVE
from integrations.errors import QuestionRejected
from integrations.sandbox.pipedrive.fields import hash_of
from tests.crm_sync.connectors.pipedrive.at_pipedrive import (
    LABEL,
    PERSON_KEY,
    firm,
    later,
    person,
)

HOUR_MS = 3_600_000


def lost(pipedrive, *writes, obj=CONTACT):
    """Write while every answer is lost; return what the connector makes of it."""

    async def work(api):
        await PIPEDRIVE.describe(api, obj)
        pipedrive.sandbox.set(rate_dropped=1)
        done = await PIPEDRIVE.write(api, obj, writes)
        pipedrive.sandbox.set(rate_dropped=0)
        return done

    return pipedrive.run(work)


def test_ar_01_what_was_made_unheard_is_found_although_search_is_late(pipedrive):
    pipedrive.let(search_lag_s=60)
    people = [person(n) for n in range(5)]
    unheard = lost(pipedrive, *people)

    again = pipedrive.write(*(later(one, may_exist=True) for one in people))

    assert [one.outcome for one in unheard] == ["unknown"] * 5
    assert {one.outcome for one in again.values()} == {"updated"}
    assert pipedrive.count() == 5
    assert pipedrive.asked("GET /api/v2/persons/search") == 0


def test_what_was_made_unheard_long_ago_is_found_by_search(pipedrive):
    one = person()
    pipedrive.let(stand_at_ms=int(time.time() * 1000) - HOUR_MS)
    id_ = pipedrive.make(custom_fields={PERSON_KEY: one.key})
    for _ in range(501):
        pipedrive.make()
    pipedrive.let(stand_at_ms=None)

    done = pipedrive.write(later(one, may_exist=True))[one.key]

    assert (done.outcome, done.remote_id) == ("updated", id_)
    assert pipedrive.count() == 502
    assert pipedrive.asked("GET /api/v2/persons/search") == 1


def test_xr_64_a_search_that_fails_is_not_a_record_that_is_not_there(pipedrive):
    known, unsure = person(1), person(2)
    made = pipedrive.write(known)[known.key].remote_id
    changed = later(known, made, name="Ada King")

    async def work(api):
        await PIPEDRIVE.check(api, CONTACT)
        pipedrive.let(search_fails=True)
        return await PIPEDRIVE.write(api, CONTACT, [changed, later(unsure, may_exist=True)])

    done = {one.key: one.outcome for one in pipedrive.run(work)}

    assert done == {known.key: "updated", unsure.key: "unknown"}
    assert pipedrive.count() == 1


def test_an_answer_that_is_no_answer_of_theirs_is_unknown(pipedrive):
    one, known = person(1), person(2)
    id_ = pipedrive.write(known)[known.key].remote_id
    pipedrive.let(garbled=True)
    garbled = pipedrive.write(one, later(known, id_))
    pipedrive.let(garbled=False)

    again = pipedrive.write(later(one, may_exist=True))

    assert (garbled[one.key].outcome, garbled[known.key].outcome) == ("unknown", "again")
    assert again[one.key].outcome == "updated"
    assert pipedrive.count() == 2


def test_our_key_in_another_field_is_not_our_record(pipedrive):
    one = person()
    other = pipedrive.make(custom_fields={hash_of("persons", "Department"): one.key})

    done = pipedrive.write(later(one, may_exist=True))[one.key]

    assert done.outcome == "created"
    assert done.remote_id != other
    assert pipedrive.count() == 2


def test_two_records_with_one_key_are_left_to_a_person(pipedrive):
    one = person()
    ids = [pipedrive.make(custom_fields={PERSON_KEY: one.key}) for _ in range(2)]

    done = pipedrive.write(later(one, may_exist=True))[one.key]

    assert done.outcome == "several"
    assert all(id_ in done.words for id_ in ids)
    assert pipedrive.told()["writes"] == {}


def test_b_75_no_new_organization_on_every_sync(pipedrive):
    one = firm()
    made = pipedrive.write(one, obj=COMPANY)[one.key]
    for _ in range(3):
        pipedrive.write(later(one, made.remote_id), obj=COMPANY)
        pipedrive.write(later(one, may_exist=True), obj=COMPANY)

    assert pipedrive.count(COMPANY) == 1


def test_b_75_an_organization_that_is_there_is_found_by_its_name(pipedrive):
    there = pipedrive.make(COMPANY, name="Analytical Engines")
    pipedrive.make(COMPANY, name="Analytical Engines of Leeds")

    found = pipedrive.ask("find", COMPANY, [("name", "ANALYTICAL engines")], ["name"])

    assert [(one.id, one.values, one.key) for one in found] == [
        (there, {"name": "Analytical Engines"}, "")
    ]


def test_one_key_twice_in_one_write_is_one_record(pipedrive):
    one = person()
    done = pipedrive.ask("write", CONTACT, [one, later(one, name="Ada King")])

    assert [each.outcome for each in done] == ["created"]
    assert pipedrive.count() == 1


def test_xr_66_a_contact_without_an_e_mail_written_twice_is_one_record(pipedrive):
    one = Write(person().key, {"name": "Ada Lovelace"})
    pipedrive.write(one)
    pipedrive.write(later(one, may_exist=True))
    assert pipedrive.count() == 1


def test_nothing_is_written_without_a_field_for_our_key(pipedrive):
    pipedrive.let(drop_field=["persons", LABEL])

    with pytest.raises(QuestionRejected, match="no field for our key"):
        pipedrive.write(person())

    assert pipedrive.count() == 0
