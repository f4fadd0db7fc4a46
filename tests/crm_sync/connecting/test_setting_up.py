"""Connections are made and changed; nothing secret is readable, and who did what is kept."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from crm_sync.connecting import setting_up
from crm_sync.models import Connection
from crm_sync.signing_in.answers import Token
from crm_sync.tokens import keeping
from tests.crm_sync.connections import connection

pytestmark = pytest.mark.django_db
TYPED = {"client_id": "id-1", "client_secret": "secret-1"}


@pytest.fixture
def ann(db):
    return User.objects.create_user("ann")


def added(ann, label="Acme", **typed):
    return setting_up.add(
        of="hubspot", way="code", label=label, address="", typed={**TYPED, **typed}, user=ann
    )


def messages():
    return [one.get_change_message() for one in LogEntry.objects.order_by("pk")]


def test_xr_06_what_is_secret_is_sealed_and_the_rest_is_not(server, ann):
    row = added(ann)
    assert row.options == {"sign_in": {"client_id": "id-1"}}
    assert "secret-1" not in row.secrets
    assert keeping.typed(row) == TYPED
    assert (row.state, row.is_sandbox) == (Connection.State.NEW, True)
    assert messages() == ["Added", "Client ID: set. Client secret: set"]
    assert {one["by"] for one in row.secrets_set.values()} == {"ann"}


def test_outside_the_sandbox_it_leads_to_the_crm_itself(server, ann, settings):
    settings.SANDBOX = False
    assert not added(ann).is_sandbox


def test_one_name_a_kind(server, ann):
    added(ann)
    with transaction.atomic(), pytest.raises(IntegrityError):
        added(ann)
    assert added(ann, label="Other").label == "Other"


def test_a_new_secret_takes_the_token_with_it(server, ann):
    row = connection("hubspot", "code", token=Token("access", "refresh"))
    setting_up.set_typed(row, {"client_secret": "secret-2", "client_id": ""}, ann)
    assert (row.token, row.token_version, row.state) == ("", 2, "new")
    assert keeping.typed(row)["client_secret"] == "secret-2"
    assert keeping.typed(row)["client_id"] == "client_id-of-ours"
    assert messages() == ["Client secret: set"]


def test_nothing_typed_changes_nothing(server, ann):
    row = connection("hubspot", "code", token=Token("access"))
    setting_up.set_typed(row, {"client_secret": " "}, ann)
    row.refresh_from_db()
    assert row.token_version == 1
    assert messages() == []


def test_a_typed_token_makes_it_ready(server, ann):
    row = setting_up.add(
        of="hubspot", way="private_app", label="A", address="", typed={"token": "pat-1"}, user=ann
    )
    assert row.state == Connection.State.READY


def test_another_way_forgets_the_former(server):
    row = connection("hubspot", "code", token=Token("access"))
    setting_up.move(row, {"way": "private_app"})
    assert (row.secrets, row.token, row.secrets_set, row.state) == ("", "", {}, "new")


def test_signed_out_it_keeps_what_was_typed(server, ann):
    row = connection("hubspot", "code", token=Token("access"))
    setting_up.sign_out(row, ann)
    assert (row.token, row.state, bool(row.secrets)) == ("", "new", True)
    assert messages() == ["Signed out: its tokens are forgotten"]


def test_forgotten_nothing_is_kept(server, ann):
    row = connection("hubspot", "code", token=Token("access"))
    setting_up.forget(row, ann)
    assert (row.token, row.secrets, row.secrets_set) == ("", "", {})
    assert messages() == ["Secrets and tokens: forgotten"]


def test_who_asks_for_a_token_meanwhile_does_not_bring_it_back(server, ann):
    row = connection("hubspot", "code", token=Token("access", "refresh"))
    setting_up.forget(row, ann)
    assert not keeping.store(row.pk, 1, Token("late"), was_forced=False)
    row.refresh_from_db()
    assert row.token == ""
