"""A connection's token: kept, renewed, refused, lost; each of these once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from crm_sync.api import CrmApi
from crm_sync.models import Connection
from crm_sync.signing_in.answers import ClientRefused, LoginNeeded, Token
from crm_sync.tokens import keeping, reach_of
from integrations.errors import AccountUnusable, CredentialRejected, OutcomeUnknown, ServerFailed
from integrations.lanes import Lane
from tests.crm_sync.connections import (
    bearer_seen,
    connection,
    open_transactions,
    plain,
    reaching,
    signed_in,
    with_api,
)

pytestmark = pytest.mark.django_db(transaction=True)
State = Connection.State


def kept(row):
    return keeping.held(row.pk).token


def test_a_token_is_got_kept_and_used(server):
    row = connection("salesforce", "client_credentials")

    assert with_api(row, bearer_seen) == "access-1"

    row.refresh_from_db()
    assert (row.state, row.token_version, row.renewing_by) == (State.READY, 1, None)
    assert kept(row) == Token("access-1")
    assert "access-1" not in row.token


def test_ar_66_restarted_processes_use_the_token_that_is_kept(server):
    row = connection("salesforce", "client_credentials")
    seen = {with_api(row, bearer_seen) for _ in range(3)}
    assert seen == {"access-1"}
    assert len(server.tokens()) == 1


def test_xr_71_two_connections_of_one_kind_share_nothing(server):
    one = connection("salesforce", "client_credentials")
    two = connection("salesforce", "client_credentials", label="Two")

    seen = [with_api(row, bearer_seen) for row in (one, two)]

    assert seen == ["access-1", "access-2"]
    assert (kept(one).access, kept(two).access) == ("access-1", "access-2")


def test_xr_71_limits_and_circuits_are_the_connections_own(server):
    rows = [connection("salesforce", "client_credentials", label=name) for name in "ab"]

    async def main():
        async with reaching() as (gate, lane):
            ways = [await reach_of(row.pk, gate, lane, connector=plain()) for row in rows]
            return [(way.provider.slug, way.view.id) for way in ways]

    assert asyncio.run(main()) == [(f"salesforce-{row.pk}", -row.pk) for row in rows]


def test_xr_06_a_dump_of_the_row_holds_no_usable_secret(server):
    row = connection("salesforce", "client_credentials")
    other = signed_in()
    for each in (row, other):
        with_api(each, bearer_seen)

    with database.cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, ' ') FROM crm_sync_connection c")
        (dump,) = cursor.fetchone()

    held = [*keeping.typed(row).values(), *keeping.typed(other).values(), kept(row).access]
    held += [kept(other).access, kept(other).refresh]
    assert len([one for one in held if one]) >= 6
    assert [one for one in held if one.startswith(("access-", "refresh-")) and one in dump] == []
    assert "client_secret-of-ours" not in dump


def test_a_rotated_refresh_token_is_kept_before_the_access_token_is_used(server):
    row = signed_in()
    with_api(row, bearer_seen)
    assert kept(row) == Token("access-1", "refresh-1")
    (form,) = server.tokens()
    assert form["refresh_token"] == "refresh-0"


def test_xr_48_a_401_forces_another_token_once(server):
    row = connection("salesforce", "client_credentials", token=Token("stale"))
    assert with_api(row, bearer_seen) == "access-1"
    assert [each[:2] for each in server.told()["asked"]] == [
        ["GET", "/salesforce/me"], ["POST", "/salesforce/services/oauth2/token"],
        ["GET", "/salesforce/me"],
    ]  # fmt: skip


def test_xr_48_a_second_401_is_a_refusal(server):
    row = connection("salesforce", "client_credentials", token=Token("stale"))
    server.set(refuses=True)

    async def ask_twice(api):
        for _ in range(2):
            with pytest.raises(CredentialRejected):
                await api.ask("GET", "/me")

    with_api(row, ask_twice)

    row.refresh_from_db()
    assert row.state == State.REFUSED
    assert "test the connection" in row.state_reason
    assert len(server.tokens()) == 1


def test_xr_48_the_same_token_again_is_no_new_one(server):
    row = connection("salesforce", "client_credentials")
    with_api(row, bearer_seen)
    server.set(same=True, refuses=True)

    with pytest.raises(ClientRefused, match="very token again"):
        with_api(row, bearer_seen)

    row.refresh_from_db()
    assert row.state == State.REFUSED


def test_ar_23_of_many_calls_refused_at_once_one_gets_the_token(server):
    row = connection("salesforce", "client_credentials", token=Token("stale"))

    async def all_at_once(api):
        return await asyncio.gather(*(bearer_seen(api) for _ in range(20)))

    assert set(with_api(row, all_at_once)) == {"access-1"}
    assert len(server.tokens()) == 1


def test_xr_47_a_consent_taken_back_needs_somebody_to_sign_in(server):
    row = signed_in()
    server.set(revoked=True)

    for _ in range(2):
        with pytest.raises(LoginNeeded, match="Sign in again"):
            with_api(row, bearer_seen)

    row.refresh_from_db()
    assert row.state == State.NEEDS_LOGIN
    assert row.state_reason.startswith("The consent ended, was taken back")
    assert len(server.tokens()) == 1


def test_who_signs_in_while_a_refresh_is_refused_stays_signed_in(server):
    row = signed_in()
    server.set(revoked=True, held=True, good=["by-hand"])

    async def main():
        async with reaching() as (gate, lane):
            asked = asyncio.ensure_future(reach_of(row.pk, gate, lane, connector=plain("hubspot")))
            await asyncio.to_thread(server.until_asked)
            await asyncio.to_thread(signed_in_by_hand, row)
            await asyncio.to_thread(server.set, held=False)
            return (await asked).view.secrets["token"]

    assert asyncio.run(main()) == "by-hand"
    row.refresh_from_db()
    assert row.state == State.READY


def signed_in_by_hand(row):
    try:
        keeping.replace(row.pk, Token("by-hand", "refresh-9", "", 3_599))
    finally:
        database.close()


def test_a_wrong_secret_is_refused_until_it_is_typed_anew(server):
    row = connection("dynamics", "client_credentials")
    server.set(fails=[[401, {"error": "invalid_client"}]])

    for _ in range(2):
        with pytest.raises(ClientRefused, match="type it anew"):
            with_api(row, bearer_seen)

    row.refresh_from_db()
    assert row.state == State.REFUSED
    assert len(server.tokens()) == 1


def test_a_token_is_renewed_five_minutes_before_it_runs_out(server):
    row = signed_in(lasts_s=3_599, access="soon")
    soon = timezone.now() - timedelta(seconds=1)
    assert row.token_until - row.token_due_at == timedelta(seconds=300)
    Connection.objects.filter(pk=row.pk).update(token_due_at=soon)
    assert with_api(row, bearer_seen) == "access-1"


def test_a_token_of_a_minute_is_not_renewed_at_once(server):
    row = signed_in(lasts_s=60)
    assert row.token_until - row.token_due_at == timedelta(seconds=12)


def test_one_that_is_due_still_serves_while_the_renewal_fails(server):
    row = signed_in(lasts_s=3_599, access="soon")
    Connection.objects.filter(pk=row.pk).update(token_due_at=timezone.now())
    server.set(fails=[[503, {}]], good=["soon"])
    assert with_api(row, bearer_seen) == "soon"
    assert kept(row).refresh == "refresh-0"


def test_in_the_middle_of_a_sync_it_is_renewed_beforehand_too(server):
    row = signed_in(lasts_s=3_599, access="soon")
    server.set(good=["soon"])

    async def main():
        async with reaching() as (gate, lane):
            way = await reach_of(row.pk, gate, lane, connector=plain("hubspot"))
            api = CrmApi(gate, way)
            before = await bearer_seen(api)
            await lane.run(lambda: due(row))
            way.due_at = 0.0
            return before, await bearer_seen(api), way.due_at > 0

    assert asyncio.run(main()) == ("soon", "access-1", True)


def due(row):
    Connection.objects.filter(pk=row.pk).update(token_due_at=timezone.now())


def test_salesforce_tells_no_end_and_is_renewed_when_refused_only(server):
    server.set(lasts_s=0)
    row = connection("salesforce", "client_credentials")
    with_api(row, bearer_seen)
    row.refresh_from_db()
    assert (row.token_until, row.token_due_at) == (None, None)


def test_a_lost_answer_is_asked_for_again_with_the_token_before(server):
    row = signed_in()
    server.set(rotates=False, drops=1)

    with pytest.raises(OutcomeUnknown):
        with_api(row, bearer_seen)
    row.refresh_from_db()
    assert row.renewing_by is not None

    assert with_api(row, bearer_seen) == "access-2"
    row.refresh_from_db()
    assert (row.renewing_by, row.state) == (None, State.READY)


def test_a_lost_answer_that_had_rotated_says_so(server):
    row = signed_in()
    server.set(drops=1)
    with pytest.raises(OutcomeUnknown):
        with_api(row, bearer_seen)
    with pytest.raises(LoginNeeded):
        with_api(row, bearer_seen)

    row.refresh_from_db()
    assert row.state == State.NEEDS_LOGIN
    assert row.state_reason.startswith("An answer with a new token was lost on its way")


def test_who_waits_is_told_of_the_failure_and_does_not_ask_again(server):
    row = signed_in()
    server.set(held=True, fails=[[503, {}]])

    async def main():
        async with reaching() as (gate, lane):
            lanes = [Counting(lane) for _ in range(10)]
            asked = [reach_of(row.pk, gate, one, connector=plain("hubspot")) for one in lanes]
            all_of_them = asyncio.gather(*asked, return_exceptions=True)
            while not all(one.count >= LOOKED for one in lanes):
                await asyncio.sleep(0.01)
            await asyncio.to_thread(server.until_asked)
            await asyncio.to_thread(server.set, held=False)
            return await all_of_them

    found = asyncio.run(main())

    assert {type(one) for one in found} == {OutcomeUnknown, ServerFailed}
    assert len(server.tokens()) == 1


LOOKED = 3  # statements: where it leads, how one signs in, whether there is a token


class Counting(Lane):
    """One asker's way to the lane of all, which counts what was done for it."""

    def __init__(self, lane):
        self.lane, self.count = lane, 0

    async def run(self, work, *args, **more):
        found = await self.lane.run(work, *args, **more)
        self.count += 1
        return found


def test_ar_32_no_transaction_is_open_while_the_crm_is_asked(server):
    row = signed_in()
    server.set(held=True)

    async def main():
        async with reaching() as (gate, lane):
            asked = asyncio.ensure_future(reach_of(row.pk, gate, lane, connector=plain("hubspot")))
            await asyncio.to_thread(server.until_asked)
            open_now = await asyncio.to_thread(open_transactions)
            await asyncio.to_thread(server.set, held=False)
            await asked
            return open_now

    assert asyncio.run(main()) == 0


def test_a_typed_token_is_used_as_it_is(server):
    row = connection("pipedrive", "api_token")
    server.set(good=["api_token-of-ours"])
    assert with_api(row, bearer_seen) == "api_token-of-ours"
    assert server.tokens() == []


def test_a_typed_token_that_is_refused_is_to_be_typed_anew(server):
    row = connection("hubspot", "private_app")
    for _ in range(2):
        with pytest.raises(CredentialRejected, match="Type it anew"):
            with_api(row, bearer_seen)

    row.refresh_from_db()
    assert row.state == State.REFUSED
    assert len(server.told()["asked"]) == 1


def test_what_is_not_set_is_named(server):
    row = connection("hubspot", "private_app")
    Connection.objects.filter(pk=row.pk).update(secrets="")
    with pytest.raises(AccountUnusable, match="Private app token not set"):
        with_api(row, bearer_seen)


def test_the_sandbox_never_asks_the_crm_itself(server):
    row = signed_in()
    Connection.objects.filter(pk=row.pk).update(is_sandbox=False)
    with pytest.raises(AccountUnusable, match="was not asked"):
        with_api(row, bearer_seen)
    assert server.told()["asked"] == []


def test_a_damaged_seal_is_said_in_words(server):
    row = signed_in()
    Connection.objects.filter(pk=row.pk).update(token="nonsense")
    with pytest.raises(AccountUnusable, match="cannot be read"):
        with_api(row, bearer_seen)


def test_changed_keys_reseal_tokens_and_secrets(server, settings):
    row = signed_in()
    settings.SECRET_KEYS = ["a new key of enough characters", *settings.SECRET_KEYS]
    assert keeping.reseal() == 1
    settings.SECRET_KEYS = settings.SECRET_KEYS[:1]
    row.refresh_from_db()
    assert kept(row).refresh == "refresh-0"
    assert keeping.typed(row)["client_secret"] == "client_secret-of-ours"
