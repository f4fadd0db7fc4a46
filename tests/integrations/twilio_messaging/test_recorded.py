"""Every recorded deed: the request is the one recorded, and so is what the answer means."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from integrations.api import HttpApi
from integrations.errors import CallError
from integrations.provider import Provider
from integrations.providers import twilio_messaging as of
from integrations.providers.twilio_messaging import Phonecall, Sent, Sms
from tests.integrations.recording import RecordedGate, api_of, deed_files, request_of, sent_of

CASES = [pytest.param(of, path, id=path.stem) for of, path in deed_files()]
Given = dict[str, Any]
DEEDS: dict[str, Callable[[HttpApi, Given], Awaitable[Any]]] = {
    "send_sms": lambda api, given: of.send_sms(api, Sms(**given)),
    "fetch_message": lambda api, given: of.fetch_message(api, **given),
    "list_messages": lambda api, given: of.list_messages(api, given["to"], since(given)),
    "place_call": lambda api, given: of.place_call(api, Phonecall(**given)),
    "fetch_call": lambda api, given: of.fetch_call(api, **given),
    "list_calls": lambda api, given: of.list_calls(api, given["to"], since(given)),
    "say_instead": lambda api, given: of.say_instead(api, **given),
    "hang_up": lambda api, given: of.hang_up(api, **given),
}


def since(given: Given) -> datetime:
    return datetime.fromisoformat(given["since"])


def plain(told: Any) -> Any:
    """Return what was told as the files write it: what is there of it."""
    if isinstance(told, list):
        return [plain(each) for each in told]
    kept = {each.name: getattr(told, each.name) for each in fields(Sent)}
    return {
        name: value if isinstance(value, int) else str(value)
        for name, value in kept.items()
        if value not in (None, "", 0)
    }


@pytest.mark.parametrize(("provider", "path"), CASES)
def test_a_recorded_deed_is_done_and_understood(provider: Provider, path: Path):
    recorded = json.loads(path.read_text())
    gate = RecordedGate(recorded["exchanges"])
    api = api_of(provider, recorded, gate)

    async def run() -> Any:
        return await DEEDS[recorded["does"]](api, recorded["with"])

    said: dict[str, Any] = {}
    try:
        said["told"] = plain(asyncio.run(run()))
    except CallError as raised:
        said["error"] = type(raised).__name__

    wanted = recorded["exchanges"]
    assert [request_of(one, provider.base_url) for one in gate.sent] == [
        one["request"] for one in wanted
    ]
    assert [sent_of(one) for one in gate.sent] == [one.get("sent") for one in wanted]
    assert said == {name: recorded[name] for name in ("told", "error") if name in recorded}


def test_every_deed_is_recorded():
    assert {json.loads(case.values[1].read_text())["does"] for case in CASES} == set(DEEDS)
