"""Dynamics as the sandbox plays it is as strict as the real one."""

from __future__ import annotations

import orjson
import pytest

from integrations.sandbox.dynamics import Dynamics
from integrations.sandbox.entra import Entra, Issued
from integrations.sandbox.faults import FAILED
from integrations.sandbox.responder import Asked
from integrations.sandbox.settings import BadSetting

ROOT = "/api/data/v9.2"
BATCH = "multipart/mixed; boundary=b"


@pytest.fixture
def entra():
    return Entra()


@pytest.fixture
def dynamics(entra):
    return Dynamics(entra)


def ask(dynamics, method, path, body=None, *, query="", outcome=0, token="sandbox", **headers):
    content = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
    named = [(n.replace("_", "-").encode(), v.encode()) for n, v in headers.items()]
    asked = Asked(method, ROOT + path, query.encode(), f"Bearer {token}".encode(), content, named)
    answer = dynamics.answer(asked)
    answer.after(outcome)
    return answer


def code(answer):
    return answer.status, orjson.loads(answer.body)["error"]["code"]


def batch(*operations, end="--b--\r\n"):
    parts = "".join(
        "--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        f"{method} {ROOT}{path} HTTP/1.1\r\nContent-Type: application/json; type=entry\r\n\r\n"
        f"{body}\r\n"
        for method, path, body in operations
    )
    return (parts + end).encode()


def test_a_token_is_of_this_resource_and_has_not_run_out(dynamics, entra):
    ours, theirs = entra.tokens.access(), entra.tokens.access()
    entra.issued[ours] = Issued("https://a.crm.dynamics.com", "t", "c", True)
    entra.issued[theirs] = Issued("https://api.partner.microsoft.com", "t", "c", False)

    def status(token):
        return ask(dynamics, "GET", "/WhoAmI", token=token).status

    assert [status(each) for each in (ours, theirs, "made up", "sandbox")] == [200, 401, 401, 200]
    dynamics.control({"expire": True})
    assert [status(each) for each in (ours, "sandbox")] == [401, 401]


@pytest.mark.parametrize(
    "content",
    [
        batch(("POST", "/contacts", "{}")).replace(b"\r\n", b"\n"),
        batch(("POST", "/contacts", "{}")).replace(b"; type=entry", b""),
        batch(("POST", "/contacts", "{}")).replace(b"/api/data/v9.2", b""),
        batch(("POST", "/contacts", "{}"), end=""),
        batch(*[("GET", "/WhoAmI", "")] * 1_001),
        b"",
    ],
)
def test_a_batch_that_is_not_as_it_should_be_is_refused_whole(dynamics, content):
    answer = ask(dynamics, "POST", "/$batch", content, content_type=BATCH)
    assert answer.status == 400
    assert dynamics.told()["records"]["contact"] == 0


def test_a_batch_ends_at_an_error_unless_it_is_told_to_go_on(dynamics):
    content = batch(("POST", "/contacts", '{"jobtitle":1}'), ("POST", "/contacts", "{}"))

    stopped = ask(dynamics, "POST", "/$batch", content, content_type=BATCH)
    assert (stopped.status, stopped.body.count(b"HTTP/1.1")) == (400, 1)
    assert dynamics.told()["records"]["contact"] == 0

    went_on = ask(dynamics, "POST", "/$batch", content, content_type=BATCH,
                  prefer="odata.continue-on-error")  # fmt: skip
    assert (went_on.status, went_on.body.count(b"HTTP/1.1")) == (200, 2)
    assert dynamics.told()["records"]["contact"] == 1


def test_what_failed_is_not_done(dynamics):
    ask(dynamics, "POST", "/contacts", {"lastname": "Byron"}, outcome=FAILED)
    assert dynamics.told()["records"]["contact"] == 0


def test_keys_in_addresses_are_as_strict_as_there(dynamics):
    key = "/contacts(new_switchboardid='k')"
    assert ask(dynamics, "PATCH", key, {}).status == 204
    assert code(ask(dynamics, "PATCH", key, {"new_switchboardid": "k"})) == (400, "0x80048d19")
    assert ask(dynamics, "PATCH", "/contacts(new_switchboardid='a%2Fb')", {}).status == 400
    assert ask(dynamics, "PATCH", "/contacts(new_switchboardid=@k)", {}, query="@k='a%2Fb'").status
    assert code(ask(dynamics, "PATCH", "/contacts(jobtitle='k')", {})) == (400, "0x80060891")
    assert ask(dynamics, "GET", "/contacts(new_switchboardid=k)").status == 400
    assert code(ask(dynamics, "GET", "/nothings")) == (404, "0x8006088a")


def test_preconditions(dynamics):
    at = "/contacts(00000000-0000-4000-8000-000000000001)"
    assert ask(dynamics, "PATCH", at, {}, if_match="*").status == 404
    assert ask(dynamics, "PATCH", at, {}).status == 204  # makes it
    assert ask(dynamics, "PATCH", at, {}, if_none_match="*").status == 412
    assert code(ask(dynamics, "PATCH", at, {}, if_match='W/"1"')) == (412, "0x80060882")
    assert ask(dynamics, "PATCH", at, {}, if_match="*").status == 204


def test_the_limits_of_requests_and_of_execution_are_told_apart(dynamics):
    dynamics.control({"limits": {"requests": 2}})
    answers = [ask(dynamics, "GET", "/WhoAmI") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert code(answers[2])[1] == "0x80072322"
    assert 290 <= int(dict(answers[2].headers)[b"retry-after"]) <= 300

    dynamics.control({"limits": {"execution_s": 1, "op_ms": 300, "window_s": 1}})
    many = batch(*[("GET", "/WhoAmI", "")] * 4)
    slow = ask(dynamics, "POST", "/$batch", many, content_type=BATCH)
    assert code(slow) == (429, "0x80072321")
    assert ask(dynamics, "GET", "/WhoAmI").delay_s == 0.3


def test_the_real_limits_are_at_hand(dynamics):
    dynamics.control({"limits": True})
    for _ in range(2):
        headers = dict(ask(dynamics, "GET", "/WhoAmI").headers)
    assert headers[b"x-ms-ratelimit-burst-remaining-xrm-requests"] == b"5998"
    assert headers[b"x-ms-ratelimit-time-remaining-xrm-requests"] == b"1,199.97"
    dynamics.control({"limits": False})
    assert not dynamics.limits.held


@pytest.mark.parametrize(
    "query",
    [
        "$filter=x eq 'a'",
        "$filter=jobtitle eq a",
        "$filter=jobtitle eq 'a' or",
        "$filter=jobtitle eq 'a')",
        "$expand=a",
        "$orderby=jobtitle",
        "$select=x",
    ],
)
def test_a_query_that_nobody_would_understand_is_refused(dynamics, query):
    ask(dynamics, "POST", "/contacts", {"lastname": "Byron"})
    assert ask(dynamics, "GET", "/contacts", query=query.replace(" ", "%20")).status == 400


def test_an_unknown_control_is_refused(dynamics):
    with pytest.raises(BadSetting):
        dynamics.control({"nothing": 1})
