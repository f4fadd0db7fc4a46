"""The real SDKs, over the guard."""

from __future__ import annotations

import openai
import pytest
from twilio.base.exceptions import TwilioRestException

from integrations import errors
from integrations.auth import basic, bearer
from integrations.doors import openai_client, twilio_client
from integrations.transport import Unguarded
from tests.integrations.loopback import (
    Reply,
    acme,
    call_to,
    failures,
    loopback,
    opened,
    run_async,
)

OPENAI = acme(slug="openai", auth=bearer("password"))
TWILIO = acme(slug="twilio", auth=basic("user", "password"), base_url="https://lookups.twilio.com")
CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi"}}
    ],
}
NUMBER = {"phone_number": "+14155550100", "valid": True, "country_code": "US"}


async def say_hello(client):
    messages = [{"role": "user", "content": "Hello"}]
    return await client.chat.completions.create(model="m", messages=messages)


@run_async
async def test_openai_goes_through_the_guard(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-foreign")
    reply = Reply(200, CHAT, {"Content-Type": "application/json", "X-Request-Id": "req_1"})
    async with loopback(Reply(503), reply) as server, opened() as gate:
        call = call_to(server.url + "/v1", OPENAI)

        answer = await say_hello(openai_client(gate, call))

        assert answer.choices[0].message.content == "Hi"
        assert (call.tries, call.status, call.remote_id) == (2, 200, "req_1")
        seen = server.seen[-1]
        assert (seen.method, seen.target) == ("POST", "/v1/chat/completions")
        assert seen.headers["authorization"] == "Bearer acme-password"
        assert seen.headers["x-request-id"] == str(call.request_id)
        assert seen.headers.get("openai-organization", "") == ""


@run_async
async def test_openai_failure_is_counted_once_per_attempt_and_not_repeated_by_the_sdk():
    async with loopback(Reply(500, {"error": {"code": "oops"}})) as server, opened() as gate:
        call = call_to(server.url, OPENAI)

        with pytest.raises(openai.InternalServerError):
            await say_hello(openai_client(gate, call))

        assert type(call.error) is errors.ServerFailed
        assert (len(server.seen), failures(gate, "openai")) == (4, 4)


@run_async
async def test_openai_gets_our_refusal_as_it_is():
    async with loopback(Reply(drops=True)) as server, opened() as gate:
        call = call_to(server.url, OPENAI)

        with pytest.raises(errors.OutcomeUnknown):
            await say_hello(openai_client(gate, call))

        assert (len(server.seen), failures(gate, "openai")) == (1, 1)


@run_async
async def test_openai_without_a_call_is_refused():
    async with loopback() as server, opened() as gate:
        client = openai.AsyncOpenAI(
            api_key="k", base_url=server.url, http_client=gate.client, max_retries=0
        )

        with pytest.raises(Unguarded):
            await say_hello(client)

        assert server.seen == []


@run_async
async def test_twilio_lookup_goes_through_the_guard(monkeypatch):
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    async with loopback(Reply(200, NUMBER)) as server, opened() as gate:
        call = call_to(server.url + "/twilio", TWILIO, is_sandbox=True)
        client = twilio_client(gate, call)

        found = await client.lookups.v2.phone_numbers("+14155550100").fetch_async(fields="x")

        assert found.valid is True
        assert (call.tries, call.status, call.error) == (1, 200, None)
        (seen,) = server.seen
        target = "/twilio/v2/PhoneNumbers/+14155550100?Fields=x"  # the SDK encodes no "+"
        assert (seen.method, seen.target) == ("GET", target)
        assert seen.headers["authorization"] == "Basic YWNtZS11c2VyOmFjbWUtcGFzc3dvcmQ="
        assert failures(gate, "twilio:sandbox") == 0


@run_async
async def test_twilio_message_is_a_form():
    async with loopback(Reply(201, {"sid": "SM1", "status": "queued"})) as server, opened() as gate:
        call = call_to(server.url, TWILIO, secrets={"user": "AC1", "password": "hush-hush"})

        message = await twilio_client(gate, call).messages.create_async(
            to="+14155550100", from_="+14155550111", body="Hi", media_url=["a", "b"]
        )

        assert message.sid == "SM1"
        (seen,) = server.seen
        assert seen.target == "/2010-04-01/Accounts/AC1/Messages.json"
        assert seen.body == b"To=%2B14155550100&From=%2B14155550111&Body=Hi&MediaUrl=a&MediaUrl=b"


@run_async
async def test_twilio_raises_its_own_error_and_ours_is_kept():
    refused = Reply(400, {"code": 21211, "message": "Invalid To", "status": 400})
    async with loopback(refused) as server, opened() as gate:
        call = call_to(server.url, TWILIO)

        with pytest.raises(TwilioRestException) as raised:
            await twilio_client(gate, call).messages.create_async(to="+1", from_="+2", body="Hi")

        assert raised.value.code == 21211
        assert type(call.error) is errors.QuestionRejected
        assert (call.error.code, len(server.seen)) == ("21211", 1)


@run_async
async def test_twilio_hosts_stay_what_they_are_for_the_real_account():
    async with opened() as gate:
        client = twilio_client(gate, call_to(TWILIO.base_url, TWILIO))

        place = client.http_client._place("https://api.twilio.com/2010-04-01/x.json?a=b")

        assert place == "https://api.twilio.com/2010-04-01/x.json?a=b"


@pytest.mark.parametrize(("door", "provider"), [(openai_client, OPENAI), (twilio_client, TWILIO)])
@run_async
async def test_door_without_a_secret_stays_shut(door, provider):
    async with opened() as gate:
        with pytest.raises(errors.AccountUnusable):
            door(gate, call_to("http://acme.test", provider, secrets={}))
