"""The played HubSpot: how apps sign in to it, its limits, and how strict it is."""

from __future__ import annotations

import asyncio
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest

from crm_sync.connector import COMPANY
from crm_sync.connectors.hubspot import HUBSPOT
from tests.crm_sync.apis import api_to
from tests.integrations.sandbox.running import running_sandbox

VERIFIER = "a-verifier-of-forty-three-characters-or-more-1"
CLIENT = {"client_id": "an-app", "client_secret": "secret"}
BACK = "https://switchboard.example.test/back"
CONTACTS = "/hubspot/crm/objects/2026-03/contacts"
BEARER = {"headers": {"Authorization": "Bearer sandbox"}, "auth": None}


@pytest.fixture(scope="module")
def played():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(played):
    played.fresh()
    return played


def code(sandbox):
    challenge = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": "an-app", "redirect_uri": BACK, "state": "s1", "scope": "oauth",
        "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    answer = sandbox.http.get("/hubspot/oauth/authorize", params=asked)
    assert answer.status_code == 302
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert back["state"] == ["s1"]
    return back["code"][0]


def token(sandbox, **form):
    return sandbox.http.post("/hubspot/oauth/v1/token", data={**CLIENT, **form})


def exchange(sandbox, given, verifier=VERIFIER):
    return token(
        sandbox, grant_type="authorization_code", code=given, redirect_uri=BACK,
        code_verifier=verifier,
    )  # fmt: skip


def test_a_code_and_its_verifier_give_a_token_once(sandbox):
    given = code(sandbox)

    first, second = exchange(sandbox, given), exchange(sandbox, given)

    assert first.status_code == 200
    assert (first.json()["expires_in"], first.json()["token_type"]) == (1_800, "bearer")
    assert second.status_code == 400
    assert second.json()["status"] == "BAD_AUTH_CODE"
    authorised = {"Authorization": f"Bearer {first.json()['access_token']}"}
    assert sandbox.http.get(CONTACTS, headers=authorised, auth=None).status_code == 200


def test_another_verifier_gives_none(sandbox):
    answer = exchange(sandbox, code(sandbox), "another-verifier-that-nobody-made-a-challenge-of")

    assert (answer.status_code, answer.json()["status"]) == (400, "BAD_CODE_VERIFIER")


def test_a_refresh_token_stays_the_same_until_it_is_revoked(sandbox):
    refresh = exchange(sandbox, code(sandbox)).json()["refresh_token"]

    again = token(sandbox, grant_type="refresh_token", refresh_token=refresh)
    sandbox.http.post("/_control/hubspot", json={"revoke": True})
    revoked = token(sandbox, grant_type="refresh_token", refresh_token=refresh)

    assert again.json()["refresh_token"] == refresh
    assert (revoked.status_code, revoked.json()["status"]) == (400, "BAD_REFRESH_TOKEN")


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_a_wrong_client_secret_gives_none(sandbox, secret):
    answer = token(sandbox, client_secret=secret, grant_type="refresh_token", refresh_token="x")

    assert (answer.status_code, answer.json()["status"]) == (400, "BAD_CLIENT_SECRET")


def test_a_token_tells_its_scopes(sandbox):
    about = sandbox.http.get("/hubspot/oauth/v1/access-tokens/sandbox").json()

    assert about["hub_id"] == 62_515
    assert "crm.objects.contacts.write" in about["scopes"]


def test_limits_are_kept_once_they_hold(sandbox):
    sandbox.http.post("/_control/hubspot", json={"limits": {"burst": 2, "daily": 3}})

    answers = [sandbox.http.get(CONTACTS, **BEARER) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["policyName"] == "TEN_SECONDLY_ROLLING"
    left = [answer.headers["x-hubspot-ratelimit-remaining"] for answer in answers]
    assert left == ["1", "0", "0"]
    assert "retry-after" not in answers[2].headers


def test_searches_side_by_side_keep_to_five_a_second(sandbox):
    async def main():
        async with api_to(HUBSPOT, sandbox) as api:
            by = [("domain", "works.example.test")]
            began = time.monotonic()
            await asyncio.gather(*(HUBSPOT.find(api, COMPANY, by, []) for _ in range(14)))
            return time.monotonic() - began

    took_s = asyncio.run(main())

    told = sandbox.http.get("/_control/hubspot").json()
    assert told["asked"] == {"POST /crm/objects/2026-03/companies/search": 14}
    assert took_s > 2.0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/batch/upsert", {"inputs": [{"id": "1"}] * 101}),
        ("/batch/upsert", {"inputs": [{"id": "1", "idProperty": "city", "properties": {}}]}),
        ("/batch/update", {"inputs": [{"id": "1", "properties": {}}] * 2}),
        ("/search", {"limit": 201}),
        ("/search", {"limit": 200, "after": "9900"}),
        ("/search", {"sorts": [{"propertyName": "city"}, {"propertyName": "zip"}]}),
        ("/search", {"filterGroups": [{"filters": [{"propertyName": "nope", "operator": "EQ"}]}]}),
        ("/batch/read", []),
    ],
)
def test_what_the_real_one_refuses_is_refused(sandbox, path, body):
    answer = sandbox.http.post(CONTACTS + path, json=body, **BEARER)

    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"
    assert sandbox.http.get("/_control/hubspot").json()["records"]["contact"] == 0


def test_a_batch_that_fails_halfway_leaves_nothing(sandbox):
    inputs = [
        {"id": str(n), "idProperty": "switchboard_id",
         "properties": {"email": "one@example.test", "firstname": "Ada"}}
        for n in range(2)
    ]  # fmt: skip

    answer = sandbox.http.post(CONTACTS + "/batch/upsert", json={"inputs": inputs}, **BEARER)

    assert (answer.status_code, answer.json()["category"]) == (409, "CONFLICT")
    assert sandbox.http.get("/_control/hubspot").json()["records"]["contact"] == 0
