"""Our values in Pipedrive's shapes: lists that others write to, options, amounts, addresses."""

from __future__ import annotations

import pytest

from crm_sync.connector import COMPANY, CONTACT
from integrations.sandbox.pipedrive.fields import hash_of
from tests.crm_sync.connectors.pipedrive.at_pipedrive import (
    PERSON_KEY,
    entry,
    firm,
    later,
    person,
)

SEGMENT, INTERESTS, BUDGET, SCORE, CONSENT, DEPARTMENT = (
    hash_of("persons", name)
    for name in ("Segment", "Interests", "Budget", "Score", "Consent", "Department")
)

OURS = "person0@example.test"


def emails(pipedrive, id_):
    return [
        (each["value"], each["label"], each["primary"]) for each in pipedrive.rows()[id_]["emails"]
    ]


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ("new@x.test", [("new@x.test", "work", True), ("home@x.test", "home", False)]),
        ("HOME@x.test", [("HOME@x.test", "home", True), (OURS, "work", False)]),
        (None, [("home@x.test", "home", True)]),
    ],
)  # fmt: skip
def test_a_second_e_mail_that_somebody_added_stays(pipedrive, wanted, kept):
    one = person()
    id_ = pipedrive.write(one)[one.key].remote_id
    both = [entry(OURS, primary=True), entry("home@x.test", "home")]
    pipedrive.let(edit=["persons", id_, {"emails": both}])

    done = pipedrive.write(later(one, id_, email=wanted))[one.key]

    assert done.outcome == "updated"
    assert emails(pipedrive, id_) == kept


def test_an_e_mail_that_was_there_before_us_stays_as_a_second_one(pipedrive):
    there = pipedrive.make(emails=[entry("old@example.test", "other", primary=True)])

    one = person(remote_id=there)
    pipedrive.write(one)

    assert pipedrive.rows()[there][PERSON_KEY] == one.key
    assert emails(pipedrive, there) == [
        (OURS, "other", True), ("old@example.test", "other", False)
    ]  # fmt: skip


def test_a_person_is_found_by_a_second_e_mail_too_the_oldest_first(pipedrive):
    second = pipedrive.make(emails=[entry("a@example.test", primary=True), entry("b@example.test")])
    first = pipedrive.make(emails=[entry("B@example.test", primary=True)])

    found = pipedrive.ask("find", CONTACT, [("email", "b@example.test")], ["email"])

    assert [(one.id, one.values["email"]) for one in found] == [
        (second, "a@example.test"), (first, "B@example.test")
    ]  # fmt: skip


def test_values_come_back_as_they_were_written(pipedrive):
    values = {
        SEGMENT: "12", INTERESTS: ["11", "13"], BUDGET: 1500, SCORE: 0.5, CONSENT: "2026-11-23",
        DEPARTMENT: "Engines", "phone": "+14155550101", "email": "ada@example.test",
    }  # fmt: skip
    one = person(**values)
    id_ = pipedrive.write(one)[one.key].remote_id

    (there,) = pipedrive.ask("read", CONTACT, [id_], list(values))

    assert there.values == values
    assert pipedrive.rows()[id_][BUDGET] == {"value": 1500, "currency": "USD"}


def test_ar_35_all_kinds_of_fields_are_cleared_with_none(pipedrive):
    one = person(**{SEGMENT: "12", INTERESTS: ["11"], BUDGET: 5, SCORE: 1, "phone": "+14155550101"})
    id_ = pipedrive.write(one)[one.key].remote_id
    cleared = dict.fromkeys([SEGMENT, INTERESTS, BUDGET, SCORE, "phone"])

    done = pipedrive.write(later(one, id_, **cleared))[one.key]
    (there,) = pipedrive.ask("read", CONTACT, [id_], list(cleared))

    assert done.outcome == "updated"
    assert there.values == cleared


def test_an_amount_keeps_the_currency_that_it_has(pipedrive):
    there = pipedrive.make(custom_fields={BUDGET: {"value": 5, "currency": "EUR"}})
    pipedrive.write(person(remote_id=there, **{BUDGET: 7}))
    made = pipedrive.write(one := person(**{BUDGET: 7}), options={"currency": "GBP"})[one.key]

    held = [pipedrive.rows()[id_][BUDGET] for id_ in (there, made.remote_id)]
    assert held == [{"value": 7, "currency": "EUR"}, {"value": 7, "currency": "GBP"}]


def test_parts_of_an_address_that_are_not_ours_stay(pipedrive):
    one = firm(**{"address.route": "1 Crescent Road", "address.locality": "Leeds"})
    id_ = pipedrive.write(one, obj=COMPANY)[one.key].remote_id
    held = {**pipedrive.rows(COMPANY)[id_]["address"], "subpremise": "3b"}
    pipedrive.let(edit=["organizations", id_, {"address": held}])

    pipedrive.write(later(one, id_, **{"address.locality": "York"}), obj=COMPANY)

    assert pipedrive.rows(COMPANY)[id_]["address"] == {
        "route": "1 Crescent Road", "locality": "York", "subpremise": "3b",
        "value": "1 Crescent Road, York",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"name": ""}, "name", "name is required"),
        ({DEPARTMENT: "x" * 256}, DEPARTMENT, "Department: longer than 255"),
        ({SEGMENT: "Middling"}, SEGMENT, "Middling is not an option"),
        ({SCORE: "many"}, SCORE, "Score takes a number, not 'many'"),
        ({"org_id": "99"}, "org_id", "no organization 99"),
        ({"org_id": "Acme"}, "org_id", "takes the id of an option or record, not 'Acme'"),
        ({"add_time": "2026-11-23"}, "add_time", "read-only"),
        ({"f" * 40: "x"}, "f" * 40, "is not allowed"),
    ],
)  # fmt: skip
def test_a_refusal_names_its_field_in_words(pipedrive, values, field, words):
    one = person(**values)

    done = pipedrive.write(one)[one.key]

    assert (done.outcome, done.field) == ("rejected", field)
    assert words in done.words
    assert pipedrive.count() == 0


def test_a_reference_makes_a_person_belong_to_an_organization(pipedrive):
    there = pipedrive.make(COMPANY)
    one = person(org_id=there)
    id_ = pipedrive.write(one)[one.key].remote_id

    (read,) = pipedrive.ask("read", CONTACT, [id_], ["org_id"])

    assert (read.values, read.relations) == ({"org_id": there}, {COMPANY: there})


def test_nobody_belongs_to_an_organization_that_is_not_there(pipedrive):
    there = pipedrive.make()
    asked = [(there, "4711"), ("4712", "1"), (there, "none")]

    done = pipedrive.ask("relate", asked)

    assert [(one.key, one.outcome) for one in done] == [
        (there, "rejected"), ("4712", "gone"), (there, "rejected")
    ]  # fmt: skip
