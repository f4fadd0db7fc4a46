"""What a lookup sends and gets back."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from integrations import errors
from integrations.api import HttpApi, address
from integrations.auth import NO_AUTH, Held, basic, bearer, query_key
from integrations.provider import Switch
from tests.integrations.loopback import Reply, acme, call_to, loopback, opened, run_async


@run_async
async def test_get_sends_path_params_and_secret():
    async with loopback(Reply(200, {"valid": True})) as server, opened() as gate:
        api = HttpApi(gate, call_to(server.url + "/base/"))

        body = await api.get("/v2/PhoneNumbers/+14155550100", Fields="a,b", name="Ann Lee+1&x")

        assert body == api.last_body == {"valid": True}
        (seen,) = server.seen
        path, _, query = seen.target.partition("?")
        assert (seen.method, path) == ("GET", "/base/v2/PhoneNumbers/%2B14155550100")
        assert parse_qs(query) == {"Fields": ["a,b"], "name": ["Ann Lee+1&x"]}
        assert seen.headers["authorization"] == "Basic YWNtZS11c2VyOmFjbWUtcGFzc3dvcmQ="


@run_async
async def test_post_sends_json():
    async with loopback() as server, opened() as gate:
        await HttpApi(gate, call_to(server.url)).post("/batch", json={"n": [1]}, dry="true")

        (seen,) = server.seen
        assert (seen.method, seen.target, seen.body) == ("POST", "/batch?dry=true", b'{"n":[1]}')
        assert seen.headers["content-type"] == "application/json"


@run_async
async def test_post_sends_a_form_with_repeated_keys():
    async with loopback() as server, opened() as gate:
        form = {"To": "+14155550100", "Event": ["initiated", "answered"]}

        await HttpApi(gate, call_to(server.url)).post("/Calls.json", form=form)

        (seen,) = server.seen
        assert seen.body == b"To=%2B14155550100&Event=initiated&Event=answered"
        assert seen.headers["content-type"] == "application/x-www-form-urlencoded"


@run_async
async def test_a_key_in_the_body():
    async with loopback() as server, opened() as gate:
        api = HttpApi(gate, call_to(server.url))

        await api.post("/batch", json={"key": Held("password"), "n": [1]}, auth=NO_AUTH)

        (seen,) = server.seen
        assert (seen.target, seen.body) == ("/batch", b'{"key":"acme-password","n":[1]}')
        assert "authorization" not in seen.headers


@run_async
async def test_a_key_that_is_missing_in_the_body_sends_nothing():
    async with loopback() as server, opened() as gate:
        call = call_to(server.url, acme(auth=NO_AUTH), secrets={})

        with pytest.raises(errors.AccountUnusable, match="no Password"):
            await HttpApi(gate, call).post("/batch", json={"key": Held("password")})

        assert server.seen == []


@run_async
async def test_own_headers_and_a_key_in_the_query():
    provider = acme(auth=query_key("key", "user"))
    async with loopback() as server, opened() as gate:
        call = call_to(server.url, provider)

        await HttpApi(gate, call).get("/x", headers={"X-Mask": "id"})

        assert server.seen[0].target == "/x?key=acme-user"
        assert server.seen[0].headers["x-mask"] == "id"
        assert "authorization" not in server.seen[0].headers
        assert call.exchange == "GET /x?key=[secret] → 200, 2 bytes"


@pytest.mark.parametrize(
    ("auth", "secrets"),
    [
        (bearer("password"), {}),
        (bearer("password"), {"password": ""}),
        (basic("password", "user"), {"user": "u"}),
    ],
)
@run_async
async def test_missing_secret_is_named(auth, secrets):
    async with loopback() as server, opened() as gate:
        call = call_to(server.url, acme(auth=auth), secrets=secrets)

        with pytest.raises(errors.AccountUnusable, match="Acme: the account has no Password"):
            await HttpApi(gate, call).get("/x")

        assert (server.seen, call.sent) == ([], False)
        assert type(call.error) is errors.AccountUnusable


@run_async
async def test_error_is_raised_and_its_body_kept():
    async with loopback(Reply(404, {"code": 20404})) as server, opened() as gate:
        api = HttpApi(gate, call_to(server.url))

        with pytest.raises(errors.NotFound) as missed:
            await api.get("/x")

        assert (missed.value.status, missed.value.code) == (404, "20404")
        assert api.last_body == {"code": 20404}


@run_async
async def test_answer_without_json_breaks_the_contract():
    async with loopback(Reply(200, b"<html>")) as server, opened() as gate:
        call = call_to(server.url)
        api = HttpApi(gate, call)

        with pytest.raises(errors.ContractBroken, match=r"acme\.find: the answer is no JSON"):
            await api.get("/x")

        assert api.last_body == "<html>"
        assert call.error is not None
        assert call.error.status == 200


@run_async
async def test_empty_answer_is_none():
    async with loopback(Reply(202, b"")) as server, opened() as gate:
        assert await HttpApi(gate, call_to(server.url)).get("/x") is None


@run_async
async def test_options_are_the_accounts_over_the_defaults():
    provider = acme(switches=(Switch("batch", "Batch", False), Switch("size", "Size", 10)))
    async with opened() as gate:
        api = HttpApi(gate, call_to("http://acme.test", provider, options={"batch": True}))

        assert api.options == {"batch": True, "size": 10}


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/a/+1415", "/a/%2B1415"),
        ("/a/%2B1415", "/a/%2B1415"),
        ("/a b/ü", "/a%20b/%C3%BC"),
        ("/people/a@b.test/x:y;z=1", "/people/a@b.test/x:y;z=1"),
        ("/v1.0/.well-known", "/v1.0/.well-known"),
    ],
)
def test_path_is_encoded(path, sent):
    assert address("https://acme.test/", path, {}) == "https://acme.test" + sent


@pytest.mark.parametrize("path", ["a", "/a?b=c", "/a#b", "/a/../b", "/a/..", "/./a"])
def test_path_that_leaves_its_place_is_refused(path):
    with pytest.raises(ValueError, match="encode foreign text"):
        address("https://acme.test", path, {})


@run_async
async def test_a_path_names_a_secret_and_foreign_text_does_not():
    async with loopback() as server, opened() as gate:
        api = HttpApi(gate, call_to(server.url, secrets={"user": "a b/c", "password": "x"}))

        await api.get("/Accounts/{user}/x.json")
        await api.get("/Accounts/{user}.json")
        await api.get("/find/say-{user}/%7Buser%7D")

        assert [seen.target for seen in server.seen] == [
            "/Accounts/a%20b%2Fc/x.json", "/Accounts/a%20b%2Fc.json",
            "/find/say-%7Buser%7D/%7Buser%7D",
        ]  # fmt: skip


@run_async
async def test_a_secret_that_is_missing_in_the_path_sends_nothing():
    async with loopback() as server, opened() as gate:
        call = call_to(server.url)

        with pytest.raises(errors.AccountUnusable) as refused:
            await HttpApi(gate, call).get("/Accounts/{account_sid}")

        assert (call.error, server.seen) == (refused.value, [])


@run_async
async def test_what_is_posted_once_is_not_repeated_and_all_else_is():
    replies = (Reply(503), Reply(503), Reply(200, {"done": True}))
    async with loopback(*replies) as server, opened() as gate:
        api = HttpApi(gate, call_to(server.url))

        with pytest.raises(errors.OutcomeUnknown):
            await api.post_once("/send", form={"To": "+14155550100"})
        assert await api.post("/look", form={}) == {"done": True}

        assert [seen.target for seen in server.seen] == ["/send", "/look", "/look"]
        assert server.seen[0].body == b"To=%2B14155550100"
