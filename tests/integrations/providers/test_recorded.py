"""Every recorded contract: the request is the one recorded, and so is what the answer means."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from enrichment import golden
from integrations.errors import CallError
from integrations.provider import Provider, Reply
from integrations.registry import PROVIDERS
from tests.integrations.recording import (
    FOLDER,
    RecordedGate,
    files,
    plain,
    replay,
    replay_search,
    request_of,
    search_files,
    sent_of,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CASES = [pytest.param(of, path, id=f"{of.slug}-{path.stem}") for of, path in files()]
SEARCHES = [pytest.param(of, path, id=f"{of.slug}-{path.stem}") for of, path in search_files()]


@pytest.mark.parametrize(("provider", "path"), CASES)
def test_a_recorded_exchange_is_asked_and_understood(provider: Provider, path: Path):
    recorded = json.loads(path.read_text())
    gate = RecordedGate(recorded["exchanges"])
    replies: list[Reply] = []
    error = ""

    try:
        with time_machine.travel(NOON, tick=False):
            replies = replay(provider, recorded, gate)
    except CallError as raised:
        error = type(raised).__name__

    wanted, facts = recorded["exchanges"], recorded.get("facts", [])
    facts = facts if isinstance(recorded["inputs"], list) or error else [facts]
    errors = [type(reply.error).__name__ if reply.error else "" for reply in replies]
    assert error == recorded.get("error", "")
    assert [request_of(one, provider.base_url) for one in gate.sent] == [
        one["request"] for one in wanted
    ]
    assert [sent_of(one) for one in gate.sent] == [one.get("sent") for one in wanted]
    assert [plain(reply.facts) for reply in replies] == [sorted(each, key=str) for each in facts]
    assert errors == recorded.get("errors", [""] * len(replies))


@pytest.mark.parametrize(("provider", "path"), CASES)
def test_recorded_facts_are_promised_and_fit_their_columns(provider: Provider, path: Path):
    recorded = json.loads(path.read_text())
    facts = recorded.get("facts", [])
    if isinstance(recorded["inputs"], list):
        facts = [fact for each in facts for fact in each]

    lookup = provider.lookups[recorded["lookup"]]

    assert {field for field, _, _ in facts} <= lookup.supplies
    assert all(golden.coerce(field, value) is not None for field, value, _ in facts)
    assert all(0 <= sure <= 1 for _, _, sure in facts)


@pytest.mark.parametrize(("provider", "path"), SEARCHES)
def test_a_recorded_search_is_asked_and_understood(provider: Provider, path: Path):
    recorded = json.loads(path.read_text())

    try:
        page, gate = replay_search(provider, recorded)
    except CallError as raised:
        assert type(raised).__name__ == recorded["error"]
        return

    said = [
        {key: value for key, value in asdict(one).items() if value not in ("", None)}
        for one in page.businesses
    ]
    assert [request_of(one, provider.base_url) for one in gate.sent] == [
        one["request"] for one in recorded["exchanges"]
    ]
    assert [sent_of(one) for one in gate.sent] == [one.get("sent") for one in recorded["exchanges"]]
    assert (said, page.cursor) == (recorded["businesses"], recorded.get("next", ""))


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda each: each.slug)
def test_every_provider_has_recorded_contracts(provider: Provider):
    recorded = [json.loads(path.read_text()) for path in (FOLDER / provider.slug).glob("*.json")]

    named = {one.get("lookup") or one.get("search") for one in recorded} - {None}
    named |= {
        name
        for one in recorded
        if not {"lookup", "search", "does"} & set(one)
        for name in one["facts"]
    }

    assert any("does" in one for one in recorded) is bool(provider.acts)
    assert named == {*provider.lookups, *provider.searches}


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda each: each.slug)
def test_what_a_lookup_supplies_are_golden_fields(provider: Provider):
    for lookup in provider.lookups.values():
        assert lookup.supplies <= set(golden.FIELDS), lookup.slug
        assert lookup.needs, lookup.slug
        assert lookup.price.usd >= 0
