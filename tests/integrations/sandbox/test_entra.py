"""Entra as the sandbox plays it: four grants, and the refusals that a client has to tell apart."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
import pytest

from integrations.sandbox.entra import Entra, Issued
from integrations.sandbox.entra.codes import challenge_of
from integrations.sandbox.faults import FAILED, REFUSED
from integrations.sandbox.responder import Asked
from integrations.sandbox.settings import BadSetting

ORG = "https://contoso.crm.example.test"
APP = {"client_id": "app-1", "client_secret": "sandbox"}
AS_ITSELF = {**APP, "grant_type": "client_credentials", "scope": f"{ORG}/.default"}
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def entra():
    return Entra()


def post(entra, form, *, at="token", tenant="contoso", outcome=0):
    """Post a form and return (status, body); `outcome` is what becomes of the answer."""
    body = urlencode(form).encode()
    answer = entra.answer(Asked("POST", f"/{tenant}/oauth2/v2.0/{at}", body=body))
    answer.after(outcome if answer.status < 400 else REFUSED)
    return answer.status, orjson.loads(answer.body)


def refused(entra, form, **more):
    status, body = post(entra, form, **more)
    assert f"AADSTS{body['error_codes'][0]}:" in body["error_description"]
    return status, body["error"], body["error_codes"][0]


def signed_in(entra, scope=f"offline_access {ORG}/.default"):
    _, asked = post(entra, {"client_id": "app-1", "scope": scope}, at="devicecode")
    entra.control({"approve": asked["user_code"]})
    return post(entra, poll(asked))[1]


def poll(asked, client="app-1"):
    return {"client_id": client, "grant_type": DEVICE, "device_code": asked["device_code"]}


def again(token, client="app-1"):
    return {"client_id": client, "grant_type": "refresh_token", "refresh_token": token}


def test_a_machine_gets_a_token_for_one_resource(entra):
    status, body = post(entra, AS_ITSELF)

    access = body.pop("access_token")
    assert (status, body) == (
        200,
        {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599},
    )
    assert entra.tokens.is_good(access)
    assert entra.issued[access] == Issued(ORG, "contoso", "app-1", True)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"client_secret": "wrong"}, (401, "invalid_client", 7000215)),
        ({"client_secret": "expired"}, (401, "invalid_client", 7000222)),
        ({"client_secret": ""}, (401, "invalid_client", 7000218)),
        ({"client_id": "unknown"}, (400, "unauthorized_client", 700016)),
        ({"client_id": ""}, (400, "invalid_request", 90014)),
        ({"scope": f"{ORG}/user_impersonation"}, (400, "invalid_scope", 1002012)),
        ({"scope": f"{ORG}/.default https://b.test/.default"}, (400, "invalid_request", 28000)),
        ({"scope": "https://unknown/.default"}, (400, "invalid_resource", 500011)),
        ({"grant_type": "password"}, (400, "unsupported_grant_type", 70003)),
    ],
)
def test_a_bad_request_is_refused_with_its_number(entra, changed, expected):
    assert refused(entra, {**AS_ITSELF, **changed}) == expected
    assert not entra.issued


def test_a_tenant_that_does_not_exist(entra):
    assert refused(entra, AS_ITSELF, tenant="nowhere") == (400, "invalid_request", 90002)


def test_a_device_code_waits_for_its_person(entra):
    form = {"client_id": "app-1", "scope": f"offline_access {ORG}/.default"}
    _, asked = post(entra, form, at="devicecode")

    pending = refused(entra, poll(asked))
    entra.control({"approve": asked["user_code"]})
    status, body = post(entra, poll(asked))

    assert pending == (400, "authorization_pending", 70016)
    assert (asked["expires_in"], asked["interval"]) == (900, 5)
    assert asked["user_code"] in asked["message"]
    assert status == 200
    assert body["refresh_token"]
    assert not entra.issued[body["access_token"]].is_app_only
    assert refused(entra, poll(asked)) == (400, "invalid_grant", 54005)
    assert entra.told()["device_codes"] == {asked["user_code"]: "redeemed"}


@pytest.mark.parametrize(
    ("decision", "word"),
    [("decline", "authorization_declined"), ("lapse", "expired_token")],
)
def test_a_device_code_that_leads_nowhere(entra, decision, word):
    _, asked = post(entra, {"client_id": "a", "scope": f"{ORG}/.default"}, at="devicecode")
    entra.control({decision: ""})
    assert refused(entra, poll(asked, "a"))[:2] == (400, word)


def test_a_device_code_of_nobody(entra):
    asked = {"device_code": "device-0"}
    assert refused(entra, poll(asked)) == (400, "bad_verification_code", 70018)
    with pytest.raises(BadSetting):
        entra.control({"approve": "ABCD-EFGH"})


def test_without_offline_access_there_is_no_refresh_token(entra):
    assert "refresh_token" not in signed_in(entra, f"{ORG}/.default")


def test_a_refresh_brings_another_refresh_token_and_the_old_one_still_serves(entra):
    first = signed_in(entra)["refresh_token"]

    second = post(entra, again(first))[1]["refresh_token"]

    assert second != first
    assert post(entra, again(first))[0] == 200
    assert refused(entra, again(second, "other")) == (400, "invalid_grant", 70000)


def test_single_use_refresh_tokens_serve_once(entra):
    first = signed_in(entra)["refresh_token"]
    entra.control({"single_use": True})

    failed = post(entra, again(first), outcome=FAILED)
    second = post(entra, again(first))

    assert (failed[0], second[0]) == (200, 200)  # what failed was not done
    assert refused(entra, again(first)) == (400, "invalid_grant", 50173)
    assert post(entra, again(second[1]["refresh_token"]))[0] == 200


def test_what_was_revoked_or_wants_more_proof_is_refused(entra):
    token = signed_in(entra)["refresh_token"]

    entra.control({"needs_mfa": True})
    wants_more = refused(entra, again(token))
    entra.control({"needs_mfa": False, "revoke": True})

    assert wants_more == (400, "interaction_required", 50076)
    assert refused(entra, again(token)) == (400, "invalid_grant", 50173)


def test_a_browser_brings_a_code_that_only_its_verifier_redeems(entra):
    back, verifier = "https://switchboard.test/back", "v" * 43
    query = urlencode(
        {
            "client_id": "app-1", "redirect_uri": back, "state": "s&1",
            "scope": f"offline_access {ORG}/user_impersonation",
            "code_challenge": challenge_of(verifier), "code_challenge_method": "S256",
        }
    ).encode()  # fmt: skip

    sent = entra.answer(Asked("GET", "/contoso/oauth2/v2.0/authorize", query=query))
    came = parse_qs(urlsplit(dict(sent.headers)[b"location"].decode()).query)
    form = {**APP, "grant_type": "authorization_code", "code": came["code"][0]}

    assert (sent.status, came["state"]) == (302, ["s&1"])
    assert refused(entra, {**form, "redirect_uri": "https://b.test/"})[2] == 50011
    assert refused(entra, {**form, "redirect_uri": back, "code_verifier": "w"})[2] == 501481
    good = {**form, "redirect_uri": back, "code_verifier": verifier}
    assert post(entra, good)[1]["refresh_token"]
    assert refused(entra, good)[2] == 54005
