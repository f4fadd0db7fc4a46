"""Checks of the accounts, and the command that mends what they find."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from integrations.accounts import is_sandbox, secret_box
from integrations.checks import production_is_no_sandbox_by_accident, secrets_are_readable
from integrations.models import Account
from integrations.services import set_secrets

OLD, NEW = "the old key of this test", "the new key of this test"

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(settings):
    settings.SECRET_KEYS = [OLD]
    settings.SANDBOX = None
    account = Account.objects.create(provider="twilio")
    set_secrets(account, {"account_sid": "AC1", "auth_token": "x"})
    return account


def ids(check, databases=("default",)):
    return [found.id for found in check(None, databases=databases)]


def test_wrong_key_is_an_error_that_says_how_to_go_on(account, settings):
    settings.SECRET_KEYS = [NEW]

    (found,) = secrets_are_readable(None, databases=["default"])

    assert found.id == "integrations.E001"
    assert f"secrets forget {account.pk}" in (found.hint or "")
    assert "twilio (Default)" in found.msg


@pytest.mark.parametrize("keys", [[OLD], [NEW, OLD]])
def test_right_key_is_no_error(account, settings, keys):
    settings.SECRET_KEYS = keys

    assert ids(secrets_are_readable) == []


def test_checks_leave_the_database_alone_unless_asked(account, settings, django_assert_num_queries):
    settings.SECRET_KEYS, settings.IS_PRODUCTION = [NEW], True

    with django_assert_num_queries(0):
        assert ids(secrets_are_readable, None) == []
        assert ids(production_is_no_sandbox_by_accident, None) == []


@pytest.mark.parametrize(
    ("is_production", "sandbox", "found"),
    [
        (True, None, ["integrations.E002"]),
        (True, True, []),
        (True, False, []),
        (False, None, []),
    ],
)
def test_production_is_a_sandbox_only_when_told_so(settings, is_production, sandbox, found):
    settings.IS_PRODUCTION, settings.SANDBOX = is_production, sandbox
    Account.objects.create(provider="twilio")

    assert ids(production_is_no_sandbox_by_accident) == found


def test_production_with_a_secret_is_no_sandbox(account, settings):
    settings.IS_PRODUCTION = True

    assert ids(production_is_no_sandbox_by_accident) == []


def test_production_does_not_become_a_sandbox_while_it_runs(account, settings):
    settings.IS_PRODUCTION = True
    Account.objects.update(secrets="")

    assert is_sandbox() is False


def test_reseal_lets_the_old_key_go(account, settings):
    settings.SECRET_KEYS = [NEW, OLD]
    out = StringIO()

    call_command("secrets", "reseal", stdout=out)

    settings.SECRET_KEYS = [NEW]
    account.refresh_from_db()
    assert secret_box().open(account.secrets) == {"account_sid": "AC1", "auth_token": "x"}
    assert out.getvalue() == "Resealed the secrets of 1 accounts with the first key.\n"


def test_reseal_with_a_wrong_key_changes_nothing(account, settings):
    settings.SECRET_KEYS = [NEW]

    with pytest.raises(CommandError, match="cannot be read with the keys"):
        call_command("secrets", "reseal")

    before = account.secrets
    account.refresh_from_db()
    assert account.secrets == before


def test_forget_removes_the_secrets_of_one_account(account):
    call_command("secrets", "forget", str(account.pk), stdout=StringIO())

    account.refresh_from_db()
    assert account.secrets == ""
    with pytest.raises(CommandError, match="no account 0"):
        call_command("secrets", "forget", "0")
