"""Reads and lookups: an error is never "not found", and the oldest comes first."""

from __future__ import annotations

from uuid import uuid4

import pytest

from crm_sync.connector import COMPANY, CONTACT, LEAD
from integrations.errors import CallError, NotEntitled, QuestionRejected
from tests.crm_sync.connectors.dynamics.asking import person

EMAIL = "ada@example.test"


def test_xr_64_several_matches_come_oldest_first_with_what_was_asked(dynamics):
    ids = []
    for n in range(3):
        dynamics.let(skew_s=n)
        ids.append(dynamics.make(emailaddress1=EMAIL, jobtitle=f"T{n}"))
    dynamics.make(emailaddress1="other@example.test")

    found = dynamics.ask("find", CONTACT, [("emailaddress1", EMAIL.upper())], ["jobtitle"])

    assert [(one.id, one.values) for one in found] == [
        (id_, {"jobtitle": f"T{n}"}) for n, id_ in enumerate(ids)
    ]


def test_many_values_are_looked_for_and_200_found_at_most(dynamics):
    for n in range(210):
        dynamics.make(emailaddress1=f"person{n}@example.test")
    by = [("emailaddress1", f"person{n}@example.test") for n in range(210)]

    found = dynamics.ask("find", CONTACT, [*by, ("emailaddress1", ""), ("jobtitle", " ")], [])

    assert len({one.id for one in found}) == 200
    assert dynamics.ask("find", CONTACT, [("emailaddress1", "")], []) == []


@pytest.mark.parametrize("fault", ["rate_5xx", "rate_429"])
def test_xr_64_a_lookup_that_fails_is_an_error_and_never_not_found(dynamics, fault):
    dynamics.make(emailaddress1=EMAIL)
    dynamics.sandbox.set(**{fault: 1}, retry_after_s=100)
    with pytest.raises(CallError):
        dynamics.ask("find", CONTACT, [("emailaddress1", EMAIL)], [])


def test_xr_64_what_may_not_be_read_is_an_error_too(dynamics):
    dynamics.let(lacks=["prvReadContact"])
    for method in ("read", "find"):
        with pytest.raises(NotEntitled):
            dynamics.ask(method, CONTACT, [str(uuid4())] if method == "read" else [("a", "b")], [])


def test_a_column_that_is_not_there_any_more_is_an_error(dynamics):
    with pytest.raises(QuestionRejected, match="new_nothing"):
        dynamics.ask("read", CONTACT, [str(uuid4())], ["new_nothing"])


def test_only_what_exists_is_read_whatever_the_ids(dynamics):
    ids = [dynamics.make(lastname=f"L{n}") for n in range(120)]
    dynamics.delete(ids[5])

    asked = [*ids, ids[0].upper(), str(uuid4()), "x') or ('1'='1", ""]
    found = dynamics.ask("read", CONTACT, asked, ["lastname"])

    assert {one.id: one.values for one in found} == {
        id_: {"lastname": f"L{n}"} for n, id_ in enumerate(ids) if n != 5
    }


def test_a_contact_may_belong_to_a_person_which_is_no_company(dynamics):
    mother = dynamics.make(lastname="Byron")
    child = dynamics.make(
        **{"_parentcustomerid_value": mother, "_parentcustomerid_value@type": "contact"}
    )
    (there,) = dynamics.ask("read", CONTACT, [child], [])
    assert there.relations == {}


def test_a_leads_company_and_an_owner_are_read(dynamics):
    firm = dynamics.make(COMPANY, name="Example Works")
    of_firm = dynamics.make(
        LEAD, **{"_parentaccountid_value": firm, "_parentaccountid_value@type": "account"}
    )
    (there,) = dynamics.ask("read", LEAD, [of_firm], ["_parentaccountid_value"])
    assert there.relations == {COMPANY: firm}
    assert there.values == {"_parentaccountid_value": firm}


def test_what_is_described(dynamics):
    fields = {one.name: one for one in dynamics.ask("describe", CONTACT)}

    assert {name: fields[name].type for name in (
        "jobtitle", "emailaddress1", "telephone1", "websiteurl", "description", "gendercode",
        "new_interests", "donotemail", "birthdate", "createdon", "numberofchildren", "creditlimit",
        "_parentcustomerid_value", "contactid",
    )} == {
        "jobtitle": "text", "emailaddress1": "email", "telephone1": "phone", "websiteurl": "url",
        "description": "text", "gendercode": "option", "new_interests": "options",
        "donotemail": "bool", "birthdate": "date", "createdon": "datetime",
        "numberofchildren": "number", "creditlimit": "money",
        "_parentcustomerid_value": "reference", "contactid": "other",
    }  # fmt: skip
    assert fields["gendercode"].options == {"1": "Male", "2": "Female"}
    assert (fields["jobtitle"].label, fields["jobtitle"].length) == ("Job Title", 100)
    assert [one for one in fields if fields[one].is_required] == ["lastname"]
    assert [one for one in fields if fields[one].is_key] == ["new_switchboardid"]
    assert {one for one in fields if fields[one].is_readonly} == {
        "contactid", "_ownerid_value", "createdon", "modifiedon", "fullname",
        "_parentcustomerid_value",
    }  # fmt: skip


def test_what_is_described_of_a_table_that_may_not_be_seen_is_no_guess(dynamics):
    dynamics.let(keys={"contact": "Failed"}, dropped=["jobtitle"])
    fields = {one.name: one for one in dynamics.ask("describe", CONTACT)}
    assert not fields["new_switchboardid"].is_key
    assert "jobtitle" not in fields


def test_what_is_allowed_is_what_the_answers_tell(dynamics):
    dynamics.let(limits={"requests": 50, "execution_s": 10, "window_s": 300, "op_ms": 100})
    dynamics.write(person(1), person(2))

    requests, seconds = dynamics.ask("allowances")

    assert (requests.most, requests.left, requests.per) == (6_000, 48, "5 minutes")
    assert (seconds.most, seconds.left) == (1_200, 9)
