"""A good status with something else in it than an answer: never a miss, which would be believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from integrations.errors import CallError, NotFound
from integrations.provider import Provider
from integrations.registry import provider as provider_of
from tests.integrations.recording import (
    FOLDER,
    RecordedGate,
    files,
    replay,
    replay_search,
    search_files,
)

CASES = [
    pytest.param(of, path, id=f"{of.slug}-{path.stem}")
    for of, path in files()
    if (recorded := json.loads(path.read_text())).get("facts") and recorded["exchanges"]
]
ODD: tuple[Any, ...] = (
    {"error": {"code": "x", "message": "It went wrong"}},
    {"errors": [{"id": "x", "code": 500, "details": "It went wrong"}]},
    {"message": "Limit Exceeded"},
    {"status": "error", "message": "It went wrong"},
)


@pytest.mark.parametrize(("provider", "path"), CASES)
def test_an_error_inside_a_200_is_no_miss(provider: Provider, path: Path):
    recorded = json.loads(path.read_text())

    for odd in ODD:
        exchanges = [{**each, "body": odd} for each in recorded["exchanges"]]
        gate = RecordedGate([*exchanges, *[exchanges[-1]] * 5])
        try:
            replies = replay(provider, recorded, gate)
        except CallError as error:
            assert not isinstance(error, NotFound)
            continue
        assert all(reply.error for reply in replies), (odd, replies)


@pytest.mark.parametrize(
    ("provider", "path"), [pytest.param(*each, id=each[1].stem) for each in search_files()]
)
def test_an_error_inside_a_200_is_no_empty_page(provider: Provider, path: Path):
    recorded = json.loads(path.read_text())

    for odd in ODD:
        changed = [{**each, "status": 200, "body": odd} for each in recorded["exchanges"]]
        with pytest.raises(CallError):
            replay_search(provider, {**recorded, "exchanges": changed})


# What a vendor's contract names, and a provider's recorded files therefore show; Verizon, the FCC
# and what is free know no quota, what needs no key refuses none. Twilio's have tests of their own.
ALL = {
    "CredentialRejected", "QuotaExhausted", "Throttled", "ServerFailed", "ContractBroken",
    "QuestionRejected",
}  # fmt: skip
KEYLESS = ALL - {"CredentialRejected", "QuotaExhausted"}
LACKING = {
    "verizon": {"QuotaExhausted"},
    "fcc": {"QuotaExhausted"},
}


WITH_TABLE = (
    "numverify", "peopledatalabs", "apollo", "clearbit", "hunter", "google_places", "yelp",
    "zerobounce", "whitepages", "truecaller", "google_geocoding", "verizon", "fcc",
    "twilio_trust_hub", "dns", "rdap", "hosting",
)  # fmt: skip


@pytest.mark.parametrize("provider", [provider_of(each) for each in WITH_TABLE], ids=WITH_TABLE)
def test_every_documented_kind_of_error_is_recorded(provider: Provider):
    found = {
        name
        for path in (FOLDER / provider.slug).glob("*.json")
        for recorded in [json.loads(path.read_text())]
        for name in [recorded.get("error"), *recorded.get("errors", ())]
        if name
    }

    wanted = (ALL if provider.secrets else KEYLESS) - LACKING.get(provider.slug, set())
    assert wanted <= found
