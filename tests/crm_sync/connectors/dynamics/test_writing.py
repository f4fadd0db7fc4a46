"""Writes: one record for one key, each with an outcome of its own."""

from __future__ import annotations

from uuid import uuid4

import pytest

from crm_sync.connector import COMPANY, CONTACT, LEAD, Write
from crm_sync.connectors.dynamics.provider import KEY_FIELD
from integrations.errors import OutcomeUnknown
from tests.crm_sync.connectors.dynamics.asking import again, lead, person

# The sandbox's dice say so, by what is written.
FAILS_TWICE = "key-3"


def test_known_and_new_records_in_one_batch(dynamics):
    there = dynamics.make(lastname="Byron")
    taken, new = person(1, there, jobtitle="Poet"), person(2)

    done = dynamics.write(taken, new)

    assert (done[taken.key].outcome, done[taken.key].remote_id) == ("updated", there)
    assert done[new.key].outcome == "created"
    assert all(one.modified_at for one in done.values())
    rows = dynamics.rows()
    assert rows[there][KEY_FIELD] == taken.key  # taken over: it bears our key from now on
    assert rows[done[new.key].remote_id][KEY_FIELD] == new.key
    assert dynamics.asked() == 1


def test_xr_63_a_write_without_content_is_success(dynamics):
    dynamics.let(ignores_prefer=True)
    new, there = person(1), dynamics.make(lastname="Byron")
    known = person(2, there)

    done = dynamics.write(new, known)

    (made,) = dynamics.rows().keys() - {there}
    assert (done[new.key].outcome, done[new.key].remote_id) == ("updated", made)
    assert (done[known.key].outcome, done[known.key].remote_id) == ("updated", there)


def test_xr_65_a_changed_lead_updates_the_remote_record(dynamics):
    one = lead(companyname="Example Works")
    dynamics.write(one, obj=LEAD)

    assert dynamics.outcomes(again(one, companyname="Example Mills"), obj=LEAD) == ["updated"]

    assert dynamics.row(LEAD)["companyname"] == "Example Mills"


def test_xr_66_a_lead_without_email_pushed_twice_stays_one_record(dynamics):
    one = lead()
    assert [dynamics.outcomes(one, obj=LEAD) for _ in range(2)] == [["created"], ["updated"]]
    assert dynamics.row(LEAD)["subject"] == "Example Works"


def test_xr_67_what_was_deleted_there_is_gone_and_can_be_made_anew(dynamics):
    one = lead()
    old = dynamics.write(one, obj=LEAD)[one.key].remote_id
    dynamics.delete(old, LEAD)

    assert dynamics.outcomes(again(one, old), obj=LEAD) == ["gone"]
    assert dynamics.rows(LEAD) == {}
    assert dynamics.outcomes(one, obj=LEAD) == ["created"]
    assert dynamics.rows(LEAD).keys() != {old}


def test_ar_42_failures_are_repeated_until_it_works(dynamics):
    dynamics.sandbox.set(rate_5xx=0.5)
    assert dynamics.outcomes(Write(FAILS_TWICE, person().values)) == ["created"]
    counted = dynamics.sandbox.count()
    assert (counted["failed"], counted["answered"]) == (2, 1)


def test_ar_42_a_lost_answer_is_written_again_and_makes_nothing_twice(dynamics):
    one = person()
    dynamics.sandbox.set(rate_dropped=1)
    with pytest.raises(OutcomeUnknown):
        dynamics.write(one)
    assert len(dynamics.rows()) == 1

    dynamics.sandbox.set(rate_dropped=0)
    assert dynamics.outcomes(Write(one.key, one.values, "", True)) == ["updated"]
    assert len(dynamics.rows()) == 1


def test_a_key_of_another_record_waits_for_a_person(dynamics):
    key = str(uuid4())
    dynamics.make(new_switchboardid=key)
    there = dynamics.make(lastname="Byron")

    (found,) = dynamics.write(Write(key, {"jobtitle": "Poet"}, there)).values()

    assert (found.outcome, found.remote_id, found.code) == ("several", there, "0x80060892")
    assert "already exists" in found.words
    assert "jobtitle" not in dynamics.rows()[there]


@pytest.mark.parametrize(("is_ours", "outcome"), [(True, "again"), (False, "several")])
def test_a_collision_is_of_our_key_or_of_another(dynamics, is_ours, outcome):
    one = person(lastname="Collides")
    if is_ours:  # somebody else was as quick as we
        dynamics.make(new_switchboardid=one.key)
    dynamics.let(refuses={"Collides": [412, "0x80060892", "A key is taken."]})
    assert dynamics.outcomes(one) == [outcome]


def test_duplicate_detection_is_asked_for_by_a_switch(dynamics):
    dynamics.let(finds_duplicates=True)
    dynamics.make(emailaddress1="person1@example.test")

    (found,) = dynamics.write(person(1), options={"detects_duplicates": True}).values()

    assert (found.outcome, found.code, found.remote_id) == ("several", "0x80040333", "")
    assert dynamics.outcomes(person(1)) == ["created"]


def test_xr_69_choices_are_numbers_there_and_texts_here(dynamics):
    one = person(
        gendercode="2", new_interests=("1", "3"), department="42", address1_postalcode="02108",
        numberofchildren=3.0, creditlimit=12.5, donotemail=True, birthdate="1815-12-10",
    )  # fmt: skip
    remote_id = dynamics.write(one)[one.key].remote_id

    row = dynamics.row()
    (there,) = dynamics.ask("read", CONTACT, [remote_id], [*one.values, "fullname"])

    assert (row["gendercode"], row["new_interests"], row["department"]) == (2, "1,3", "42")
    assert there.values == {**one.values, "numberofchildren": 3, "fullname": "Lovelace"}


def test_none_clears_whatever_it_is(dynamics):
    one = person(gendercode="2", new_interests=["1"], jobtitle="Poet", donotemail=True)
    dynamics.write(one)
    nothing = dict.fromkeys(("gendercode", "new_interests", "jobtitle", "donotemail"))

    dynamics.write(again(one, **nothing))

    row = dynamics.row()
    assert {name: row[name] for name in nothing} == nothing
    assert row["lastname"] == "Lovelace"


def test_our_key_is_never_a_mappings(dynamics):
    one = person(new_switchboardid="mapped by mistake")
    remote_id = dynamics.write(one)[one.key].remote_id
    dynamics.write(again(one, remote_id))
    assert dynamics.row()["new_switchboardid"] == one.key


def test_relations_to_what_is_gone_are_told_apart(dynamics):
    firm, here = dynamics.make(COMPANY, name="Example Works"), dynamics.make(lastname="Byron")
    lost_firm, lost = str(uuid4()), str(uuid4())

    found = dynamics.ask("relate", [(here, firm), (here, lost_firm), (lost, firm)])

    assert [one.outcome for one in found] == ["updated", "rejected", "gone"]
    assert [one.key for one in found] == [here, here, lost]
    assert lost_firm in found[1].words
    assert dynamics.row()["_parentcustomerid_value"] == firm


def test_many_are_deleted_and_related_in_batches(dynamics):
    firm = dynamics.make(COMPANY, name="Example Works")
    ids = [dynamics.make(lastname=f"L{n}") for n in range(101)]

    related = dynamics.ask("relate", [(each, firm) for each in ids])
    deleted = dynamics.ask("delete", CONTACT, [*ids, "no guid"])

    assert {one.outcome for one in related} == {"updated"}
    assert [one.outcome for one in deleted] == ["updated"] * 101 + ["rejected"]
    assert dynamics.asked() == 4
    assert dynamics.rows() == {}
