"""What a token's answer means, in words."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from crm_sync.signing_in import kind
from crm_sync.signing_in.answers import (
    ClientRefused,
    LoginNeeded,
    StillWaiting,
    Token,
    classify,
    device_code_of,
    token_of,
)
from crm_sync.signing_in.login import AddressUnfit, address_of
from integrations.errors import ContractBroken, Throttled
from tests.crm_sync.signing_in.logins import login

CONTRACTS = Path(os.environ.get("CONTRACTS_DIR") or Path(__file__).parents[4] / "shared/contracts")


@pytest.fixture
def entra():
    file = CONTRACTS / "entra/fixture_token_endpoint.json"
    if not file.exists():
        pytest.skip(f"no contracts in {CONTRACTS}: set CONTRACTS_DIR")
    return json.loads(file.read_text())


def test_entra_gives_a_token_without_a_refresh_token(entra):
    said = entra["client_credentials"]["response_200"]
    token = token_of(login("dynamics", "client_credentials"), said)
    assert token == Token(said["access_token"], "", "", 3599)


def test_entra_refuses_a_secret_in_words(entra):
    said = classify(401, entra["client_credentials"]["response_400_401"], {})
    assert type(said) is ClientRefused
    assert str(said) == (
        "The client ID or its secret is wrong, or the secret ran out: type it anew."
        " It says: AADSTS7000215: Invalid client secret provided..."
    )


def test_entra_gives_a_device_code(entra):
    code = device_code_of(
        login("partner_center", "device_code"), entra["device_code"]["response_200"]
    )
    assert (code.user_code, code.lasts_s, code.interval_s) == ("ABCD-EFGH", 900, 5)


@pytest.mark.parametrize(
    ("code", "kind_of"),
    [
        ("authorization_pending", StillWaiting), ("slow_down", StillWaiting),
        ("authorization_declined", LoginNeeded), ("expired_token", LoginNeeded),
        ("bad_verification_code", LoginNeeded), ("invalid_grant", LoginNeeded),
        ("interaction_required", LoginNeeded), ("consent_required", LoginNeeded),
        ("invalid_client", ClientRefused), ("invalid_scope", ClientRefused),
        ("temporarily_unavailable", Throttled), ("something_new", ClientRefused),
    ],
)  # fmt: skip
def test_each_code_says_who_acts(code, kind_of):
    assert type(classify(400, {"error": code}, {})) is kind_of


def test_only_slow_down_asks_less_often():
    said = [classify(400, {"error": e}, {}) for e in ("authorization_pending", "slow_down")]
    assert [one.slower for one in said] == [False, True]


def test_hubspots_own_words_are_known():
    said = classify(400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid"}, {})
    assert type(said) is LoginNeeded


@pytest.mark.parametrize("status", [200, 302, 429, 500, 503])
def test_the_rest_is_left_to_its_status(status):
    assert classify(status, {"error": "invalid_grant"}, {}) is None


def test_what_a_refresh_leaves_out_stays():
    before = Token("a", "r", "https://acme.pipedrive.com")
    token = token_of(login("pipedrive", "code"), {"access_token": "b"}, before)
    assert token == Token("b", "r", "https://acme.pipedrive.com", None)


def test_a_rotated_refresh_token_takes_the_place_of_the_old():
    before = Token("a", "r")
    body = {"access_token": "b", "refresh_token": "s", "expires_in": "1800"}
    assert token_of(login("hubspot", "code"), body, before) == Token("b", "s", "", 1800)


def test_salesforce_tells_its_address_and_no_end():
    body = {"access_token": "a", "instance_url": "https://acme.my.salesforce.com"}
    token = token_of(login("salesforce", "jwt"), body)
    assert token == Token("a", "", "https://acme.my.salesforce.com", None)


@pytest.mark.parametrize(
    "there",
    [
        "https://evil.test", "https://salesforce.com.evil.test", "http://acme.my.salesforce.com",
        "https://evilsalesforce.com", "https://a@acme.salesforce.com", "//acme.salesforce.com",
        "https://acme.salesforce.com:8443",
    ],
)  # fmt: skip
def test_a_foreign_address_in_an_answer_is_not_followed(there):
    with pytest.raises(ContractBroken):
        token_of(login("salesforce", "jwt"), {"access_token": "a", "instance_url": there})


@pytest.mark.parametrize("body", [None, "<html>", {}, {"access_token": 7}, {"access_token": ""}])
def test_an_answer_without_a_token_is_a_broken_contract(body):
    with pytest.raises(ContractBroken):
        token_of(login("hubspot", "code"), body)


@pytest.mark.parametrize(
    ("of", "typed", "address"),
    [
        ("salesforce", "Acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("salesforce", "https://a--b.sandbox.my.salesforce.com/",
         "https://a--b.sandbox.my.salesforce.com"),
        ("dynamics", "acme.crm4.dynamics.com", "https://acme.crm4.dynamics.com"),
        ("dynamics", "acme.crm.dynamics.com", "https://acme.crm.dynamics.com"),
        ("pipedrive", "acme.pipedrive.com", "https://acme.pipedrive.com"),
        ("pipedrive", "", ""), ("hubspot", "", ""),
    ],
)  # fmt: skip
def test_an_address_is_taken_as_people_type_it(of, typed, address):
    assert address_of(kind(of), typed) == address


@pytest.mark.parametrize(
    ("of", "typed"),
    [
        ("salesforce", ""), ("salesforce", "login.salesforce.com"),
        ("salesforce", "acme.my.salesforce.com.evil.test"), ("salesforce", "127.0.0.1"),
        ("salesforce", "http://acme.my.salesforce.com"), ("dynamics", "dynamics.com"),
        ("dynamics", "acme.crm4.dynamics.com/x"), ("dynamics", "a@acme.crm.dynamics.com"),
        ("pipedrive", "pipedrive.com"), ("pipedrive", "a.b.pipedrive.com"),
        ("hubspot", "api.hubapi.com"), ("salesforce", "acme.my.salesforce.com\nevil.test"),
    ],
)  # fmt: skip
def test_an_address_of_somebody_elses_is_refused_with_what_to_type(of, typed):
    with pytest.raises(AddressUnfit):
        address_of(kind(of), typed)
