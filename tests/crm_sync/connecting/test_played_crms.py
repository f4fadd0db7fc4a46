"""Signing in to the CRMs that the sandbox plays, and testing the connection, from end to end."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from crm_sync.connecting import devices, setting_up
from crm_sync.connecting.trials import run_trial
from crm_sync.mapping import service as mappings
from crm_sync.models import Connection, SignIn
from integrations.accounts import secret_box
from tests.crm_sync.connections import connection, consented
from tests.crm_sync.signing_in.logins import public_pem
from tests.integrations.sandbox.running import running_sandbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def played():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(played, settings):
    played.fresh()
    settings.SANDBOX, settings.SANDBOX_URL = True, played.url
    return played


@pytest.fixture
def ann(db):
    return User.objects.create_user("ann")


def control(sandbox, of, **wanted):
    sandbox.http.post(f"/_control/{of}", json=wanted).raise_for_status()


def with_code(of, sandbox, user):
    """A connection for which a person has typed a code at Microsoft."""
    row = connection(of, "device_code")
    attempt = devices.begin(row, user)
    control(sandbox, "entra", approve=devices.code_of(attempt))
    SignIn.objects.update(poll_at=attempt.created_at)
    assert devices.poll(attempt).state == SignIn.State.DONE
    return row


def tried(row, user):
    finding = run_trial(row, user)
    row.refresh_from_db()
    return finding.colour, finding.title, finding.said


@pytest.mark.parametrize("of", ["salesforce", "hubspot", "pipedrive", "partner_center"])
def test_a_person_signs_in_and_the_connection_works(sandbox, ann, of):
    row = consented(of, sandbox, ann)

    assert tried(row, ann)[:2] == ("success", "The connection works")
    assert row.state == Connection.State.READY


@pytest.mark.parametrize("of", ["salesforce", "hubspot", "pipedrive"])
def test_a_token_that_runs_out_is_refreshed(sandbox, ann, of):
    row = consented(of, sandbox, ann)
    control(sandbox, of, expire=True)

    assert tried(row, ann)[0] == "success"

    assert row.token_version == 2


@pytest.mark.parametrize("of", ["salesforce", "hubspot", "pipedrive"])
def test_xr_47_a_consent_that_was_taken_back_needs_somebody(sandbox, ann, of):
    row = consented(of, sandbox, ann)
    control(sandbox, of, revoke=True)

    assert tried(row, ann)[:2] == ("danger", "Somebody has to sign in")

    assert row.state == Connection.State.NEEDS_LOGIN


@pytest.mark.parametrize(
    ("of", "way"),
    [
        ("salesforce", "client_credentials"),
        ("salesforce", "jwt"),
        ("dynamics", "client_credentials"),
    ],
)
def test_nobody_has_to_sign_in_with_a_machine(sandbox, ann, of, way):
    row = connection(of, way)
    control(sandbox, "salesforce", jwt_key=public_pem())
    assert tried(row, ann)[:2] == ("success", "The connection works")


def test_a_key_that_the_app_does_not_know_is_refused(sandbox, ann):
    row = connection("salesforce", "jwt")
    control(sandbox, "salesforce", jwt_key="")

    colour, title, said = tried(row, ann)

    assert (colour, title) == ("danger", "The sign-in is refused")
    assert said.endswith("It says: invalid assertion")
    assert row.state == Connection.State.REFUSED


@pytest.mark.parametrize(
    ("of", "way", "name"),
    [("hubspot", "private_app", "token"), ("pipedrive", "api_token", "api_token")],
)
def test_a_typed_token_works(sandbox, ann, of, way, name):
    row = connection(of, way)
    Connection.objects.filter(pk=row.pk).update(secrets=secret_box().seal({name: "sandbox"}))
    assert tried(row, ann)[:2] == ("success", "The connection works")


def test_a_trial_keeps_the_fields_for_the_mapping(sandbox, ann):
    row = connection("hubspot", "private_app")
    Connection.objects.filter(pk=row.pk).update(secrets=secret_box().seal({"token": "sandbox"}))
    assert mappings.fields_of(mappings.find(row, "contact")) == {}

    tried(row, ann)

    assert "jobtitle" in mappings.fields_of(mappings.current(row, "contact"))


@pytest.mark.parametrize("of", ["dynamics", "partner_center"])
def test_a_code_that_was_typed_lets_in(sandbox, ann, of):
    row = with_code(of, sandbox, ann)
    assert tried(row, ann)[:2] == ("success", "The connection works")


def test_xr_47_a_code_that_was_declined_says_so(sandbox, ann):
    attempt = devices.begin(connection("partner_center", "device_code"), ann)
    control(sandbox, "entra", decline=devices.code_of(attempt))
    SignIn.objects.update(poll_at=attempt.created_at)
    assert devices.poll(attempt).state == SignIn.State.DECLINED


@pytest.mark.parametrize("of", ["dynamics", "partner_center"])
def test_entras_refresh_tokens_rotate_and_serve_once(sandbox, ann, of):
    row = with_code(of, sandbox, ann)
    for version in (2, 3):
        control(sandbox, "entra", single_use=True, expire=True)
        Connection.objects.update(token_forced_at=None)  # the one before ran out a while ago
        assert tried(row, ann)[0] == "success"
        assert row.token_version == version


@pytest.mark.parametrize(
    ("typed", "words"),
    [("wrong", "The client ID or its secret is wrong"), ("expired", "The client ID or its secret")],
)
def test_entras_refusals_are_said_in_words(sandbox, ann, typed, words):
    row = connection("dynamics", "client_credentials")
    setting_up.set_typed(row, {"client_secret": typed}, ann)
    colour, title, said = tried(row, ann)
    assert (colour, title) == ("danger", "The sign-in is refused")
    assert said.startswith(words)
