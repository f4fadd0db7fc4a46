"""A message is never sent a second time where the first may have gone out."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from integrations.errors import OutcomeUnknown, Throttled, Unreachable
from integrations.providers.twilio_messaging import (
    Phonecall,
    Say,
    Sms,
    hang_up,
    place_call,
    send_sms,
    twiml,
)
from tests.integrations.loopback import Reply, loopback, opened, run_async
from tests.integrations.twilio_messaging.asking import ACCOUNT, MADE, PHONE, guarded

SMS = Sms(PHONE, "Hi")
CALL = Phonecall(PHONE, "+15005550006", twiml(Say("Hello")))
LOST = [
    pytest.param(Reply(drops=True), id="cut"),
    pytest.param(Reply(201, MADE, wait_s=60), id="late"),
    pytest.param(Reply(500, {"code": 20500, "message": "Oh", "status": 500}), id="500"),
    pytest.param(Reply(502, b"<html>Bad Gateway</html>"), id="502"),
    pytest.param(Reply(503), id="503"),
    pytest.param(Reply(408), id="408"),
    pytest.param(Reply(201, b'{"sid": "SM'), id="torn"),
    pytest.param(Reply(201, b""), id="empty"),
    pytest.param(Reply(201, []), id="a list"),
    pytest.param(Reply(200, {"code": 20500, "message": "Oh", "status": 500}), id="error in a 200"),
    pytest.param(Reply(201, {**MADE, "sid": "XX1"}), id="another kind of SID"),
    pytest.param(Reply(201, {**MADE, "num_segments": "many"}), id="odd figures"),
    pytest.param(Reply(302, b"", {"Location": "https://twilio.test/"}), id="a redirect"),
]


@pytest.mark.parametrize("reply", LOST)
@run_async
async def test_an_answer_that_says_nothing_leaves_the_outcome_unknown_and_one_request(
    reply: Reply, monkeypatch: pytest.MonkeyPatch
):
    async with loopback(reply) as server, opened() as gate:
        api = guarded(gate, server.url)
        monkeypatch.setattr(api._call.provider, "timeout_s", 1.0)

        with pytest.raises(OutcomeUnknown):
            await send_sms(api, SMS)

        assert [seen.target for seen in server.seen] == [f"{ACCOUNT}/Messages.json"]


@pytest.mark.parametrize("reply", [LOST[0], LOST[2], LOST[6]])
@run_async
async def test_so_it_is_with_calls(reply: Reply):
    async with loopback(reply) as server, opened() as gate:
        with pytest.raises(OutcomeUnknown):
            await place_call(guarded(gate, server.url), CALL)

        assert [seen.target for seen in server.seen] == [f"{ACCOUNT}/Calls.json"]


@run_async
async def test_a_429_was_not_processed_and_is_repeated():
    slow = Reply(429, {"code": 20429, "message": "Too Many Requests", "status": 429})
    async with loopback(slow, slow, Reply(201, MADE)) as server, opened() as gate:
        sent = await send_sms(guarded(gate, server.url), SMS)

        assert (sent.sid, sent.status) == (MADE["sid"], "queued")
        assert [parse_qs(seen.body.decode())["To"] for seen in server.seen] == [[PHONE]] * 3


@run_async
async def test_a_429_for_ever_ends_after_four_requests():
    async with loopback(Reply(429)) as server, opened() as gate:
        with pytest.raises(Throttled):
            await send_sms(guarded(gate, server.url), SMS)

        assert len(server.seen) == 4


@run_async
async def test_a_429_before_a_lost_answer_does_not_bring_another_request():
    async with loopback(Reply(429), Reply(503), Reply(201, MADE)) as server, opened() as gate:
        with pytest.raises(OutcomeUnknown):
            await send_sms(guarded(gate, server.url), SMS)

        assert len(server.seen) == 2


@run_async
async def test_without_a_connection_nothing_was_sent():
    async with opened() as gate:
        api = guarded(gate, "http://127.0.0.1:9")

        with pytest.raises(Unreachable):
            await send_sms(api, SMS)

        assert (api._call.sent, api._call.tries) == (False, 0)


@run_async
async def test_hanging_up_may_be_repeated():
    over = {**MADE, "sid": "CA" + "0" * 32, "status": "completed"}
    async with loopback(Reply(503), Reply(200, over)) as server, opened() as gate:
        ended = await hang_up(guarded(gate, server.url), "CA" + "0" * 32)

        assert (ended.status, len(server.seen)) == ("completed", 2)
