"""Our request to Verizon against the fields of Verizon's own SDK."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from integrations.errors import Pending
from integrations.providers.verizon import VERIZON
from integrations.sandbox.verizon import Verizon
from tests.contracts.conftest import Contract
from tests.integrations.playing import PlayedGate, api_to, facts_of

HOME = {"address_line": "1 Main St", "city": "Boston", "state": "MA", "postal_code": "02108-1234"}


def test_the_request_is_the_sdks(contract: Contract):
    wanted = contract("verizon/fixture_fwa_from_sdk_models.json")["request"]
    gate = PlayedGate(Verizon())

    with pytest.raises(Pending):
        facts_of(api_to(VERIZON, gate), "verizon.fixed_wireless", HOME)

    sent = gate.sent[-1]
    body: Any = orjson.loads(sent.content)
    assert body == wanted["body"]
    assert VERIZON.base_url + sent.url.removeprefix("http://sandbox.test") == wanted["url"]
    assert set(wanted["headers"]) <= set(sent.headers)
