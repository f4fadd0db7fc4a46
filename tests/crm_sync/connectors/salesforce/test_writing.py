"""Records are written to Salesforce, and each that cannot be is told why."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from crm_sync.connector import COMPANY, CONTACT, Write
from crm_sync.connectors.salesforce import KEY_FIELD, SALESFORCE
from integrations.errors import QuestionRejected, QuotaExhausted
from tests.crm_sync.connectors.salesforce.conftest import person, with_id


def test_two_hundred_are_one_request(org):
    done = org.write(*(person(n) for n in range(401)))

    assert Counter(one.outcome for one in done.values()) == {"created": 401}
    assert org.asked("PATCH", f"Contact/{KEY_FIELD}") == 3
    assert org.asked("POST", "jobs") == 0


def test_a_locked_record_is_written_again(org):
    people = [person(n) for n in range(3)]
    org.control(locks=1)
    first = org.write(*people)
    second = org.write(*people)

    assert [first[one.key].outcome for one in people] == ["again", "created", "created"]
    assert first[people[0].key].code == "UNABLE_TO_LOCK_ROW"
    assert [second[one.key].outcome for one in people] == ["created", "updated", "updated"]
    assert len(org.rows()) == 3


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"FirstName": "x" * 41}, "FirstName", "STRING_TOO_LONG"),
        ({"Email": "nothing"}, "Email", "INVALID_EMAIL_ADDRESS"),
        ({"LastName": None}, "LastName", "REQUIRED_FIELD_MISSING"),
        ({"Level__c": "Fourth"}, "Level__c", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"Name": "Ada"}, "Name", "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"AccountId": "001000000000000AAA"}, "AccountId", "MALFORMED_ID"),
    ],
)
@pytest.mark.parametrize("by_job", [False, True])
def test_ar_38_a_value_that_it_does_not_take_is_told_with_its_field(
    org, values, field, code, by_job
):
    bad, good = person(1, **values), person(2)
    done = org.write(bad, good, bulk_above=0 if by_job else 2_000)

    told = done[bad.key]
    assert (told.outcome, told.field, told.code) == ("rejected", field, code)
    assert told.words
    assert done[good.key].outcome == "created"
    assert len(org.rows()) == 1


def test_what_cannot_be_read_is_found_among_many(org):
    people, bad = [person(n) for n in range(199)], person(200, Birthdate="tomorrow")
    done = org.write(*people[:77], bad, *people[77:])

    assert Counter(one.outcome for one in done.values()) == {"created": 199, "rejected": 1}
    assert done[bad.key].code == "JSON_PARSER_ERROR"
    assert len(org.rows()) == 199
    assert org.asked("PATCH", "composite") <= 2 * 8 + 1


def test_a_field_that_is_not_there_refuses_all_at_once(org):
    people = [person(n, Foo__c="x") for n in range(50)]
    done = org.write(*people)

    assert {(one.outcome, one.field) for one in done.values()} == {("rejected", "Foo__c")}
    assert org.asked("PATCH", "composite") == 1
    assert org.rows() == {}


def test_xr_64_a_key_that_two_records_have_is_for_a_person_to_decide(org):
    one = person()
    org.control(fields={"Contact": {KEY_FIELD: {"unique": False}}})
    for _ in range(2):
        org.control(create=["Contact", {"LastName": "Twin", KEY_FIELD: one.key}])
    told = org.write(one)[one.key]

    assert (told.outcome, told.code) == ("several", "DUPLICATE_EXTERNAL_ID")
    assert [row["LastName"] for row in org.rows().values()] == ["Twin", "Twin"]


def test_xr_64_a_duplicate_rule_is_for_a_person_to_decide(org):
    org.control(create=["Contact", {"LastName": "There", "Email": "p1@example.test"}])
    org.control(finds_duplicates=True)
    told = org.write(one := person(1))[one.key]

    assert (told.outcome, told.code) == ("several", "DUPLICATES_DETECTED")
    assert told.words == "Use one of these records?"


@pytest.mark.parametrize("by_job", [False, True])
def test_a_key_that_another_record_has_is_for_a_person_to_decide(org, by_job):
    first = person(1)
    org.write(first)
    other = org.control(create=["Contact", {"LastName": "Other"}])["id"]
    told = org.write(with_id(first, other), bulk_above=0 if by_job else 2_000)[first.key]

    assert (told.outcome, told.field) == ("several", KEY_FIELD)
    assert org.rows()[other]["LastName"] == "Other"


def test_ar_45_a_spent_day_stops_with_a_time_to_look_again(org):
    org.control(limits={"daily": 0})
    with pytest.raises(QuotaExhausted) as refused:
        org.write(person())

    assert refused.value.retry_at
    assert refused.value.retry_at > datetime.now(UTC)
    assert org.asked("PATCH", "") == 1  # asked once: it will not be otherwise in a moment
    assert org.rows() == {}


def test_what_was_done_before_the_day_was_spent_is_told(org):
    org.control(limits={"daily": 2})
    done = org.write(*(person(n) for n in range(600)))

    assert Counter(one.outcome for one in done.values()) == {"created": 400, "again": 200}
    assert len(org.rows()) == 400


def test_many_at_once_wait_for_their_turn(org):
    org.sandbox.set(rate_429=0.5, retry_after_s=0)
    done = org.write(*(person(n) for n in range(400)))

    assert org.sandbox.count()["throttled"] > 0
    assert {one.outcome for one in done.values()} == {"created"}


def test_ar_35_a_value_is_cleared_and_the_others_stay(org):
    one = person(1, Title="Countess", Department="Sums")
    made = org.write(one)[one.key]
    org.write(Write(one.key, {"Title": None}, made.remote_id))

    assert org.rows()[made.remote_id]["Title"] is None
    assert org.rows()[made.remote_id]["Department"] == "Sums"


def test_mautic_5712_a_changed_address_stays_one_record(org):
    one = person(1)
    made = org.write(one)[one.key]
    again = org.write(Write(one.key, {**one.values, "Email": "new@example.test"}))[one.key]

    assert (again.outcome, again.remote_id) == ("updated", made.remote_id)
    assert [row["Email"] for row in org.rows().values()] == ["new@example.test"]


def test_b_73_a_company_is_related_by_its_id_and_never_nested(org):
    firm, one = Write("firm-key", {"Name": "Engines"}), person()
    company = org.write(firm, obj=COMPANY)[firm.key].remote_id
    contact = org.write(one)[one.key].remote_id
    (done,) = org.run(lambda api: SALESFORCE.relate(api, [(contact, company)]))

    assert (done.key, done.outcome) == (contact, "updated")
    assert org.rows()[contact]["AccountId"] == company
    nested = {"records": [{"attributes": {"type": "Contact"}, "Account": {"Name": "Engines"}}]}
    with pytest.raises(QuestionRejected, match="No such column 'Account'"):
        org.run(lambda api: api.ask("PATCH", PATH, json=nested))


PATH = f"/services/data/v64.0/composite/sobjects/Contact/{KEY_FIELD}"


def test_a_company_that_is_gone_refuses_the_relation(org):
    firm, one = Write("firm-key", {"Name": "Engines"}), person()
    company = org.write(firm, obj=COMPANY)[firm.key].remote_id
    contact = org.write(one)[one.key].remote_id
    org.control(delete=["Account", company])
    (done,) = org.run(lambda api: SALESFORCE.relate(api, [(contact, company)]))

    assert (done.outcome, done.field) == ("rejected", "AccountId")


def test_xr_67_what_was_deleted_there_is_told_and_not_made_again(org):
    one = person()
    made = org.write(one)[one.key]
    org.control(delete=["Contact", made.remote_id])
    told = org.write(with_id(one, made.remote_id))[one.key]

    assert (told.outcome, told.code) == ("gone", "ENTITY_IS_DELETED")
    assert org.rows() == {}


def test_deletes_many_and_tells_of_each(org):
    made = org.write(*(person(n) for n in range(250)))
    ids = [one.remote_id for one in made.values()]
    done = org.run(lambda api: SALESFORCE.delete(api, CONTACT, [*ids, "003000000000000AAA"]))

    assert Counter(one.outcome for one in done) == {"updated": 250, "gone": 1}
    assert org.rows() == {}


def test_several_options_are_one_text(org):
    one = person(1, Description=["Email", "Phone"])
    org.write(one)

    assert [row["Description"] for row in org.rows().values()] == ["Email;Phone"]


def test_ar_72_another_version_of_the_api_is_an_option(org):
    org.write(person(), api_version="v66.0")

    assert org.asked("PATCH", "/services/data/v66.0/") == 1
    assert org.asked("PATCH", "/services/data/v64.0/") == 0


def test_nothing_to_write_asks_nothing(org):
    assert org.write() == {}
    assert org.asked("", "") == 0
