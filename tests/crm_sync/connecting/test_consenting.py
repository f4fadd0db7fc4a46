"""A person consents in the browser: what comes back counts once, for them and their session."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.utils import timezone

from crm_sync.connecting import consenting, setting_up
from crm_sync.connecting.consenting import SignInFailed
from crm_sync.models import Connection, SignIn
from crm_sync.signing_in.answers import Token
from crm_sync.signing_in.proofs import challenge_of
from crm_sync.tokens import keeping
from tests.crm_sync.connections import connection

pytestmark = pytest.mark.django_db
HERE = "https://us.test/crm/callback"


@pytest.fixture
def ann(db):
    return User.objects.create_user("ann")


def begun(row, user, session="s1"):
    """The query that the CRM was sent."""
    url = consenting.begin(row, user, session, HERE)
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def answered(asked, **more):
    return {"state": asked["state"], "code": "code-1", **more}


def test_a_code_becomes_a_token_that_is_kept(server, ann):
    row = connection("hubspot", "code")
    asked = begun(row, ann)

    consenting.finish(answered(asked), ann, "s1")

    row.refresh_from_db()
    assert row.state == Connection.State.READY
    assert keeping.held(row.pk).token == Token("access-1", "refresh-1")
    (form,) = server.tokens()
    assert form["code"] == "code-1"
    assert form["redirect_uri"] == HERE
    assert challenge_of(form["code_verifier"]) == asked["code_challenge"]
    assert LogEntry.objects.get().change_message == "Signed in"


def test_a_state_counts_once(server, ann):
    row = connection("hubspot", "code")
    asked = begun(row, ann)
    consenting.finish(answered(asked), ann, "s1")

    with pytest.raises(SignInFailed, match="used already"):
        consenting.finish(answered(asked), ann, "s1")

    assert len(server.tokens()) == 1
    assert SignIn.objects.get().sealed == ""


def test_a_state_counts_in_its_session_only(server, ann):
    asked = begun(connection("hubspot", "code"), ann)
    with pytest.raises(SignInFailed, match="another browser"):
        consenting.finish(answered(asked), ann, "s2")
    assert server.tokens() == []


def test_a_state_counts_for_its_person_only(server, ann):
    asked = begun(connection("hubspot", "code"), ann)
    with pytest.raises(SignInFailed):
        consenting.finish(answered(asked), User.objects.create_user("bob"), "s1")
    assert server.tokens() == []


@pytest.mark.parametrize("state", ["", "made-up", "x" * 4_000])
def test_a_state_of_somebody_elses_is_not_used(server, ann, state):
    begun(connection("hubspot", "code"), ann)
    with pytest.raises(SignInFailed):
        consenting.finish({"state": state, "code": "code-1"}, ann, "s1")
    assert server.tokens() == []


def test_a_sign_in_takes_15_minutes_at_the_most(server, ann):
    asked = begun(connection("hubspot", "code"), ann)
    SignIn.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(SignInFailed, match="15 minutes"):
        consenting.finish(answered(asked), ann, "s1")


def test_another_attempt_ends_the_one_before(server, ann):
    row = connection("hubspot", "code")
    first, second = begun(row, ann), begun(row, ann)
    with pytest.raises(SignInFailed):
        consenting.finish(answered(first), ann, "s1")
    consenting.finish(answered(second), ann, "s1")
    assert sorted(SignIn.objects.values_list("state", flat=True)) == ["done", "failed"]


@pytest.mark.parametrize(
    "change",
    [
        lambda row: setting_up.move(row, {"address": "https://b.my.salesforce.com"}),
        lambda row: setting_up.move(row, {"way": "jwt"}),
        lambda row: setting_up.set_typed(row, {"client_secret": "another-1"}),
        setting_up.sign_out,
    ],
)
def test_a_connection_that_changed_meanwhile_takes_no_old_code(server, ann, change):
    row = connection("salesforce", "code")
    asked = begun(row, ann)
    change(row)
    with pytest.raises(SignInFailed):
        consenting.finish(answered(asked), ann, "s1")
    assert server.tokens() == []


def test_a_refusal_is_said_in_words(server, ann):
    row = connection("hubspot", "code")
    asked = begun(row, ann)
    said = {"state": asked["state"], "error": "access_denied", "error_description": "user said no"}

    with pytest.raises(SignInFailed, match=r"declined there.*It says: user said no") as failed:
        consenting.finish(said, ann, "s1")

    assert failed.value.row == row
    assert SignIn.objects.get().state == SignIn.State.DECLINED
    row.refresh_from_db()
    assert row.state == Connection.State.NEW


def test_a_lost_answer_says_to_start_again(server, ann):
    row = connection("hubspot", "code")
    asked = begun(row, ann)
    server.set(drops=1)
    with pytest.raises(SignInFailed, match="lost on its way"):
        consenting.finish(answered(asked), ann, "s1")
    assert len(server.tokens()) == 1
    assert SignIn.objects.get().state == SignIn.State.FAILED


def test_a_failed_sign_in_leaves_the_token_before(server, ann):
    row = connection("hubspot", "code", token=Token("before", "refresh-0"))
    asked = begun(row, ann)
    server.set(fails=[[400, {"error": "invalid_grant"}]])
    with pytest.raises(SignInFailed):
        consenting.finish(answered(asked), ann, "s1")
    assert keeping.held(row.pk).token.access == "before"


def test_xr_06_nothing_secret_stands_open_in_the_database(server, ann):
    asked = begun(connection("hubspot", "code"), ann)
    kept = SignIn.objects.values().get()
    assert asked["state"] not in repr(kept)
    assert "s1" not in (kept["session_hash"], kept["state_hash"])
    assert "verifier" not in kept["sealed"]
