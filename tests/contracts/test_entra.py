"""Entra as the sandbox plays it, against the examples of Microsoft's documentation."""

from __future__ import annotations

from urllib.parse import urlencode

import orjson
import pytest

from integrations.sandbox.entra import Entra
from integrations.sandbox.entra.errors import ERRORS
from integrations.sandbox.responder import Asked
from tests.contracts.conftest import Contract


@pytest.fixture
def documented(contract: Contract):
    return contract("entra/fixture_token_endpoint.json")


def asked(entra, grant, **changed):
    request = grant["request"]
    path = request["path"].format(tenant="contoso")
    answer = entra.answer(
        Asked("POST", path, body=urlencode({**request["form"], **changed}).encode())
    )
    return answer.status, orjson.loads(answer.body)


def test_a_token_for_a_machine_has_the_documented_shape(documented):
    grant = documented["client_credentials"]

    status, body = asked(Entra(), grant)

    expected = {**grant["response_200"], "access_token": body["access_token"]}
    assert (status, body) == (200, expected)


def test_a_refusal_has_the_documented_shape(documented):
    grant = documented["client_credentials"]

    status, body = asked(Entra(), grant, client_secret="wrong")

    shown = grant["response_400_401"]
    assert status == 401
    assert {name: type(value) for name, value in body.items()} == {
        name: type(value) for name, value in shown.items()
    }
    for name in ("error", "error_codes", "error_uri"):
        assert body[name] == shown[name]


def test_a_device_code_has_the_documented_shape(documented):
    grant, entra = documented["device_code"], Entra()

    status, body = asked(entra, grant, scope="offline_access https://a.test/.default")

    shown = grant["response_200"]
    assert (status, set(body)) == (200, set(shown))
    for name in ("verification_uri", "expires_in", "interval"):
        assert body[name] == shown[name]


def test_every_documented_answer_to_a_poll_is_played(documented):

    words = {word for word, _ in ERRORS.values()}
    assert set(documented["device_code"]["poll_errors"]) <= words
