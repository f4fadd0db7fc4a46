"""Syncs that stop before they write anything, and tell what has to be mended."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from contacts.models import Contact
from crm_sync import services
from crm_sync.connector import CONTACT, Row
from crm_sync.mapping import service as mappings
from crm_sync.mapping.rows import to_json
from crm_sync.models import Connection, Mapping
from crm_sync.services import SyncRefused
from tests.crm_sync.connections import consented

KINDS = ("salesforce", "hubspot", "pipedrive", "dynamics")
READ_ONLY = {
    "salesforce": "CreatedDate", "hubspot": "createdate", "pipedrive": "add_time",
    "dynamics": "createdon",
}  # fmt: skip


def mapped(at, *rows):
    """Let the contacts' mapping have these rows besides, however they came into it."""
    kept = mappings.current(at.row, CONTACT)
    had = mappings.rows_of(kept)
    new = to_json([*had, *rows])
    Mapping.objects.filter(pk=kept.pk).update(rows=new, version=2)


def stopped(at, words, *, category="mapping"):
    """A sync ends with something to mend, and nothing is written; it is told with these words."""
    if not Contact.objects.exists():
        at.contacts(1)
    before = at.writes()

    ended = at.sync()

    assert (ended.state, ended.category) == ("failed", category)
    assert any(words in one["words"] for one in ended.problems), ended.problems
    assert words in ended.reason or len(ended.problems) > 1
    assert at.writes() == before
    assert at.owed() in ({}, {"waiting": 1})
    return ended


@pytest.mark.parametrize("kind", ["hubspot", "pipedrive"])
def test_a_token_that_was_taken_back(house, kind):
    at = house(kind)
    at.control(revoke=True)

    stopped(at, "wrong or was taken back. Type it anew", category="login")

    at.row.refresh_from_db()
    assert at.row.state == Connection.State.REFUSED
    with pytest.raises(SyncRefused, match="sign in first"):
        services.start(at.row)


def test_a_consent_that_was_taken_back(house):
    at = house("salesforce")
    row = consented("salesforce", at.sandbox, User.objects.create_user("ann"))
    Connection.objects.filter(pk=row.pk).update(state="ready", objects_on=[CONTACT])
    at.row = Connection.objects.get(pk=row.pk)
    at.control(revoke=True)

    ended = stopped(at, "expired access/refresh token", category="login")

    at.row.refresh_from_db()
    assert (at.row.state, at.row.state_reason) == (Connection.State.NEEDS_LOGIN, ended.reason)


def test_scopes_that_lack(house):
    at = house("hubspot", objects_on=[CONTACT])
    at.control(without_scopes=["crm.objects.contacts.write"])

    ended = stopped(at, "Add the scope crm.objects.contacts.write to the app")

    assert [one["object"] for one in ended.problems] == [CONTACT]


def test_a_right_that_lacks(house):
    at = house("dynamics", objects_on=[CONTACT])
    at.control(lacks=["prvWriteContact"])

    stopped(at, "prvWriteContact")


@pytest.mark.parametrize("kind", KINDS)
def test_a_custom_field_that_nobody_knows(house, kind):
    at = house(kind, objects_on=[CONTACT])
    mapped(at, Row("city", "no_such_field__c", "push"))

    ended = stopped(at, "The CRM has no field no_such_field__c.")

    assert [one["field"] for one in ended.problems] == ["no_such_field__c"]


def test_an_option_that_the_crm_does_not_have(house):
    at = house("hubspot", objects_on=[CONTACT])
    mapped(at, Row("line_type", "hs_lead_status", "push", options={"mobile": "NO_SUCH"}))

    ended = stopped(at, "has no value NO_SUCH")

    assert {one["field"] for one in ended.problems} == {"hs_lead_status"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_that_may_only_be_read(house, kind):
    at = house(kind, objects_on=[CONTACT])
    mapped(at, Row("city", READ_ONLY[kind], "push"))

    ended = stopped(at, "read")

    assert {one["field"] for one in ended.problems} == {READ_ONLY[kind]}


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("kind", KINDS)
def test_a_clock_that_is_off_by_an_hour(house, kind, hours):
    at = house(kind, objects_on=[CONTACT])
    at.control(skew_s=hours * 3_600)

    ended = stopped(at, "clock")

    assert len(ended.problems) == 1
    at.control(skew_s=0)
    assert at.finish(at.sync()).counts[CONTACT]["created"] == 1


def test_two_records_that_claim_one_external_id(house):
    at = house("pipedrive", objects_on=[CONTACT])
    (one,) = at.contacts(1)
    at.finish(at.sync())
    made = at.there()[at.link(one.pk).remote_id]
    key = {name: value for name, value in made.items() if value == str(at.link(one.pk).key)}
    second = at.control(create=["persons", {"name": "A copy", "custom_fields": key}])["id"]
    at.edit(one.pk, full_name="Changed")

    ended = stopped(at, "have one key")

    assert second in ended.problems[0]["words"]
    at.control(delete=["persons", second])
    assert at.finish(at.sync()).counts[CONTACT]["updated"] == 1


def test_a_key_field_that_is_gone(house):
    at = house("hubspot", objects_on=[CONTACT])
    at.control(without_property=[CONTACT, "switchboard_id"])

    stopped(at, "switchboard_id, which holds our key")


def test_all_that_is_wrong_is_told_at_once(house):
    at = house("hubspot", objects_on=[CONTACT])
    mapped(at, Row("city", "no_such_field", "push"), Row("state", "other_field", "push"))
    at.control(skew_s=3_600)

    ended = stopped(at, "clock")

    assert [one["field"] for one in ended.problems] == ["", "no_such_field", "other_field"]
