"""Asking what is left, and what becomes of it: pages, accounts that are renewed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import redis
from django.utils import timezone

from integrations import telling
from integrations.accounts import Accounts
from integrations.errors import QuotaExhausted
from integrations.limits.memo import PREFIX
from integrations.models import Account, ApiCall, Budget, LookupDay
from integrations.queries.standings import standings
from integrations.services import (
    ensure_accounts,
    resume_account,
    resume_renewed,
    set_secrets,
    stop_account,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox(sandbox):
    ensure_accounts()
    return sandbox


@pytest.fixture
def hunter(sandbox):
    return Account.objects.get(provider="hunter")


def told_of(account):
    return telling.told([account.pk], in_sandbox=True).get(account.pk, [])


def test_who_tells_when_asked_is_asked_and_it_costs_nothing(sandbox, hunter):
    assert telling.ask_limits() == 3

    names = [(one.told.name, one.left) for one in told_of(hunter)]
    assert names == [("searches of the plan", 499_988), ("verifications of the plan", 999_960)]
    calls = ApiCall.objects.order_by("provider").values_list("provider", "lookup", "outcome")
    assert list(calls) == [
        (slug, "limits", "answered") for slug in ("hunter", "twilio", "zerobounce")
    ]
    assert (LookupDay.objects.count(), Budget.objects.count()) == (0, 0)


def test_nobody_asks_who_is_switched_off_or_refused(sandbox, hunter):
    Account.objects.filter(provider="twilio").update(is_enabled=False)
    stop_account(hunter.pk, hunter.version, Account.State.REJECTED, "wrong key")

    assert telling.ask_limits() == 1
    assert list(ApiCall.objects.values_list("provider", flat=True)) == ["zerobounce"]


def test_a_refusal_is_written_down_and_tells_nothing(sandbox, hunter):
    set_secrets(hunter, {"api_key": "wrong"})

    assert telling.ask_limits() == 2

    call = ApiCall.objects.get(provider="hunter")
    assert (call.outcome, call.error_class) == ("failed", "CredentialRejected")
    assert told_of(hunter) == []


def test_a_rule_of_twilios_reaches_who_asks(sandbox):
    twilio = Account.objects.get(provider="twilio")
    set_secrets(twilio, {"account_sid": f"AC{'5' * 28}0616", "auth_token": "7" * 32})

    telling.ask_limits()

    (rule,) = told_of(twilio)
    assert (rule.told.limit, rule.per_words) == (2, "second")


def test_pages_do_without_redis(hunter, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert telling.told([hunter.pk], in_sandbox=True) == {}


def test_what_was_reset_is_shown_no_more(sandbox, hunter, settings):
    telling.ask_limits()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        key = f"{PREFIX}{hunter.pk}:sandbox"
        for name, row in client.hgetall(key).items():
            client.hset(key, name, row.replace(b'"resets_at":"20', b'"resets_at":"19'))

    assert told_of(hunter) == []


def test_a_plan_that_is_renewed_is_asked_again(hunter):
    until = timezone.now() + timedelta(hours=1)
    stop_account(hunter.pk, hunter.version, Account.State.EXHAUSTED, "used up", until=until)
    accounts = Accounts()
    accounts.refresh()
    with pytest.raises(QuotaExhausted):
        accounts.view("hunter")
    assert resume_renewed() == 0

    Account.objects.update(state_until=timezone.now())

    assert resume_renewed() == 1
    accounts.refresh()
    assert accounts.view("hunter").id == hunter.pk
    hunter.refresh_from_db()
    assert (hunter.state, hunter.state_since, hunter.state_until) == ("ok", None, None)


def test_a_refused_secret_is_not_renewed_and_a_plan_without_a_day_waits(hunter):
    yelp = Account.objects.get(provider="yelp")
    stop_account(hunter.pk, hunter.version, Account.State.REJECTED, "x", until=timezone.now())
    stop_account(yelp.pk, yelp.version, Account.State.EXHAUSTED, "used up")

    assert resume_renewed() == 0


def test_a_person_may_ask_before_the_renewal(hunter):
    until = timezone.now() + timedelta(days=9)
    stop_account(hunter.pk, hunter.version, Account.State.EXHAUSTED, "used up", until=until)
    hunter.refresh_from_db()

    assert resume_account(hunter)

    assert (hunter.state, hunter.state_until) == ("ok", None)


def test_a_card_says_when_a_plan_is_renewed(hunter):
    until = timezone.now().replace(year=2036, month=2, day=3, hour=0, minute=0)
    stop_account(hunter.pk, hunter.version, Account.State.EXHAUSTED, "All used.", until=until)
    hunter.refresh_from_db()

    (standing,) = standings([hunter], in_sandbox=True)

    assert standing.state.text == (
        "All used. It is renewed, and asked again by itself, at 3 February 2036, 00:00 UTC."
    )
