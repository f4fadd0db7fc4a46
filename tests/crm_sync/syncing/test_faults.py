"""Each fault of the kit, met in the middle of a sync: one record each, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import structlog
from django.contrib.auth.models import User
from django.utils import timezone
from structlog.testing import capture_logs

from crm_sync import services
from crm_sync.connector import CONTACT
from crm_sync.models import Connection, Link, OutboxItem, Sync
from crm_sync.services import SyncRefused
from tests.crm_sync.connections import consented

MENDED = {"rate_429": 0, "rate_5xx": 0, "rate_dropped": 0}
# What the sandbox is told for all, and what the CRM is told for itself.
FAULTS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "429 with Retry-After": ("hubspot", {"rate_429": 0.3, "retry_after_s": 0}, {}),
    "429 without it": ("dynamics", {"rate_429": 0.3}, {}),
    "403 for too many at once": ("salesforce", {}, {"crowded": 1}),
    "a lock": ("salesforce", {}, {"locks": 2}),
    "5xx": ("hubspot", {"rate_5xx": 0.2}, {}),
    "a lost response": ("hubspot", {"rate_dropped": 0.4}, {}),
    "a lost response, without upsert": ("pipedrive", {"rate_dropped": 0.2}, {}),
    "412 of another version": ("dynamics", {}, {"refuses": {"Last0": [412, "0x80060882", "No."]}}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_ar_74_a_fault_that_passes_leaves_one_record_each(house, sandbox, fault):
    kind, of_all, own = FAULTS[fault]
    at = house(kind)
    people = at.contacts(3)

    sandbox.set(**of_all)
    at.control(**own)
    started = at.sync()
    sandbox.set(**MENDED)
    if "refuses" in own:
        at.edit(people[0].pk, last_name="Mended")
    done = at.finish(started)

    assert done.state == Sync.State.DONE
    assert (len(at.there()), at.owed()) == (3, {})
    assert at.writes()["created"] == 3
    assert {one.remote_id for one in Link.objects.all()} == set(at.there())


def test_ar_74_207_one_of_a_batch_is_refused_and_the_others_are_taken(house):
    at = house("hubspot")
    people = at.contacts(3)
    at.finish(at.sync())
    at.control(create=[CONTACT, {"email": "taken@example.test"}])
    at.edit_all([one.pk for one in people], position="Changed")
    at.edit(people[1].pk, email="taken@example.test")

    done = at.finish(at.sync())

    assert {name: n for name, n in done.counts[CONTACT].items() if n} == {
        "updated": 2, "several": 1,
    }  # fmt: skip
    assert at.link(people[1].pk).state == Link.State.SEVERAL
    assert [row.get("jobtitle") for row in at.there().values()].count("Changed") == 2
    assert at.owed() == {}


def test_ar_74_409_an_address_that_is_taken_meanwhile_is_for_a_person_to_settle(house):
    at = house("hubspot")
    (one,) = at.contacts(1)
    at.edit(one.pk, email="")
    at.finish(at.sync())
    other = at.control(create=[CONTACT, {"email": "taken@example.test"}])["id"]

    at.edit(one.pk, email="taken@example.test")
    at.finish(at.sync())

    link = at.link(one.pk)
    assert (link.state, other in link.words) == (Link.State.SEVERAL, True)
    assert "merge the two in HubSpot" in link.words
    assert len(at.there()) == 2


def test_ar_74_412_a_duplicate_that_the_crm_finds_is_for_a_person_to_settle(house):
    at = house("dynamics", options={"detects_duplicates": True})
    (one,) = at.contacts(1)
    at.finish(at.sync())
    at.control(finds_duplicates=True)
    there = at.there()
    (new,) = at.contacts(1, start=5)
    at.edit(new.pk, email="")
    at.control(refuses={"Last5": [412, "0x80040333", "A duplicate was found."]})

    at.finish(at.sync())

    assert at.link(new.pk).state == Link.State.SEVERAL
    assert at.link(new.pk).words == "A duplicate was found."
    assert (at.there(), at.owed(), at.link(one.pk).state) == (there, {}, "linked")


@pytest.mark.parametrize("kind", ["salesforce", "dynamics"])
def test_ar_74_an_expired_token_is_renewed_once_and_the_sync_goes_on(house, kind):
    at = house(kind)
    at.contacts(2)
    at.finish(at.sync())
    version = Connection.objects.get(pk=at.row.pk).token_version
    at.contacts(1, start=2)
    played = "entra" if kind == "dynamics" else kind
    at.sandbox.http.post(f"/_control/{played}", json={"expire": True}).raise_for_status()

    done = at.sync()

    assert (done.state, done.counts[CONTACT]["created"]) == (Sync.State.DONE, 1)
    assert Connection.objects.get(pk=at.row.pk).token_version == version + 1
    assert len(at.there()) == 3


def test_ar_74_a_refresh_token_that_rotates_is_used_once_each_time(house):
    at = house("salesforce")
    row = consented("salesforce", at.sandbox, User.objects.create_user("ann"))
    Connection.objects.filter(pk=row.pk).update(state="ready", objects_on=[CONTACT], label="Ours")
    at.row = Connection.objects.get(pk=row.pk)
    for n in range(3):
        at.contacts(1, start=n)
        at.control(expire=True)
        Connection.objects.update(token_forced_at=None)  # the one before ran out a while ago
        assert at.finish(at.sync()).counts[CONTACT]["created"] == 1

    assert at.told()["tokens"]["refreshed"] == 3
    assert at.told()["tokens"].get("refused", 0) == 0
    assert len(at.there()) == 3


# How a sync ends, what kind of thing it was, and whether the connection still works.
ENDS: dict[str, tuple[dict[str, Any], dict[str, Any], str, str, str]] = {
    "throttled": ({}, {"limits": {"daily": 0}}, "waiting", "throttled", "ready"),
    "unreachable": ({"rate_5xx": 1.0}, {}, "waiting", "unreachable", "ready"),
    "login": ({}, {"expire": True}, "failed", "login", "refused"),
    "permission": (
        {}, {"without_scopes": ["crm.objects.contacts.write"]}, "failed", "mapping", "ready",
    ),
}  # fmt: skip


@pytest.mark.parametrize("category", ENDS)
def test_ar_45_each_category_ends_a_sync_its_own_way(house, sandbox, category):
    of_all, own, state, said, left = ENDS[category]
    at = house("hubspot")
    at.contacts(1)
    sandbox.set(**of_all)
    at.control(**own)
    began = timezone.now()

    ended = at.sync()

    at.row.refresh_from_db()
    assert (ended.state, ended.category, at.row.state) == (state, said, left)
    assert bool(ended.problems) == (state == "failed")
    waits = {"throttled": timedelta(hours=1), "unreachable": timedelta(seconds=15)}
    assert ended.due_at >= began + waits.get(category, timedelta())
    assert at.owed() in ({}, {"waiting": 1})
    assert at.writes() == {}
    if category == "login":
        with pytest.raises(SyncRefused, match="sign in first"):
            services.start(at.row)


def test_ar_45_a_token_that_is_refused_amid_a_push_ends_it_with_its_reason(house):
    at = house("hubspot", objects_on=[CONTACT])
    at.contacts(250)
    at.control(expires_after=10)

    ended = at.sync()

    assert (ended.state, ended.category, ended.problems) == ("failed", "login", [])
    assert "Type it anew" in ended.reason
    assert 0 < len(at.there()) == ended.counts[CONTACT]["created"] < 250
    assert at.owed() == {"waiting": 250 - len(at.there())}


def test_ar_45_what_is_refused_for_itself_is_not_repeated(house):
    at = house("dynamics")
    at.contacts(1)
    at.control(refuses={"Last0": [400, "0x80040265", "The plug-in wants a postcode."]})

    done, asked = at.sync(), [sum(at.told()["asked"].values())]
    for owed in ({"rejected": 1}, {}):
        assert (at.sync().state, at.owed()) == ("done", owed)
        asked.append(sum(at.told()["asked"].values()))
        OutboxItem.objects.all().delete()

    assert done.counts[CONTACT]["rejected"] == 1
    assert asked[2] - asked[1] == asked[1] - asked[0]  # with and without it: the same questions


def test_ar_46_all_attempts_of_a_push_share_the_id_of_its_click_over_every_slice(house):
    at = house("salesforce")
    at.contacts(1)
    at.control(locks=2)

    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        with structlog.contextvars.bound_contextvars(correlation_id="click-0001"):
            started = services.start(at.row)
        with structlog.contextvars.bound_contextvars(correlation_id="sweep-0002"):
            at.finish(started)

    asked = [line for line in logs if line["event"] == "crm_asked"]
    rests = [line for line in logs if line["event"] == "sync_rests"]
    assert len(rests) == 2
    assert {(line["correlation_id"], line["sync"]) for line in asked} == {
        ("click-0001", started.pk)
    }
