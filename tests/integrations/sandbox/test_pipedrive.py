"""The played Pipedrive: how apps sign in to it, how strict it is, its pages and its limits."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.sandbox.pipedrive.fields import hash_of
from tests.integrations.sandbox.running import running_sandbox

VERIFIER = "a-verifier-of-forty-three-characters-or-more-1"
BACK = "https://switchboard.example.test/back"
PERSONS = "/pipedrive/api/v2/persons"
BEARER = {"headers": {"Authorization": "Bearer sandbox"}, "auth": None}


@pytest.fixture(scope="module")
def played():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(played):
    played.fresh()
    return played


def code(sandbox, **more):
    challenge = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    asked = {"client_id": "an-app", "redirect_uri": BACK, "state": "s1",
             "code_challenge": challenge, **more}  # fmt: skip
    answer = sandbox.http.get("/pipedrive/oauth/authorize", params=asked)
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["location"]).query)


def token(sandbox, secret="secret", **form):
    where = "/pipedrive/oauth/token"
    return sandbox.http.post(where, data=form, auth=("an-app", secret))


def of_code(sandbox, one, **more):
    given = {"redirect_uri": BACK, "code_verifier": VERIFIER, **more}
    return token(sandbox, grant_type="authorization_code", code=one, **given)


def test_an_app_signs_in_and_is_told_where_the_company_is(sandbox):
    answer = of_code(sandbox, code(sandbox)["code"][0]).json()

    assert answer["api_domain"] == f"{sandbox.url}/pipedrive"
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3599)
    bearer = {"Authorization": f"Bearer {answer['access_token']}"}
    assert sandbox.http.get(PERSONS, headers=bearer, auth=None).status_code == 200


def test_a_refresh_token_serves_again_until_consent_is_taken_back(sandbox):
    refresh = of_code(sandbox, code(sandbox)["code"][0]).json()["refresh_token"]
    found = [token(sandbox, grant_type="refresh_token", refresh_token=refresh) for _ in range(2)]
    sandbox.http.post("/_control/pipedrive", json={"revoke": True}).raise_for_status()
    last = token(sandbox, grant_type="refresh_token", refresh_token=refresh)

    assert [one.json()["refresh_token"] for one in found] == [refresh] * 2
    assert (last.status_code, last.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("more", "secret", "status"),
    [({"code_verifier": "another"}, "secret", 400), ({"redirect_uri": "https://x"}, "secret", 400),
     ({}, "wrong", 401)],
)  # fmt: skip
def test_a_code_serves_only_who_asked_for_it(sandbox, more, secret, status):
    one = code(sandbox)["code"][0]
    assert of_code(sandbox, one, secret=secret, **more).status_code == status


def test_a_code_serves_once_and_who_denies_gives_none(sandbox):
    one = code(sandbox)["code"][0]
    assert [of_code(sandbox, one).status_code for _ in range(2)] == [200, 400]
    assert code(sandbox, state="deny") == {"state": ["deny"], "error": ["user_denied"]}


@pytest.mark.parametrize(
    "body",
    [
        {}, {"name": "A", "org_id": "1"}, {"name": "A", "emails": [{"primary": True}]},
        {"name": "A", "email": "a@example.test"}, {"name": "A", "id": 7}, [],
        {"name": "A", hash_of("persons", "Score"): 1},
        {"name": "A", "custom_fields": {hash_of("persons", "Score"): "1"}},
        {"name": "A", "custom_fields": {hash_of("persons", "Interests"): []}},
        {"name": "A", "custom_fields": {hash_of("persons", "Budget"): 5}},
    ],
)  # fmt: skip
def test_a_person_that_is_not_as_version_two_has_it_is_refused(sandbox, body):
    answer = sandbox.http.post(PERSONS, json=body, **BEARER)
    assert (answer.status_code, answer.json()["success"]) == (400, False)
    assert sandbox.http.get(PERSONS, **BEARER).json()["data"] == []


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "501"}, {"ids": ",".join(map(str, range(101)))}, {"sort_by": "name"},
        {"updated_since": "2026-11-23T10:00:00.000Z"}, {"cursor": "mine"},
        {"custom_fields": ",".join("f" * 16)},
    ],
)  # fmt: skip
def test_a_list_that_is_asked_wrongly_is_refused(sandbox, params):
    assert sandbox.http.get(PERSONS, params=params, **BEARER).status_code == 400


def test_a_search_wants_two_characters_or_an_exact_one(sandbox):
    sandbox.http.post(PERSONS, json={"name": "Q"}, **BEARER).raise_for_status()
    asked = [{"term": "Q"}, {"term": "Q", "exact_match": "true"}]
    found = [sandbox.http.get(f"{PERSONS}/search", params=one, **BEARER) for one in asked]
    assert [one.status_code for one in found] == [400, 200]
    assert [one["item"]["name"] for one in found[1].json()["data"]["items"]] == ["Q"]


def test_a_list_by_creation_goes_both_ways_page_by_page(sandbox):
    for n in range(5):
        sandbox.http.post(PERSONS, json={"name": f"P{n}"}, **BEARER).raise_for_status()

    for way, names in (("asc", "01234"), ("desc", "43210")):
        params, seen = {"sort_by": "add_time", "sort_direction": way, "limit": "2"}, ""
        while True:
            page = sandbox.http.get(PERSONS, params=params, **BEARER).json()
            seen += "".join(one["name"][1] for one in page["data"])
            if not (following := page["additional_data"]["next_cursor"]):
                break
            params["cursor"] = following
        assert seen == names


def test_limits_are_told_and_held(sandbox):
    wanted = {"limits": {"burst": 2, "tokens": 12}}
    sandbox.http.post("/_control/pipedrive", json=wanted).raise_for_status()

    first, second, third = (sandbox.http.get(PERSONS, **BEARER) for _ in range(3))

    told = [one.headers["x-daily-ratelimit-token-remaining"] for one in (first, second, third)]
    assert [one.status_code for one in (first, second, third)] == [200, 429, 429]
    assert told == ["0"] * 3
    assert first.headers["x-ratelimit-remaining"] == "1"
