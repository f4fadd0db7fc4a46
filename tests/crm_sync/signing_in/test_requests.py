"""What is asked for a token, of whom, in every way of every kind."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from crm_sync.signing_in import KINDS, Login, kind
from crm_sync.signing_in.answers import ClientRefused, LoginNeeded, Token
from crm_sync.signing_in.proofs import challenge_of, new_state, new_verifier
from crm_sync.signing_in.requests import (
    for_code,
    for_device,
    for_machine,
    for_poll,
    for_refresh,
    renewal,
)
from tests.crm_sync.signing_in.logins import login, pem, rsa_key

ENTRA = "https://login.microsoftonline.com/acme.onmicrosoft.com/oauth2/v2.0"


def test_each_kind_has_its_ways():
    assert {one.slug: [way.slug for way in one.ways] for one in KINDS.values()} == {
        "salesforce": ["code", "client_credentials", "jwt"],
        "hubspot": ["code", "private_app"],
        "pipedrive": ["code", "api_token"],
        "dynamics": ["client_credentials", "device_code"],
        "partner_center": ["device_code", "code"],
    }


@pytest.mark.parametrize(
    ("of", "way", "url"),
    [
        ("salesforce", "code", "https://acme.my.salesforce.com/services/oauth2/token"),
        ("hubspot", "code", "https://api.hubapi.com/oauth/v3/token"),
        ("pipedrive", "code", "https://oauth.pipedrive.com/oauth/token"),
        ("dynamics", "client_credentials", f"{ENTRA}/token"),
        ("partner_center", "code", f"{ENTRA}/token"),
    ],
)
def test_tokens_are_asked_of_the_crm_itself(of, way, url):
    assert login(of, way).token_url == url


def test_in_the_sandbox_everything_is_asked_there():
    asked = {
        (one.slug, way.slug): login(one.slug, way.slug, "http://127.0.0.1:1").token_url
        for one in KINDS.values()
        for way in one.ways
    }

    assert {url.startswith("http://127.0.0.1:1/") for url in asked.values()} == {True}
    assert asked["hubspot", "code"] == "http://127.0.0.1:1/hubspot/oauth/v3/token"
    assert asked["dynamics", "client_credentials"] == (
        "http://127.0.0.1:1/entra/acme.onmicrosoft.com/oauth2/v2.0/token"
    )


def test_a_person_is_sent_to_consent_with_state_and_challenge():
    verifier = new_verifier()
    url = login("salesforce", "code").consent_url(
        state="s", challenge=challenge_of(verifier), redirect_uri="https://us.test/crm/callback"
    )

    there = urlsplit(url)
    assert there._replace(query="").geturl() == (
        "https://acme.my.salesforce.com/services/oauth2/authorize"
    )
    assert parse_qs(there.query) == {
        "response_type": ["code"], "client_id": ["client_id-of-ours"], "state": ["s"],
        "redirect_uri": ["https://us.test/crm/callback"], "scope": ["api refresh_token"],
        "code_challenge": [challenge_of(verifier)], "code_challenge_method": ["S256"],
    }  # fmt: skip


def test_the_consent_of_hubspot_is_elsewhere_than_its_tokens():
    url = login("hubspot", "code").consent_url(state="s", challenge="c", redirect_uri="r")
    assert url.startswith("https://app.hubspot.com/oauth/authorize?")


def test_the_challenge_is_that_of_rfc_7636():
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == (
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
    assert 43 <= len(new_verifier()) <= 128
    assert len({new_state() for _ in range(100)}) == 100


def test_a_code_is_exchanged_once_with_its_verifier():
    request = for_code(login("hubspot", "code"), "c", "v", "https://us.test/crm/callback")
    assert request.once
    assert request.form == {
        "grant_type": "authorization_code", "code": "c", "code_verifier": "v",
        "redirect_uri": "https://us.test/crm/callback", "client_id": "client_id-of-ours",
        "client_secret": "client_secret-of-ours",
    }  # fmt: skip


def test_pipedrive_wants_the_client_as_basic():
    request = for_refresh(login("pipedrive", "code"), "r")
    assert request.form == {"grant_type": "refresh_token", "refresh_token": "r"}
    assert request.basic == ("client_id-of-ours", "client_secret-of-ours")


def test_dynamics_asks_for_exactly_its_own_address():
    request = for_machine(login("dynamics", "client_credentials"))
    assert request.form == {
        "grant_type": "client_credentials", "client_id": "client_id-of-ours",
        "client_secret": "client_secret-of-ours",
        "scope": "https://acme.crm4.dynamics.com/.default",
    }  # fmt: skip


def test_salesforce_is_shown_a_signed_assertion_of_three_minutes():
    request = for_machine(login("salesforce", "jwt"))
    said = jwt.decode(
        request.form["assertion"], rsa_key().public_key(), ["RS256"],
        audience="https://login.salesforce.com",
    )  # fmt: skip

    assert request.form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert (said["iss"], said["sub"]) == ("client_id-of-ours", "sync@acme.test")
    assert 0 < said["exp"] - time.time() <= 300


def test_a_sandbox_organisation_is_another_audience():
    there = login("salesforce", "jwt", address="https://acme--x.sandbox.my.salesforce.com")
    assert there.audience == "https://test.salesforce.com"


def test_a_key_that_is_none_is_said_in_words():
    of = kind("salesforce")
    typed = {"client_id": "c", "username": "u@acme.test", "private_key": "no key"}
    with pytest.raises(ClientRefused, match="private key cannot be used"):
        for_machine(Login(of, of.way("jwt"), typed, "https://acme.my.salesforce.com"))


def test_a_device_is_asked_for_with_a_right_to_refresh():
    there = login("partner_center", "device_code")
    assert for_device(there).url == f"{ENTRA}/devicecode"
    assert for_device(there).form == {
        "client_id": "client_id-of-ours",
        "scope": "https://api.partner.microsoft.com/.default offline_access",
    }
    assert for_poll(there, "d").form == {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "d",
        "client_id": "client_id-of-ours",
    }  # fmt: skip


def test_partner_center_is_never_asked_without_a_person():
    assert {way.asks_a_person for way in kind("partner_center").ways} == {True}


def test_without_a_refresh_token_a_person_is_needed():
    for token in (None, Token("access")):
        with pytest.raises(LoginNeeded):
            renewal(login("hubspot", "code"), token)


def test_nothing_secret_is_in_a_repr():
    there = login("salesforce", "jwt")
    request = for_machine(there)
    shown = repr((there, request, Token("access-1", "refresh-1")))
    for secret in ("access-1", "refresh-1", pem()[40:80], request.form["assertion"]):
        assert secret not in shown
