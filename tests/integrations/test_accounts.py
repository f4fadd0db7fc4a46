"""Accounts as workers see them: secrets, terms, sandbox, versions."""

from datetime import timedelta
from decimal import Decimal

import pytest

from integrations import services
from integrations.accounts import Accounts, is_sandbox
from integrations.errors import AccountUnusable, CredentialRejected
from integrations.models import Account, AccountLookup
from integrations.registry import lookup, searches

SID, TOKEN = "AC" + "1" * 32, "2" * 32
TYPED = {"account_sid": SID, "auth_token": TOKEN}
LINE_TYPE = lookup("twilio.line_type")


@pytest.fixture
def account(db, monkeypatch):
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return Account.objects.create(provider="twilio")


def current():
    accounts = Accounts()
    accounts.refresh()
    return accounts


def test_without_secrets_every_provider_is_the_sandbox(account, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:9"

    view = current().view("twilio")

    assert is_sandbox()
    assert (view.base_url, view.is_sandbox) == ("http://127.0.0.1:9/twilio", True)


def test_a_typed_secret_ends_the_sandbox_and_is_sealed(account):
    services.set_secrets(account, TYPED)

    view = current().view("twilio")
    assert dict(view.secrets) == TYPED
    assert view.base_url == "https://lookups.twilio.com"
    assert not is_sandbox()
    assert TOKEN not in account.secrets
    assert TOKEN not in repr(view)


def test_the_setting_overrides_what_accounts_say(account, settings):
    services.set_secrets(account, TYPED)
    settings.SANDBOX = True

    assert current().view("twilio").is_sandbox


def test_the_environment_overrides_as_a_whole(account, monkeypatch):
    services.set_secrets(account, TYPED)
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "3" * 32)
    half = dict(current().view("twilio").secrets)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "4" * 32)
    whole = dict(current().view("twilio").secrets)

    assert half == TYPED
    assert whole == {"account_sid": "AC" + "3" * 32, "auth_token": "4" * 32}


def test_a_blank_secret_leaves_the_one_that_is_kept(account):
    services.set_secrets(account, TYPED)

    services.set_secrets(account, {"account_sid": "", "auth_token": "5" * 32})

    assert dict(current().view("twilio").secrets) == {"account_sid": SID, "auth_token": "5" * 32}


def test_a_changed_secret_is_seen_by_who_looked_before(account):
    services.set_secrets(account, TYPED)
    accounts = current()

    services.set_secrets(account, {"auth_token": "6" * 32})
    accounts.refresh()

    assert accounts.view("twilio").secrets["auth_token"] == "6" * 32


def test_any_change_moves_the_version(account):
    before = Account.objects.get().version

    Account.objects.update(daily_cap_usd=5)
    AccountLookup.objects.create(account=account, name="line_type", is_enabled=False)
    AccountLookup.objects.all().delete()

    assert Account.objects.get().version == before + 3


def test_a_key_that_does_not_open_the_secrets_is_said_clearly(account, settings):
    services.set_secrets(account, TYPED)
    settings.SECRET_KEYS = ["quite another passphrase"]
    settings.SANDBOX = False

    with pytest.raises(AccountUnusable, match="SWITCHBOARD_SECRET_KEYS") as refusal:
        current().view("twilio")

    assert TOKEN not in str(refusal.value)


def test_rotated_keys_still_open(account, settings):
    old = settings.SECRET_KEYS
    services.set_secrets(account, TYPED)

    settings.SECRET_KEYS = ["a passphrase of the new kind", *old]

    assert dict(current().view("twilio").secrets) == TYPED


def test_a_missing_secret_is_named(account, settings):
    settings.SANDBOX = False

    with pytest.raises(AccountUnusable, match="Account SID, Auth Token not set"):
        current().view("twilio")


def test_a_refused_account_is_not_asked_until_it_changes(account, settings):
    settings.SANDBOX = True
    version = Account.objects.get().version

    services.stop_account(account.pk, version, Account.State.REJECTED, "Authenticate (20003)")

    with pytest.raises(CredentialRejected, match="20003"):
        current().view("twilio")
    services.set_secrets(account, TYPED)
    assert current().view("twilio").secrets["account_sid"] == SID


def test_an_old_failure_does_not_stop_a_mended_account(account):
    version = Account.objects.get().version
    services.set_secrets(account, TYPED)

    stopped = services.stop_account(account.pk, version, Account.State.REJECTED, "late")

    assert not stopped
    assert Account.objects.get().state == Account.State.OK


def test_terms_are_the_providers_until_an_operator_changes_them(account, settings):
    settings.SANDBOX = True
    default = current().terms(LINE_TYPE)
    AccountLookup.objects.create(
        account=account, name="line_type", is_enabled=False, price_usd="0.005", fresh_days=3
    )
    changed = current().terms(LINE_TYPE)

    assert (default.is_enabled, default.price) == (True, LINE_TYPE.price)
    assert (changed.is_enabled, changed.price.usd) == (False, Decimal("0.005"))
    assert changed.fresh_for == timedelta(days=3)


def test_a_provider_without_an_account_is_switched_off(db):
    assert not current().terms(LINE_TYPE).is_enabled


@pytest.mark.parametrize(
    ("fresh", "miss", "believed"),
    [(None, None, 90), (30, None, 30), (365, None, 90), (None, 5, 5), (30, 60, 60)],
)
def test_a_miss_is_believed_as_long_as_the_account_says(account, fresh, miss, believed):
    AccountLookup.objects.create(
        account=account, name="line_type", is_enabled=True, fresh_days=fresh, miss_fresh_days=miss
    )

    terms = current().terms(LINE_TYPE)

    assert terms.counts_for(is_hit=False) == timedelta(days=believed)
    assert terms.counts_for(is_hit=True) == timedelta(days=fresh or 180)


def test_a_search_costs_what_its_account_pays(db):
    yelp = Account.objects.create(provider="yelp")
    AccountLookup.objects.create(
        account=yelp, name="search", is_enabled=True, price_usd=Decimal("0.5")
    )

    accounts = current()

    prices = [accounts.priced(found).price.usd for found in searches().values()]
    assert sorted(prices) == [Decimal("0.035"), Decimal("0.035"), Decimal("0.5")]


def test_an_option_has_a_stand_in_in_the_sandbox_only_and_only_while_it_is_empty(account, settings):
    row = Account.objects.create(provider="twilio_messaging")
    services.set_secrets(row, TYPED)

    def number(**options):
        Account.objects.filter(pk=row.pk).update(options=options)
        accounts = Accounts()
        accounts.refresh()
        return accounts.view("twilio_messaging").options["from_numbers"]

    settings.SANDBOX = True
    assert number() == "+15005550006"
    assert number(from_numbers="+14155550100") == "+14155550100"
    settings.SANDBOX = False
    assert number() == ""
