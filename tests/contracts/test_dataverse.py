"""Dynamics as the sandbox plays it, and what our connector sends, against Microsoft's examples."""

from __future__ import annotations

import orjson
import pytest

from crm_sync.connectors.dynamics import complaints
from crm_sync.connectors.dynamics.provider import ALWAYS, BASE, READING
from integrations.sandbox.dynamics import Dynamics
from integrations.sandbox.entra import Entra
from integrations.sandbox.responder import Asked
from tests.contracts.conftest import Contract

KEY = f"{BASE}/contacts(new_switchboardid='k')"


@pytest.fixture
def documented(contract: Contract):
    return contract("dataverse/fixture_http_examples.json")


@pytest.fixture
def dynamics():
    return Dynamics(Entra())


def patch(dynamics, path=KEY, query="", **headers):
    named = [(n.replace("_", "-").encode(), v.encode()) for n, v in headers.items()]
    asked = Asked("PATCH", path, query.encode(), b"Bearer sandbox", b'{"jobtitle":"x"}', named)
    answer = dynamics.answer(asked)
    said = {name.decode(): value.decode() for name, value in answer.headers}
    return answer.status, said, orjson.loads(answer.body or b"{}")


def test_an_upsert_answers_as_documented(dynamics, documented):
    shown = documented["upsert_default"]["response"]
    for _ in range(2):  # the same for what is made and what is changed
        status, headers, body = patch(dynamics)
        assert (status, body) == (shown["status"], {})
        assert headers["odata-entityid"].endswith(KEY)


def test_with_the_record_made_and_changed_are_told_apart(dynamics, documented):
    asked = {"query": "$select=contactid", "prefer": "return=representation"}
    for kind in ("created", "updated"):
        shown = documented[f"upsert_return_representation_{kind}"]["response"]
        status, headers, body = patch(dynamics, **asked)
        assert status == shown["status"]
        assert {name.lower() for name in shown["headers"]} <= headers.keys()
        assert body.keys() == {"@odata.etag", "contactid"}


def test_preconditions_answer_as_documented(dynamics, documented):
    at = f"{BASE}/contacts(00000000-0000-4000-8000-000000000001)"
    missing = patch(dynamics, at, if_match="*")[0]
    patch(dynamics, at)
    assert missing == documented["if_match_star_missing"]["response"]["status"]
    assert (
        patch(dynamics, at, if_match='W/"1"')[0]
        == (documented["if_match_etag_mismatch"]["response"]["status"])
    )
    assert (
        patch(dynamics, at, if_none_match="*")[0]
        == (documented["if_none_match_star_existing"]["response"]["status"])
    )


def test_our_headers_are_the_documented_ones(documented):
    shown = documented["upsert_default"]["request"]["headers"]
    assert {**ALWAYS, **READING}.items() <= shown.items()


def test_a_documented_error_is_read(documented):
    shown = documented["error"]["body"]["error"]
    assert complaints.read(documented["error"]["body"]) == complaints.Complaint(
        shown["code"], shown["message"]
    )


def test_documented_throttling_is_known_by_both_forms_of_its_code(documented):
    for kind in ("requests", "execution_time"):
        code = documented["throttled"]["codes"][kind]
        for form in (code["hex"], code["int"]):
            assert complaints.read({"error": {"code": form}}).code in complaints.THROTTLED


def test_limits_are_told_in_the_documented_headers(dynamics, documented):
    _, headers, _ = patch(dynamics)
    assert {*documented["throttled"]["debug_headers"]} <= headers.keys()
