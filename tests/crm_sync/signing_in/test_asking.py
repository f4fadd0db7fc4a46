"""Tokens are asked for through the guard, and nothing of them is written down."""

from __future__ import annotations

import asyncio
import logging

import pytest

from crm_sync.signing_in.answers import ClientRefused, LoginNeeded, StillWaiting
from crm_sync.signing_in.asking import ask
from crm_sync.signing_in.requests import for_code, for_machine, for_poll, for_refresh
from integrations.errors import OutcomeUnknown, ServerFailed
from tests.crm_sync.signing_in.logins import login
from tests.crm_sync.signing_in.played import token_server
from tests.integrations.loopback import opened


@pytest.fixture(scope="module")
def running():
    with token_server() as server:
        yield server


@pytest.fixture
def server(running):
    running.set(forget=True)
    return running


def asked(login, request, **more):
    async def main():
        async with opened() as gate:
            return await ask(gate, login, request, 7, **more)

    return asyncio.run(main())


def test_a_token_comes_for_a_refresh_token(server):
    there = login("hubspot", "code", server.url)
    said = asked(there, for_refresh(there, "refresh-0"))

    assert said["access_token"] == "access-1"
    assert server.told()["asked"] == [
        ["POST", "/hubspot/oauth/v3/token",
         {"grant_type": "refresh_token", "refresh_token": "refresh-0",
          "client_id": "client_id-of-ours", "client_secret": "client_secret-of-ours"}],
    ]  # fmt: skip


def test_pipedrive_is_shown_the_client_in_the_header(server):
    there = login("pipedrive", "code", server.url)
    asked(there, for_refresh(there, "refresh-0"))
    (form,) = server.tokens()
    assert form["basic"] == "client_id-of-ours:client_secret-of-ours"


def test_what_serves_once_is_sent_once(server):
    there = login("hubspot", "code", server.url)
    server.set(fails=[[503, {}], [503, {}]])
    with pytest.raises(OutcomeUnknown):
        asked(there, for_code(there, "code-1", "verifier-1", "https://us.test"))
    assert len(server.tokens()) == 1


def test_what_may_be_repeated_is(server):
    there = login("salesforce", "client_credentials", server.url)
    server.set(fails=[[503, {}], [503, {}]])
    assert asked(there, for_machine(there))["access_token"] == "access-1"
    assert len(server.tokens()) == 3


def test_a_failing_server_is_no_refusal(server):
    there = login("salesforce", "client_credentials", server.url)
    server.set(fails=[[503, {}]] * 4)
    with pytest.raises(ServerFailed):
        asked(there, for_machine(there))


def test_a_lost_answer_is_unknown(server):
    there = login("hubspot", "code", server.url)
    server.set(drops=1)
    with pytest.raises(OutcomeUnknown):
        asked(there, for_refresh(there, "refresh-0"))
    assert len(server.tokens()) == 1


def test_an_answer_that_takes_too_long_is_given_up(server):
    there = login("hubspot", "code", server.url)
    server.set(delay_s=2)
    with pytest.raises(OutcomeUnknown):
        asked(there, for_refresh(there, "refresh-0"), whole_s=0.3)


def test_a_device_code_is_pending_then_declined(server):
    there = login("partner_center", "device_code", server.url)
    with pytest.raises(StillWaiting):
        asked(there, for_poll(there, "device-1"))
    server.set(device="authorization_declined")
    with pytest.raises(LoginNeeded, match="declined at Microsoft"):
        asked(there, for_poll(there, "device-1"))


def test_xr_06_no_log_and_no_error_repeats_a_secret(server, caplog):
    caplog.set_level(logging.DEBUG)
    there = login("hubspot", "code", server.url)
    echo = "the code code-1234567 with verifier-1234567 and client_secret-of-ours is bad"
    server.set(fails=[[400, {"error": "invalid_client", "error_description": echo}]])
    with pytest.raises(ClientRefused) as refused:
        asked(there, for_code(there, "code-1234567", "verifier-1234567", "https://us.test"))

    for secret in ("code-1234567", "verifier-1234567", "client_secret-of-ours"):
        assert secret not in caplog.text + str(refused.value)
