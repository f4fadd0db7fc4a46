"""A connection signs in at the played Entra, and its token lets it into the played Dynamics."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from crm_sync.connector import CONTACT
from crm_sync.signing_in.answers import ClientRefused, StillWaiting
from crm_sync.signing_in.asking import ask
from crm_sync.signing_in.requests import for_device, for_machine, for_poll, for_refresh
from integrations.errors import CredentialRejected
from tests.crm_sync.connectors.dynamics.asking import person
from tests.crm_sync.signing_in.logins import login
from tests.integrations.loopback import opened


def asked(there, request):
    async def main():
        async with opened() as gate:
            return await ask(gate, there, request, 7)

    return asyncio.run(main())


def entra(dynamics, **wanted):
    dynamics.sandbox.http.post("/_control/entra", json=wanted).raise_for_status()


def test_a_machine_signs_in_and_writes(dynamics):
    there = login("dynamics", "client_credentials", dynamics.sandbox.url)

    token = asked(there, for_machine(there))["access_token"]

    (found,) = dynamics.ask("write", CONTACT, [person()], secrets={"token": token})
    assert found.outcome == "created"


def test_a_person_types_a_code_and_the_token_is_renewed(dynamics):
    there = login("dynamics", "device_code", dynamics.sandbox.url)
    code = asked(there, for_device(there))
    poll = for_poll(there, code["device_code"])
    with pytest.raises(StillWaiting):
        asked(there, poll)

    entra(dynamics, approve=code["user_code"])
    first = asked(there, poll)
    entra(dynamics, expire=True)
    second = asked(there, for_refresh(there, first["refresh_token"]))

    old, new = ({"token": each["access_token"]} for each in (first, second))
    with pytest.raises(CredentialRejected):
        dynamics.ask("write", CONTACT, [person()], secrets=old)
    (found,) = dynamics.ask("write", CONTACT, [person()], secrets=new)
    assert found.outcome == "created"
    assert second["refresh_token"] != first["refresh_token"]


def test_a_token_for_partner_center_does_not_let_in(dynamics):
    there = login("partner_center", "device_code", dynamics.sandbox.url)
    code = asked(there, for_device(there))
    entra(dynamics, approve="")
    token = asked(there, for_poll(there, code["device_code"]))["access_token"]

    with pytest.raises(CredentialRejected):
        dynamics.ask("write", CONTACT, [person()], secrets={"token": token})


def test_a_wrong_secret_is_told_in_entras_words(dynamics):
    there = login("dynamics", "client_credentials", dynamics.sandbox.url)
    there = replace(there, typed={**there.typed, "client_secret": "wrong"})
    with pytest.raises(ClientRefused, match="Invalid client secret"):
        asked(there, for_machine(there))
