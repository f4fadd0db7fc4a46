"""What HubSpot makes of a batch: bad rows, taken e-mails, keys, companies."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from crm_sync.connector import COMPANY, CONTACT, Write
from crm_sync.connectors.hubspot import HUBSPOT
from integrations.errors import NotFound, QuestionRejected
from tests.crm_sync.connectors.at_hubspot import person


@pytest.mark.parametrize(("fails_each", "calls"), [(None, 1), (False, 33)])
def test_ar_30_bad_rows_among_a_hundred_spoil_no_other(hubspot, fails_each, calls):
    hubspot.let(fails_each=fails_each)
    people = [person(n) for n in range(100)]
    for n in (3, 40, 99):
        people[n] = replace(people[n], values={"firstname": "Ada", "email": f"no e-mail {n}"})

    done = hubspot.write(*people)

    assert len(done) == 100
    assert Counter(one.outcome for one in done.values()) == {"created": 97, "rejected": 3}
    bad = done[people[40].key]
    assert (bad.field, bad.code) == ("email", "INVALID_EMAIL")
    assert bad.words == "Email address no e-mail 40 is invalid"
    assert len(hubspot.rows()) == 97
    assert hubspot.asked("/batch/upsert") == calls


def test_a_value_that_was_refused_once_is_not_sent_a_hundred_times(hubspot):
    hubspot.let(fails_each=False)
    people = [person(n, lifecyclestage="no_such_stage") for n in range(100)]

    done = hubspot.write(*people)

    assert {(one.outcome, one.field) for one in done.values()} == {("rejected", "lifecyclestage")}
    assert len(done) == 100
    assert hubspot.asked("/batch/upsert") == 7


@pytest.mark.parametrize(
    "question",
    [
        ("write", CONTACT, [person(n) for n in range(10)]),
        ("write", CONTACT, [person(1, "20000000001")]),
        ("read", CONTACT, ["20000000001"], ["email"]),
        ("find", CONTACT, [("email", "person1@example.test")], []),
        ("delete", CONTACT, ["20000000001"]),
        ("relate", [("20000000001", "20000000002")]),
        ("changed", CONTACT, {}, ["email"]),
        ("describe", CONTACT),
    ],
)
def test_xr_64_an_address_that_is_not_there_is_never_a_record_that_is_not(hubspot, question):
    hubspot.make(email="person1@example.test")
    hubspot.let(versions=["2027-09"])

    with pytest.raises(NotFound):
        hubspot.ask(*question)

    assert sum(hubspot.told()["asked"].values()) == 1
    assert len(hubspot.rows()) == 1


def test_an_unknown_property_is_told_apart_in_two_calls(hubspot):
    hubspot.let(fails_each=False)
    plain, custom = (
        [person(n) for n in range(50)],
        [person(n, shoe_size="43") for n in range(50, 100)],
    )

    done = hubspot.write(*plain, *custom)

    assert {done[one.key].outcome for one in plain} == {"created"}
    assert {(done[o.key].outcome, done[o.key].field) for o in custom} == {("rejected", "shoe_size")}
    assert hubspot.asked("/batch/upsert") == 2


def test_a_key_field_that_is_not_unique_refuses_the_batch_at_once(hubspot):
    hubspot.let(property=[CONTACT, "switchboard_id", {"unique": False}])

    with pytest.raises(QuestionRejected, match="non-unique"):
        hubspot.write(*(person(n) for n in range(10)))

    assert hubspot.asked("/batch/upsert") == 1
    assert hubspot.rows() == {}


def test_mautic_5712_a_changed_email_stays_one_record(hubspot):
    one = person(1)
    made = hubspot.write(one)[one.key]
    again = replace(one, values={**one.values, "email": "other@example.test"})

    by_key = hubspot.write(again)[one.key]
    by_id = hubspot.write(replace(one, remote_id=made.remote_id))[one.key]

    assert (by_key.outcome, by_id.outcome) == ("updated", "updated")
    assert by_key.remote_id == by_id.remote_id == made.remote_id
    assert list(hubspot.rows()) == [made.remote_id]


@pytest.mark.parametrize("fails_each", [None, False])
def test_b_74_an_email_of_another_record_is_for_a_person_to_decide(hubspot, fails_each):
    hubspot.let(fails_each=fails_each)
    other = hubspot.make(email="person1@example.test")
    there = hubspot.make(email="person2@example.test")
    created, updated, fine = person(1), person(1, there), person(3)

    done = hubspot.write(created, updated, fine)

    for one in (created, updated):
        assert (done[one.key].outcome, done[one.key].field) == ("several", "email")
        assert done[one.key].words.startswith(f"HubSpot's record {other} has this e-mail already.")
    assert done[fine.key].outcome == "created"
    assert hubspot.rows()[there] == {"email": "person2@example.test"}
    assert len(hubspot.rows()) == 3


def test_two_of_a_batch_with_one_email_are_one_record_and_one_question(hubspot):
    first, second, third = person(1), person(1), person(2)

    done = hubspot.write(first, second, third)

    outcomes = [done[one.key].outcome for one in (first, second, third)]
    assert outcomes == ["created", "several", "created"]
    assert len(hubspot.rows()) == 2


def test_b_74_a_sync_leaves_stage_and_status_to_the_sales_people(hubspot):
    mapped = {row.remote for rows in HUBSPOT.defaults.values() for row in rows}
    assert mapped.isdisjoint({"lifecyclestage", "hs_lead_status"})
    one = person(1)
    made = hubspot.write(one)[one.key]
    sold = {"lifecyclestage": "customer", "hs_lead_status": "CONNECTED"}
    hubspot.let(edit=[CONTACT, made.remote_id, sold])

    hubspot.write(replace(one, values={**one.values, "firstname": "Augusta"}))

    assert hubspot.rows()[made.remote_id].items() >= {**sold, "firstname": "Augusta"}.items()


def test_a_record_taken_over_has_our_key_from_then_on(hubspot):
    there = hubspot.make(email="person1@example.test", firstname="Ada")
    one = person(1, there)

    done = hubspot.write(one)[one.key]

    assert (done.outcome, done.remote_id) == ("updated", there)
    assert hubspot.rows()[there]["switchboard_id"] == one.key
    assert hubspot.write(replace(one, remote_id=""))[one.key].remote_id == there


def test_xr_66_people_without_an_email_stay_one_record_each(hubspot):
    people = [Write(person().key, {"firstname": "Ada", "email": None}) for _ in range(2)]

    hubspot.write(*people)
    done = hubspot.write(*people)

    assert [done[one.key].outcome for one in people] == ["updated", "updated"]
    assert len(hubspot.rows()) == 2


def test_xr_67_what_is_gone_is_not_made_again_unasked(hubspot):
    one = person(1)
    made = hubspot.write(one)[one.key]
    hubspot.let(delete=[CONTACT, made.remote_id])

    done = hubspot.write(replace(one, remote_id=made.remote_id), person(2))

    assert done[one.key].outcome == "gone"
    assert len(hubspot.rows()) == 1


def test_a_token_that_runs_out_on_the_way_leaves_what_is_known(hubspot):
    there = hubspot.make(email="person1@example.test")
    known, new = person(1, there), [person(n) for n in range(2, 5)]
    hubspot.let(expires_after=1)

    done = hubspot.write(known, *new)

    assert done[known.key].outcome == "updated"
    assert {done[one.key].outcome for one in new} == {"again"}


def test_values_are_text_as_hubspot_wants_them(hubspot):
    firm = Write(person().key, {"name": "Works", "numberofemployees": 12, "annualrevenue": 1.5})
    who = person(1, hs_buying_role=["CHAMPION", "BUDGET_HOLDER"], hs_email_optout=True)

    hubspot.write(firm, obj=COMPANY)
    hubspot.write(who)

    (row,) = hubspot.rows(COMPANY).values()
    assert (row["numberofemployees"], row["annualrevenue"]) == ("12", "1.5")
    (row,) = hubspot.rows().values()
    assert (row["hs_buying_role"], row["hs_email_optout"]) == ("CHAMPION;BUDGET_HOLDER", "true")


def test_a_contact_moves_to_another_company(hubspot):
    contact = hubspot.make(email="person1@example.test")
    firms = [hubspot.make(COMPANY, name=name) for name in ("Old", "New")]

    outcomes = [hubspot.ask("relate", [(contact, firm)])[0].outcome for firm in firms]
    (there,) = hubspot.ask("read", CONTACT, [contact], ["email"])

    assert outcomes == ["updated", "updated"]
    assert there.relations == {COMPANY: firms[1]}


def test_a_pair_of_which_one_is_gone_spoils_no_other(hubspot):
    contacts = [hubspot.make(email=f"person{n}@example.test") for n in range(3)]
    firm = hubspot.make(COMPANY, name="Works")
    pairs = [(contacts[0], firm), (contacts[1], "99"), (contacts[2], firm)]

    done = {one.key: one.outcome for one in hubspot.ask("relate", pairs)}

    assert done == {contacts[0]: "updated", contacts[1]: "gone", contacts[2]: "updated"}


def test_deletes_hundreds_and_tells_which_were_not_there(hubspot):
    ids = [hubspot.make(email=f"person{n}@example.test") for n in range(120)]
    hubspot.let(delete=[CONTACT, ids[5]])

    done = hubspot.ask("delete", CONTACT, [*ids, "99"])

    assert Counter(one.outcome for one in done) == {"updated": 119, "gone": 2}
    assert {one.key for one in done if one.outcome == "gone"} == {ids[5], "99"}
    assert hubspot.rows() == {}
