"""A person types a code at Microsoft; any process sees what came of it (XR-47)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from crm_sync.connecting import devices
from crm_sync.models import Connection, SignIn
from crm_sync.signing_in.answers import Token
from crm_sync.tokens import keeping
from integrations.errors import CallError
from tests.crm_sync.connections import connection

pytestmark = pytest.mark.django_db
INTERVAL_S = 600  # longer than any test takes


@pytest.fixture
def attempt(server):
    server.set(interval=INTERVAL_S)
    row = connection("partner_center", "device_code")
    return devices.begin(row, User.objects.create_user("ann"))


def polled(attempt):
    """Poll as another process does, which knows nothing but the row; its interval is over."""
    SignIn.objects.update(poll_at=timezone.now() - timedelta(seconds=1))
    return devices.poll(SignIn.objects.select_related("connection", "user").get(pk=attempt.pk))


def test_the_code_is_shown_and_kept_sealed(attempt):
    assert devices.code_of(attempt) == "ABCD-EFGH"
    assert attempt.verification_uri == "https://microsoft.com/devicelogin"
    assert "ABCD-EFGH" not in attempt.sealed


def test_nobody_has_typed_it_yet(attempt, server):
    assert polled(attempt).state == SignIn.State.WAITING
    assert len(server.tokens()) == 1


def test_xr_47_once_typed_a_refresh_token_is_kept_for_all(attempt, server):
    server.set(device="given")

    assert polled(attempt).state == SignIn.State.DONE

    row = Connection.objects.get()
    assert row.state == Connection.State.READY
    assert keeping.held(row.pk).token == Token("access-1", "refresh-1")
    assert SignIn.objects.get().sealed == ""


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("authorization_declined", "declined"), ("expired_token", "expired"),
        ("bad_verification_code", "failed"), ("invalid_client", "failed"),
    ],
)  # fmt: skip
def test_what_ends_it_is_said_and_not_asked_again(attempt, server, said, state):
    server.set(device=said)
    over = polled(attempt)
    assert (over.state, bool(over.words), over.sealed) == (state, True, "")
    polled(attempt)
    assert len(server.tokens()) == 1


def test_however_many_poll_one_asks_in_an_interval(attempt, server):
    for _ in range(5):
        devices.poll(attempt)
    assert server.tokens() == []
    polled(attempt)
    for _ in range(5):
        devices.poll(attempt)
    assert len(server.tokens()) == 1


def test_asked_to_slow_down_it_does(attempt, server):
    server.set(device="slow_down")
    assert polled(attempt).interval_s == INTERVAL_S + 5


def test_a_failing_server_ends_nothing(attempt, server):
    server.set(fails=[[503, {}]], device="given")
    assert polled(attempt).state == SignIn.State.WAITING
    assert polled(attempt).state == SignIn.State.DONE


def test_who_has_closed_the_page_is_signed_in_too(attempt, server):
    server.set(device="given")
    assert devices.poll_all() == 0
    SignIn.objects.update(poll_at=timezone.now() - timedelta(seconds=1))
    assert devices.poll_all() == 1
    assert devices.poll_all() == 0
    assert Connection.objects.get().state == Connection.State.READY


def test_a_code_runs_out(attempt, server):
    SignIn.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert polled(attempt).state == SignIn.State.EXPIRED
    assert server.tokens() == []


def test_a_code_that_cannot_be_had_is_said(server):
    row = connection("dynamics", "device_code")
    Connection.objects.filter(pk=row.pk).update(secrets="", options={})
    row.refresh_from_db()
    with pytest.raises(CallError, match="Tenant, Client ID not set"):
        devices.begin(row, User.objects.create_user("bob"))
