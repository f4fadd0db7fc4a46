"""The back office of accounts: secrets go in and never come out, rows only where one differs."""

from decimal import Decimal

import pytest
from django.urls import reverse

from integrations.accounts import secret_box
from integrations.models import Account, AccountLookup
from integrations.registry import provider
from integrations.services import set_secrets

SID, TOKEN = "AC" + "0" * 32, "f" * 32

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return Account.objects.create(provider="twilio")


@pytest.fixture
def save(admin_client, account):
    """Posts the account's page as a browser does, with some of it changed."""
    names = list(provider("twilio").lookups)
    rows = {row.name: row for row in account.lookups.all()}

    def post(**changes):
        form = {
            "label": "Default", "is_enabled": "on", "hold_unknown_above_usd": "0.05",
            "switch_batch_size": "1", "switch_rpv_unique_name": "real_phone_validation_rpv_turbo",
            "switch_scout_unique_name": "icehook_scout",
            "lookups-TOTAL_FORMS": len(names), "lookups-INITIAL_FORMS": len(rows),
        }  # fmt: skip
        for at, name in enumerate(names):
            form[f"lookups-{at}-account"] = account.pk
            if provider("twilio").lookups[name].is_on_by_default:
                form[f"lookups-{at}-is_enabled"] = "on"
        form |= changes
        address = reverse("admin:integrations_account_change", args=[account.pk])
        response = admin_client.post(address, {k: v for k, v in form.items() if v is not None})
        account.refresh_from_db()
        return response

    return post


def test_typed_secrets_are_sealed_and_shown_nowhere(admin_client, account, save):
    response = save(secret_account_sid=SID, secret_auth_token=TOKEN)
    page = admin_client.get(reverse("admin:integrations_account_change", args=[account.pk]))
    history = admin_client.get(reverse("admin:integrations_account_history", args=[account.pk]))

    assert response.status_code == 302
    assert secret_box().open(account.secrets) == {"account_sid": SID, "auth_token": TOKEN}
    seen = page.content.decode() + history.content.decode()
    assert SID not in seen and TOKEN not in seen and account.secrets not in seen
    assert seen.count("Set. Type a new one to replace it.") == 2


def test_refused_form_does_not_repeat_the_secret(account, save):
    response = save(secret_account_sid="AC123", secret_auth_token=TOKEN)

    html = response.content.decode()
    assert "This is not AC and 32 hexadecimal digits" in html
    assert "AC123" not in html and TOKEN not in html
    assert account.secrets == ""


def test_blank_secret_stays_as_it_was(account, save):
    set_secrets(account, {"account_sid": SID, "auth_token": TOKEN})

    save(secret_auth_token="e" * 32)

    assert secret_box().open(account.secrets) == {"account_sid": SID, "auth_token": "e" * 32}


def test_save_without_a_change_makes_no_rows(account, save):
    response = save()

    assert response.status_code == 302
    assert (AccountLookup.objects.count(), account.options) == (0, {})


def test_changed_lookup_and_switch_are_kept(account, save):
    at = list(provider("twilio").lookups).index("sim_swap")

    save(**{
        f"lookups-{at}-is_enabled": "on", f"lookups-{at}-price_usd": "0.02",
        "switch_batch_size": "50", "limits": "[[15, 1]]", "daily_cap_usd": "20",
    })  # fmt: skip

    row = AccountLookup.objects.get()
    assert (row.name, row.is_enabled, row.price_usd) == ("sim_swap", True, Decimal("0.02"))
    assert (account.options, account.limits) == ({"batch_size": 50}, [[15, 1]])
    assert account.daily_cap_usd == 20


@pytest.mark.parametrize("limits", ["[15, 1]", "[[0, 1]]", '[["15", 1]]', "[[15]]", "{}x"])
def test_limits_that_are_none_are_refused(account, save, limits):
    response = save(limits=limits)

    assert response.status_code == 200
    assert account.limits is None


def test_save_leaves_a_state_that_a_worker_has_just_set(account, save):
    Account.objects.update(state="rejected", state_reason="wrong")

    save(label="Main")

    assert (account.label, account.state, account.state_reason) == ("Main", "rejected", "wrong")


def test_secrets_from_the_environment_are_said_to_be(admin_client, account, monkeypatch):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", SID)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)

    page = admin_client.get(reverse("admin:integrations_account_change", args=[account.pk]))

    html = page.content.decode()
    assert "Comes from the environment (TWILIO_ACCOUNT_SID)." in html
    assert SID not in html and TOKEN not in html


def test_ask_again_needs_a_person_to_confirm(admin_client, account):
    Account.objects.update(state="rejected", state_reason="wrong")
    address = reverse("admin:integrations_account_ask_again", args=[account.pk])

    admin_client.get(address)
    untouched = Account.objects.get().state
    admin_client.post(address, {"_form_submitted": "on"})

    assert (untouched, Account.objects.get().state) == ("rejected", "ok")


def test_forget_needs_the_permission(client, django_user_model, account):
    set_secrets(account, {"account_sid": SID, "auth_token": TOKEN})
    client.force_login(django_user_model.objects.create_user("bo", password="x", is_staff=True))
    address = reverse("admin:integrations_account_forget", args=[account.pk])

    response = client.post(address, {"_form_submitted": "on"})

    account.refresh_from_db()
    assert (response.status_code, bool(account.secrets)) == (403, True)
