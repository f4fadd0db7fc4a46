"""What a test of a connection finds, and what it does about it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from crm_sync.connecting.trials import run_trial
from crm_sync.connector import Field, Problem
from crm_sync.models import Connection
from tests.crm_sync.connections import Plain, connection, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


class Whole(Plain):
    problems: tuple[Problem, ...] = ()

    async def describe(self, api, obj):
        return [Field("a", "A"), Field("b", "B")]

    async def check(self, api, obj):
        return list(self.problems)


class Odd(Whole):
    async def describe(self, api, obj):
        raise KeyError("fields")


def tried(row, of=None):
    user, _ = User.objects.get_or_create(username="ann")
    finding = run_trial(row, user, of)
    row.refresh_from_db()
    return finding


def test_a_good_one_says_so_and_keeps_the_limits(server):
    row = connection("salesforce", "client_credentials")

    finding = tried(row, Whole())

    assert (finding.colour, finding.title) == ("success", "The connection works")
    assert finding.said == "Contact: 2 fields."
    assert finding.extras == (
        "This was the sandbox, not the CRM: it says nothing about a real sign-in.",
    )
    assert row.allowances == [
        {"label": "Calls a day", "most": 15_000, "left": 14_952, "per": "day", "resets_at": None}
    ]
    assert row.allowances_at is not None


def test_what_has_to_be_mended_is_listed(server):
    of = Whole()
    of.problems = (Problem("Make a text field for the key.", "switchboard_key"),)
    finding = tried(connection("salesforce", "client_credentials"), of)
    assert finding.colour == "warning"
    assert finding.extras[0] == "contact, switchboard_key: Make a text field for the key."


def test_a_refused_one_is_asked_again_and_is_ready_then(server):
    row = connection("salesforce", "client_credentials")
    server.set(fails=[[401, {"error": "invalid_client"}]])
    assert tried(row, Whole()).title == "The sign-in is refused"
    assert row.state == Connection.State.REFUSED

    assert tried(row, Whole()).colour == "success"
    assert (row.state, row.state_reason) == (Connection.State.READY, "")


def test_a_refused_token_that_was_typed_is_tried_again(server):
    row = connection("hubspot", "private_app")
    assert tried(row, Whole("hubspot")).title == "The sign-in is refused"
    server.set(good=["token-of-ours"])
    assert tried(row, Whole("hubspot")).colour == "success"
    assert row.state == Connection.State.READY


def test_a_connection_without_a_consent_says_what_to_do(server):
    row = connection("hubspot", "code")
    finding = tried(row, Whole("hubspot"))
    assert (finding.title, finding.said) == (
        "Somebody has to sign in", "Nobody has signed in yet: sign in.",
    )  # fmt: skip
    assert (row.state, row.renewing_by) == (Connection.State.NEW, None)
    assert server.tokens() == []


def test_a_crm_that_is_away_is_said_in_words(server, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    row = connection("salesforce", "client_credentials")
    finding = tried(row, Whole())
    assert finding.title == "The CRM could not be reached"
    assert row.state == Connection.State.NEW


def test_an_odd_answer_is_no_crash(server):
    finding = tried(connection("salesforce", "client_credentials"), Odd())
    assert finding.title == "The answer has a shape that we do not know"


def test_partner_center_is_asked_for_its_referrals(server):
    row = signed_in("partner_center", "device_code")
    finding = tried(row)
    assert len(server.tokens()) == 1
    assert server.told()["asked"][1][1] == "/partner_center/v1.0/engagements/referrals"
    assert finding.title == "The answer has a shape that we do not know"
