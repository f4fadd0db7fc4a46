"""The played Salesforce signs in and refuses as the real one does."""

from __future__ import annotations

import base64
import time
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from crm_sync.connectors.salesforce import KEY_FIELD

BACK = "https://switchboard.test/back"
ONE = f"/salesforce/services/data/v64.0/sobjects/Contact/{KEY_FIELD}/a%20key"
BEARER: Any = {"headers": {"Authorization": "Bearer sandbox"}, "auth": None}
KEY = rsa.generate_private_key(65537, 2048)


def coded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def token(org, **form):
    return org.sandbox.http.post("/salesforce/services/oauth2/token", data=form, auth=None)


def code(org, verifier="v" * 43):
    asked = {
        "response_type": "code", "client_id": "app", "redirect_uri": BACK, "state": "s1",
        "code_challenge": coded(sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }  # fmt: skip
    answer = org.sandbox.http.get(
        "/salesforce/services/oauth2/authorize", params=asked, follow_redirects=False
    )
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["location"]).query)


def with_code(org, verifier="v" * 43):
    back = code(org)
    assert back["state"] == ["s1"]
    return token(
        org, grant_type="authorization_code", code=back["code"][0], client_id="app",
        redirect_uri=BACK, code_verifier=verifier,
    )  # fmt: skip


def assertion(*, key=KEY, alg="RS256", ends_in_s=200, **claims):
    told = {
        "iss": "app", "sub": "sync@example.test", "aud": "https://login.salesforce.com",
        "exp": time.time() + ends_in_s, **claims,
    }  # fmt: skip
    signed = f"{coded(orjson.dumps({'alg': alg}))}.{coded(orjson.dumps(told))}"
    signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{coded(signature)}"


def jwt(org, **how):
    return token(
        org, grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=assertion(**how)
    )


def test_b_73_a_token_tells_where_to_go_and_not_how_long_it_lasts(org):
    told = with_code(org).json()

    assert told["instance_url"] == f"{org.sandbox.url}/salesforce"
    assert told["token_type"] == "Bearer"
    assert "expires_in" not in told
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    there = org.sandbox.http.get(
        "/salesforce/services/data/v64.0/limits", headers=headers, auth=None
    )
    assert there.status_code == 200


def test_b_73_a_refresh_token_serves_once(org):
    first = with_code(org).json()["refresh_token"]
    told = token(org, grant_type="refresh_token", refresh_token=first, client_id="app")
    again = token(org, grant_type="refresh_token", refresh_token=first, client_id="app")

    assert told.json()["refresh_token"] != first
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_code_needs_its_verifier_and_serves_once(org):
    assert with_code(org, "another").json()["error_description"] == "invalid code verifier"
    back = code(org)
    form = {"grant_type": "authorization_code", "code": back["code"][0], "client_id": "app",
            "redirect_uri": BACK, "code_verifier": "v" * 43}  # fmt: skip
    assert token(org, **form).status_code == 200
    assert token(org, **form).json()["error"] == "invalid_grant"


def test_a_client_has_a_secret(org):
    org.control(client_id="app", client_secret="right")
    form = {"grant_type": "client_credentials", "client_id": "app"}

    assert token(org, **form, client_secret="wrong").json()["error"] == "invalid_client"
    assert token(org, **form).json()["error"] == "invalid_client"
    assert set(token(org, **form, client_secret="right").json()) >= {"access_token", "instance_url"}


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({}, None),
        ({"aud": "https://test.salesforce.com"}, None),
        ({"aud": "https://example.test"}, "invalid_grant"),
        ({"ends_in_s": 2_000}, "invalid_grant"),
        ({"ends_in_s": -5}, "invalid_grant"),
        ({"iss": "another"}, "invalid_client_id"),
        ({"sub": ""}, "invalid_client_id"),
        ({"alg": "none"}, "invalid_grant"),
        ({"key": rsa.generate_private_key(65537, 2048)}, "invalid_grant"),
    ],
)
def test_a_signed_assertion_is_checked(org, how, error):
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
    org.control(jwt_key=public, client_id="app")
    told = jwt(org, **how).json()

    assert told.get("error") == error
    assert ("access_token" in told) is (error is None)
    assert "refresh_token" not in told


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "é.é.é"])
def test_no_assertion_is_refused(org, text):
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert token(org, grant_type=grant, assertion=text).json()["error"] == "invalid_grant"


def test_a_token_that_ran_out_is_refused_as_a_list(org):
    org.control(expire=True)
    answer = org.sandbox.http.get("/salesforce/services/data/v64.0/limits", **BEARER)

    assert answer.status_code == 401
    assert answer.json() == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]


def test_one_record_is_upserted_with_201_200_and_300(org):
    patch = org.sandbox.http.patch
    body = {"LastName": "Lovelace"}

    assert patch(ONE, json=body, **BEARER).status_code == 201
    assert patch(ONE, json=body, **BEARER).json()["created"] is False
    assert patch(ONE, json={KEY_FIELD: "a key"}, **BEARER).status_code == 400
    org.control(create=["Contact", {"LastName": "Twin", KEY_FIELD: "a key"}])
    several = patch(ONE, json=body, **BEARER)
    assert (several.status_code, len(several.json())) == (300, 2)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT Id FROM Contact WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Email = 'a' b'", "MALFORMED_QUERY"),
        ("SELECT Nope FROM Contact", "INVALID_FIELD"),
        ("SELECT Id, Id FROM Contact", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Nothing", "NOT_FOUND"),
        ("DELETE", "MALFORMED_QUERY"),
    ],
)
def test_a_query_that_is_none_is_refused(org, query, code):
    place = "/salesforce/services/data/v64.0/query"
    answer = org.sandbox.http.get(place, params={"q": query}, **BEARER)

    assert answer.json()[0]["errorCode"] == code


def test_collections_have_two_hundred_records(org):
    records = [{"attributes": {"type": "Contact"}, "LastName": "x", KEY_FIELD: str(n)}
               for n in range(201)]  # fmt: skip
    place = f"/salesforce/services/data/v64.0/composite/sobjects/Contact/{KEY_FIELD}"
    answer = org.sandbox.http.patch(place, json={"records": records}, **BEARER)

    assert (answer.status_code, org.rows()) == (400, {})
