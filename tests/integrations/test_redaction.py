"""No secrets written down, and of people no more than debugging needs."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from integrations.exchange import Incoming, Outgoing
from integrations.redaction import exchange_text, is_secret_key, redact, redact_event, scrub

SECRET_KEYS = """
    password Password db_password passwd pwd passphrase secret client_secret clientSecret
    token access_token accessToken refresh_token auth_token authToken AUTH_TOKEN api_token
    api_key apiKey apikey API-KEY X-Api-Key x-goog-api-key access_key private_key subscription-key
    key authorization Authorization Proxy-Authorization auth credentials cookie Set-Cookie
    signature X-Twilio-Signature hapikey password_hash ssn code_verifier client_assertion
    device_code user_code authorization_code
""".split()  # noqa: SIM905
OPEN_KEYS = """
    token_count max_tokens total_tokens prompt_tokens tokens tokenizer keyword keywords monkey
    primary_key public_key key_count author authority authorized auth_type secretary tokenized
    status code message sid account_sid request_id X-Request-ID Fields error_code postal_code
""".split()  # noqa: SIM905


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_key_is_secret(key):
    assert is_secret_key(key)


@pytest.mark.parametrize("key", OPEN_KEYS)
def test_key_is_open(key):
    assert not is_secret_key(key)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+14155550100", "+1415•••••00"),
        ("+442079460123", "+4420••••••23"),
        ("+49301234", "+4•••••34"),
        ("call (415) 555-0100 now", "call 415•••••00 now"),
        ("415-555-0100", "415•••••00"),
        ("+1 415 555 0100", "+1415•••••00"),
        ("14155550100", "1415•••••00"),
        ("/PhoneNumbers/%2B14155550100", "/PhoneNumbers/+1415•••••00"),
        ("ann.lee+x@mail.acme.test wrote", "a•••@mail.acme.test wrote"),
        ("a%40acme.test", "a•••@acme.test"),
        ("redis://:hunter2@127.0.0.1:6379/0", "redis://[secret]@127.0.0.1:6379/0"),
        ("postgres://u:p%40ss@db.test/x", "postgres://[secret]@db.test/x"),
        ("https://acme.test/a?api_key=abc&n=1", "https://acme.test/a?api_key=[secret]&n=1"),
        ("Authorization: Bearer abcdefgh12345", "Authorization: Bearer [secret]"),
        ("Basic QUM6aHVzaA==", "Basic [secret]"),
        ("Incorrect API key: sk-proj-abcdefghijklmnop1234", "Incorrect API key: [secret]"),
        ('{"auth_token": "hush", "n": 1}', '{"auth_token": "[secret]", "n": 1}'),
        ("password='hush hush'", "password='[secret]'"),
        ("GET /crm/callback?code=hush&state=x HTTP/1.1", "GET /crm/callback?[secret] HTTP/1.1"),
    ],
)
def test_text_is_scrubbed(text, expected):
    assert scrub(text) == expected
    assert scrub(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "max_tokens=500 token_count=12 keyword=plumber",
        "550e8400-e29b-41d4-a716-446655440000",
        "AC00000000000000000000000000000001",
        "2026-11-22T16:26:04.123456Z 127.0.0.1:5432",
        "took 1234 ms, 99.5 % of 1000000 rows",
        "https://acme.test/v2/PhoneNumbers?Fields=line_type_intelligence",
        "Connection refused: host not found",
        "",
    ],
)
def test_other_text_is_left_alone(text):
    assert scrub(text) == text


def test_known_secrets_are_hidden_wherever_they_stand():
    assert scrub("bad credential 4f/9+a0b and 4f%2F9%2Ba0b", ["4f/9+a0b", "no"]) == (
        "bad credential [secret] and [secret]"
    )


def test_structure_is_redacted():
    said = {
        "phone_number": "+14155550100",
        "caller": {"caller_name": "JANE ROE", "type": "CONSUMER"},
        "usage": {"max_tokens": 10, "token_count": 3},
        "access_token": "hush",
        "credentials": {"user": "ann"},
        "errors": ["no such user ann@acme.test", None, True, 5],
        "body": b"12345",
    }

    assert redact(said) == {
        "phone_number": "+1415•••••00",
        "caller": {"caller_name": "J•••", "type": "CONSUMER"},
        "usage": {"max_tokens": 10, "token_count": 3},
        "access_token": "[secret]",
        "credentials": "[secret]",
        "errors": ["no such user a•••@acme.test", None, True, 5],
        "body": "<5 bytes>",
    }


def test_structure_that_contains_itself_ends():
    endless: list[object] = []
    endless.append(endless)

    assert str(redact(endless)).count("…") == 1


def out(method: str, path: str) -> Outgoing:
    headers = CIMultiDict({"Authorization": "Bearer hush"})
    return Outgoing(method, f"https://acme.test{path}", headers, b'{"password":"hush"}')


def back(status: int, content: bytes) -> Incoming:
    return Incoming(status, CIMultiDictProxy(CIMultiDict()), content)


def test_exchange_of_a_good_answer():
    query = "FirstName=Jane&api_key=hush&Fields=a%2Cb&mail=j%40r.test"
    outgoing = out("POST", f"/v2/%2B14155550100?{query}")

    assert exchange_text(outgoing, back(200, b'{"access_token":"hush"}')) == (
        "POST /v2/+1415•••••00?FirstName=J•••&api_key=[secret]&Fields=a,b&mail=j•••@r.test"
        " → 200, 23 bytes"
    )


def test_exchange_of_an_error_has_its_words():
    incoming = back(400, b'{"message":"+14155550100 is bad","token":"hush"}')

    assert exchange_text(out("GET", "/x"), incoming, ["is bad"]) == (
        'GET /x → 400, 48 bytes: {"message":"+1415•••••00 [secret]","token":"[secret]"}'
    )


def test_exchange_hides_the_accounts_secrets_wherever_they_stand():
    outgoing = out("GET", "/4f%2F9%2Ba0b/x?q=4f/9%2Ba0b&n=+")
    incoming = back(401, b"4f/9+a0b is no key")

    assert exchange_text(outgoing, incoming, ["4f/9+a0b", "", "x"]) == (
        "GET /[secret]/x?q=[secret]&n=  → 401, 18 bytes: [secret] is no key"
    )


def test_exchange_without_answer_and_with_a_long_one():
    outgoing, incoming = out("GET", "/x"), back(500, b"<html>" + b"no " * 1000)

    assert exchange_text(outgoing) == "GET /x"
    assert len(exchange_text(outgoing, incoming)) == 500
    assert exchange_text(outgoing, incoming).startswith("GET /x → 500, 3006 bytes: <html>no no ")


def test_log_event_is_redacted():
    event = {
        "event": "asked about +14155550100",
        "auth_token": "hush",
        "error": ValueError("redis://:pw@localhost"),
        "n": 3,
        "_record": "kept: token=1",
    }

    assert redact_event(None, "info", event) == {
        "event": "asked about +1415•••••00",
        "auth_token": "[secret]",
        "error": "ValueError: redis://[secret]@localhost",
        "n": 3,
        "_record": "kept: token=1",
    }
