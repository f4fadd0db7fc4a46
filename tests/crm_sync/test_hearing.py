"""What is heard of a CRM: its words, its refusals, and shapes that nobody foresaw."""

from __future__ import annotations

import asyncio

import pytest

from crm_sync.connectors.hubspot import HUBSPOT
from crm_sync.hearing import heard
from integrations.errors import ContractBroken, Throttled


async def reading(answer):
    return answer["records"][0]["id"].upper()


@pytest.mark.parametrize(
    "answer",
    [None, 7, "no", [], {}, {"records": None}, {"records": []}, {"records": [None]},
     {"records": [{"id": 7}]}],
)  # fmt: skip
def test_ar_43_a_foreign_shape_is_a_broken_contract(answer):
    with pytest.raises(ContractBroken, match="HubSpot: an answer of an unknown shape"):
        asyncio.run(heard(HUBSPOT, reading(answer)))


def test_what_is_said_comes_through():
    assert asyncio.run(heard(HUBSPOT, reading({"records": [{"id": "a"}]}))) == "A"


def test_a_refusal_comes_through():
    async def refusing():
        raise Throttled(retry_after_s=7)

    with pytest.raises(Throttled) as refused:
        asyncio.run(heard(HUBSPOT, refusing()))

    assert refused.value.retry_after_s == 7
