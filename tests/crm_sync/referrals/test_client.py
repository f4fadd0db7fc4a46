"""What goes over the wire to Partner Center, and what its answers mean."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from crm_sync.referrals import client
from crm_sync.referrals.provider import classify
from integrations.errors import (
    ContractBroken,
    CredentialRejected,
    NotEntitled,
    NotFound,
    QuestionRejected,
    ServerFailed,
    Throttled,
)
from tests.crm_sync.referrals.house import House, control, told

SINCE = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
def wire(sandbox):
    """A house without a database: only what speaks with the sandbox."""
    return House(None, sandbox, None)


def test_xr_45_first_request_carries_filter_top_and_orderby(wire):
    found = wire.ask(lambda api: client.page(api, SINCE))

    assert found == client.Paged([])
    assert told(wire.sandbox)["queries"] == [
        "%24filter=direction%20eq%20%27Incoming%27%20and%20updatedDateTime%20ge%20"
        "2026-11-01T10%3A00%3A00.000000Z&%24orderby=updatedDateTime%20asc&%24top=100"
    ]


def test_xr_72_quotes_in_a_literal_end_it_nowhere():
    assert client.literal("o'neil@x.test") == "'o''neil@x.test'"
    assert client.literal("a' or 1 eq 1") == "'a'' or 1 eq 1'"


@pytest.mark.parametrize("params", [{"$skip": "1"}, {"page_size": "9"}, {"$top": "200"},
                                    {"$orderby": "name"}, {"$filter": "name eq 'x'"}])  # fmt: skip
def test_xr_45_sandbox_refuses_what_the_api_does_not_know(wire, params):
    async def ask(api):
        headers = {"client-request-id": "0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a"}
        return await api.ask("GET", client.PATH, params=params, headers=headers)

    with pytest.raises(QuestionRejected):
        wire.ask(ask)


def test_xr_60_every_call_bears_an_id_of_its_own(wire):
    async def thrice(api):
        for _ in range(3):
            await client.page(api, None)

    wire.ask(thrice)

    assert Counter(told(wire.sandbox)["request_ids"].values()) == {1: 3}


def test_xr_60_repeat_after_a_time_out_bears_the_same_id(wire):
    wire.sandbox.set(rate_dropped=1.0)

    async def ask(api):
        try:
            await client.page(api, None)
        finally:
            wire.sandbox.set(rate_dropped=0.0)

    with pytest.raises(client.OutcomeUnknown):
        wire.ask(ask)

    assert list(told(wire.sandbox)["request_ids"].values()) == [client.TRIES]


def test_xr_60_next_page_of_another_host_is_not_followed(wire):
    control(wire.sandbox, make=101)
    control(wire.sandbox, next_host="http://elsewhere.test")

    async def both(api):
        first = await client.page(api, None)
        return await client.page(api, None, first.next_link)

    with pytest.raises(ContractBroken, match="another host"):
        wire.ask(both)


@pytest.mark.parametrize(
    "link",
    ["http://a:b@127.0.0.1/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "//127.0.0.1/x", "x",
     "/v1.0/x", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y", "http://127.0.0.1:x/", "http://["],
)  # fmt: skip
def test_xr_60_link_that_is_no_plain_address_is_not_followed(link):
    with pytest.raises(ContractBroken):
        client.own_link(link)


def test_xr_60_http_link_with_its_port_is_the_host_itself():
    link = "http://api.partner.microsoft.com:80/v1.0/referrals?$skiptoken=a%2fb#x"

    assert (
        client.own_link(link) == "http://api.partner.microsoft.com/v1.0/referrals?$skiptoken=a%2fb"
    )


def test_pages_are_followed_to_their_end_and_give_each_once(wire):
    control(wire.sandbox, make=250)

    async def every(api):
        found, link, sizes = [], "", []
        while True:
            paged = await client.page(api, None, link)
            found += [one["id"] for one in paged.referrals]
            sizes.append(len(paged.referrals))
            if not (link := paged.next_link):
                return found, sizes

    found, sizes = wire.ask(every)

    assert sizes == [100, 100, 50]
    assert len(set(found)) == 250


@pytest.mark.parametrize(
    ("status", "headers", "code", "kind", "said"),
    [
        (429, {"retry-after": "7"}, "", Throttled, ""),
        (503, {"retry-after": "7"}, "serviceNotAvailable", Throttled, "serviceNotAvailable"),
        (509, {}, "", Throttled, ""),
        (503, {}, "serviceNotAvailable", ServerFailed, "serviceNotAvailable"),
        (401, {}, "unauthenticated", CredentialRejected, "unauthenticated"),
        (403, {}, "accessDenied", NotEntitled, "accessDenied"),
        (403, {}, "insufficent_claims", NotEntitled, "insufficient_claims"),
        (403, {"www-authenticate": 'Bearer error="insufficient_claims", claims="e"'},
         "accessDenied", NotEntitled, "insufficient_claims"),
        (412, {}, "preconditionFailed", QuestionRejected, "preconditionFailed"),
        (400, {}, "invalidRequest", QuestionRejected, "invalidRequest"),
    ],
)  # fmt: skip
def test_xr_61_what_an_answer_means(status, headers, code, kind, said):
    body = {"error": {"code": code, "message": "words", "target": "referral"}} if code else None

    error = classify(status, body, headers)

    assert (type(error) is kind or kind is Throttled, error.code) == (True, said)
    assert isinstance(error, kind)


def test_xr_61_most_special_code_is_taken():
    inner = {"code": "a", "message": "m", "innererror": {"code": "resourceModified"}}

    error = classify(412, {"error": {"code": "preconditionFailed", "innerError": inner}}, {})

    assert error.code == "resourceModified"


@pytest.mark.parametrize("body", [None, "", [], {"error": "x"}, {"error": {"code": None}}, 7])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 429, 500, 503, 509])
def test_ar_43_odd_error_bodies_are_no_harm(status, body):
    classify(status, body, {})


def test_xr_62_accepting_names_the_version_and_returns_what_it_became(wire):
    id_ = wire.add()

    found = wire.ask(lambda api: client.respond(api, id_, "accept"))

    assert (found["status"], found["substatus"]) == ("Active", "Accepted")
    asked = told(wire.sandbox)["asked"]
    assert asked[f"PATCH {client.PATH}/{id_}"] == 1


def test_xr_62_changed_meanwhile_is_looked_at_again_and_done_once_more(wire):
    id_ = wire.add()

    async def race(api):
        looks = 0

        class Racing:
            """An Api beside which somebody edits the referral after our first look."""

            options, key_fields, sleep = api.options, api.key_fields, api.sleep

            async def ask(self, method, path, /, **more):
                nonlocal looks
                answer = await api.ask(method, path, **more)
                looks += method == "GET"
                if method == "GET" and looks == 1:
                    wire.edit(id_, name="another")
                return answer

        return await client.respond(Racing(), id_, "decline", "too far away")

    found = wire.ask(race)

    assert (found["substatus"], found["statusReason"]) == ("Declined", "too far away")
    assert found["name"] == "another"
    assert told(wire.sandbox)["asked"][f"PATCH {client.PATH}/{id_}"] == 2


def test_what_is_accepted_already_is_done_without_a_change(wire):
    id_ = wire.add(status="Active", substatus="Accepted")

    wire.ask(lambda api: client.respond(api, id_, "accept"))

    assert f"PATCH {client.PATH}/{id_}" not in told(wire.sandbox)["asked"]


def test_what_is_closed_can_be_answered_no_more(wire):
    id_ = wire.add(status="Closed", substatus="Expired")

    with pytest.raises(client.Settled, match="closed there by now"):
        wire.ask(lambda api: client.respond(api, id_, "accept"))


def test_lost_answer_to_an_accept_is_accepted_once(wire):
    id_ = wire.add()
    lost = []

    async def main(api):
        class Losing:
            """An Api whose first change is done, and its answer lost."""

            options, key_fields, sleep = api.options, api.key_fields, api.sleep

            async def ask(self, method, path, /, **more):
                answer = await api.ask(method, path, **more)
                if method == "PATCH" and not lost:
                    lost.append(answer)
                    raise client.OutcomeUnknown("cut")
                return answer

        return await client.respond(Losing(), id_, "accept")

    found = wire.ask(main)

    assert found["status"] == "Active"
    assert told(wire.sandbox)["writes"]["updated"] == 1


@pytest.mark.parametrize("id_", ["nobody", "..", "a/b?c", "."])
def test_id_that_is_none_is_not_found_and_leaves_its_place_in_the_path(wire, id_):
    with pytest.raises(NotFound):
        wire.ask(lambda api: client.one(api, id_))
