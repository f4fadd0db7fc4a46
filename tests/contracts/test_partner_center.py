"""The documentation's own page of referrals, read; and the sandbox's, which has the same fields."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from crm_sync.referrals.schema import notes_of, parse, partners_of, people_of
from integrations.sandbox.crm.store import Store
from integrations.sandbox.partner_center import documents


@pytest.fixture
def told(contract):
    return contract("partnercenter/fixture_list_referrals_docs_example.json")["value"]


def test_xr_57_documented_sample_is_read_whole(told):
    read = parse(told[1])

    assert read.id == "61c65491-2f2c-461a-84b4-3654499bc1d9"
    assert read.is_incoming
    said = {name: read.values[name] for name in (
        "kind", "type", "qualification", "status", "substatus", "customer_name", "country",
        "domain", "domain_from", "domains", "emails", "deal_value", "currency", "may_contact",
        "may_share", "expires_at",
    )}  # fmt: skip
    assert said == {
        "kind": "qualified", "type": "Independent", "qualification": "SalesQualified",
        "status": "New", "substatus": "Pending", "customer_name": "Contoso Customer Inc",
        "country": "US", "domain": "contoso.com", "domain_from": "team",
        "domains": ["contoso.com"], "emails": ["sue.smith@contoso.com", "joe.hansen@contoso.com"],
        "deal_value": Decimal("50000.00"), "currency": "USD", "may_contact": True,
        "may_share": True, "expires_at": datetime(2018, 11, 6, tzinfo=UTC),
    }  # fmt: skip
    assert [one.full_name for one in people_of(told[1])] == ["Sue Smith", "Joe Hansen"]
    assert [one.email for one in partners_of(told[1])] == ["john.doe@microsoft.com"]
    assert notes_of(told[1]).startswith("Customer is looking to leverage")


def test_xr_57_seven_decimals_are_a_time(told):
    assert parse(told[0]).updated_at == datetime(2018, 10, 30, 21, 3, 42, 457954, tzinfo=UTC)


def test_sandbox_tells_no_field_that_the_connectors_description_lacks(contract):
    spec = contract("partnercenter/partnercenter_referrals_connector_swagger2.json")
    (known,) = (one for name, one in spec["definitions"].items() if name.endswith("V3.Referral"))
    row = Store({"referral": ()})["referral"].create("r-1", documents.invented(7))

    said = documents.document(row)

    assert set(said) <= set(known["properties"])
    for part in ("customerProfile", "consent", "details", "inviteContext"):
        assert set(said[part]) <= set(known["properties"][part]["properties"]), part
