"""A referral is read as documented, and nothing in one makes the reader stumble."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_sync.referrals.schema import kind_of, parse
from tests.crm_sync.referrals.house import body, customer

MICROSOFT = {"invitedBy": {"organizationId": "msft", "organizationName": "Microsoft"}}
PARTNER = {"invitedBy": {"organizationId": "7d23e5ca", "organizationName": "Contoso"}}


@pytest.mark.parametrize(
    ("type_", "quality", "invited", "kind"),
    [
        ("Independent", "Direct", {}, "marketplace"),
        ("Independent", "Direct", MICROSOFT, "marketplace"),
        ("Independent", "Direct", PARTNER, "other"),
        ("Independent", "SalesQualified", MICROSOFT, "qualified"),
        ("Independent", "MarketingQualified", MICROSOFT, "qualified"),
        ("Independent", "SalesQualified", PARTNER, "co_sell"),
        ("Independent", "None", PARTNER, "co_sell"),
        ("Independent", "MarketingQualified", PARTNER, "other"),
        ("Shared", "SalesQualified", PARTNER, "co_sell"),
        ("Shared", "None", MICROSOFT, "co_sell"),
        ("Shared", "", {}, "co_sell"),
        ("co-sell", "", {}, "other"),
        ("", "", {}, "other"),
    ],
)
def test_xr_49_kind_is_derived_from_type_qualification_and_who_invited(
    type_, quality, invited, kind
):
    told = body(type=type_, qualification=quality, inviteContext=invited)

    assert kind_of(told) == kind
    assert parse(told).values["type"] == type_


@pytest.mark.parametrize(
    "ids",
    [{}, [], None, "x", {"External": ["a"]}, [{"External": "https://birch.test"}],
     {"External": "https://birch.test", "Duns": "1"},
     [{"profileType": "External", "id": "https://birch.test"}, 7]],
)  # fmt: skip
def test_xr_57_ids_as_object_and_as_list_are_read(ids):
    read = parse(body(customerProfile={"name": "Birch", "ids": ids}))

    expected = "birch.test" if "birch" in str(ids) else ""
    assert read.values["domain"] == expected
    assert read.values["customer_name"] == "Birch"


@pytest.mark.parametrize("direction", ["Outgoing", "outgoing"])
def test_xr_57_outgoing_is_told_apart(direction):
    assert not parse(body(direction=direction)).is_incoming
    assert parse(body(direction="Incoming")).is_incoming


def test_xr_57_missing_team_and_unknown_fields_are_no_harm_and_kept():
    told = body(customerProfile={"name": "Birch"}, somethingNew={"deep": [1, "two\0"]})

    read = parse(told)

    assert read.values["domains"] == []
    assert read.values["raw"]["somethingNew"] == {"deep": [1, "two"]}


def test_links_and_context_are_no_news():
    one = parse(body(links={"self": {"uri": "a"}}, **{"@odata.context": "a"}))
    other = parse(body(links={"self": {"uri": "b"}}, **{"@odata.context": "b"}))

    assert one.values["content_hash"] == other.values["content_hash"]
    assert parse(body(name="x")).values["content_hash"] != one.values["content_hash"]


@pytest.mark.parametrize("told", [{}, [], None, "x", 7, {"id": ""}, {"id": None}, {"id": []}])
def test_what_has_no_id_is_refused(told):
    with pytest.raises(ValueError, match="without an id"):
        parse(told)


@pytest.mark.parametrize(
    ("details", "value", "currency"),
    [
        ({"dealValue": 1.5, "currency": "eur"}, Decimal("1.50"), "EUR"),
        ({"dealValue": "10000"}, Decimal("10000.00"), ""),
        ({"dealValue": "1e400", "currency": "dollars"}, None, ""),
        ({"dealValue": "NaN"}, None, ""),
        ({"dealValue": True}, None, ""),
        ([], None, ""),
    ],
)
def test_deal_is_money_or_nothing(details, value, currency):
    read = parse(body(details=details)).values

    assert (read["deal_value"], read["currency"]) == (value, currency)


@pytest.mark.parametrize(
    "consent", [{"consentToContact": "false"}, {"consentToContact": False}, {"ConsentToContact": 0}]
)
def test_xr_59_consent_is_read_in_each_way_it_is_told(consent):
    expected = None if consent == {"ConsentToContact": 0} else False

    assert parse(body(consent=consent)).values["may_contact"] is expected


KEYS = st.sampled_from([
    "id", "customerProfile", "team", "email", "ids", "External", "details", "dealValue", "consent",
    "consentToContact", "inviteContext", "invitedBy", "updatedDateTime", "website", "contact",
])  # fmt: skip
TEXTS = st.sampled_from([
    "", "\0", "a@b.test", "@", "https://[", "1e999", "2026-11-01T10:00:00.1234567Z", "0001-01-01",
    "\u202e", "x" * 300, "..", "-inf",
])  # fmt: skip
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats()
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
JSON = st.recursive(
    LEAVES, lambda one: st.lists(one, max_size=3) | st.dictionaries(KEYS, one, max_size=5)
)


@given(st.dictionaries(KEYS, JSON, max_size=8))
def test_xr_57_nothing_makes_the_reader_stumble(told):
    told["id"] = "r-1"

    assert parse(told).id == "r-1"


def test_customer_of_the_house_is_read():
    assert parse(body(customerProfile=customer())).values["emails"] == ["ann@birch.test"]
