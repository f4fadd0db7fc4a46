"""Secrets on the account's page: typed, replaced, forgotten, and never shown to anybody."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages.api import MessageFailure
from django.urls import resolve
from django.views.debug import ExceptionReporter

from integrations.accounts import secret_box
from integrations.models import Account
from integrations.services import set_secrets

SID, TOKEN = "AC" + "0" * 32, "f" * 32
NEW = "e" * 32

pytestmark = pytest.mark.django_db


def kept(account):
    return secret_box().open(account.secrets)


def test_typed_secrets_are_sealed_and_shown_nowhere(admin_client, account, at, save):
    response = save("secrets", secret_account_sid=SID, secret_auth_token=TOKEN)

    assert (response.status_code, response["Location"]) == (302, f"{at()}#secrets")
    assert kept(account) == {"account_sid": SID, "auth_token": TOKEN}
    pages = [admin_client.get(at(page)).content.decode() for page in ("change", "history")]
    assert not any(one in page for page in pages for one in (SID, TOKEN, account.secrets))
    assert LogEntry.objects.get().change_message == "Account SID: set. Auth Token: set"


def test_the_page_says_when_and_by_whom_each_was_set(admin_client, account, at, save):
    save("secrets", secret_account_sid=SID)

    rows = admin_client.get(at()).context["sections"][0]["form"].secrets

    assert [(row.is_set, row.set_by) for row in rows] == [(True, "admin"), (False, "")]
    assert "by admin" in admin_client.get(at()).content.decode()


def test_a_refused_form_repeats_no_secret(account, save):
    html = save("secrets", secret_account_sid="AC123", secret_auth_token=TOKEN).content.decode()

    assert "This is not AC and 32 hexadecimal digits" in html and "Nothing was saved" in html
    assert "AC123" not in html and TOKEN not in html
    assert (account.secrets, LogEntry.objects.count()) == ("", 0)


def test_a_huge_secret_is_refused(account, save):
    html = save("secrets", secret_auth_token="f" * 100_000).content.decode()

    assert "This is too long for a secret." in html and "f" * 50 not in html
    assert account.secrets == ""


def test_a_blank_secret_stays_as_it_was(account, save):
    set_secrets(account, {"account_sid": SID, "auth_token": TOKEN})

    save("secrets", secret_auth_token=NEW)

    former = {"former:auth_token": TOKEN}  # Twilio still signs with it for a while
    assert kept(account) == {"account_sid": SID, "auth_token": NEW} | former


def test_a_new_secret_makes_a_refused_account_ready(account, save):
    Account.objects.update(state="rejected", state_reason="wrong")

    save("secrets", secret_auth_token=NEW)

    assert (account.state, account.state_reason) == ("ok", "")


def test_a_secret_set_by_somebody_else_meanwhile_is_not_overwritten(
    admin_client, account, at, form, django_user_model
):
    sent = form("secrets", secret_auth_token=NEW)
    ada = django_user_model.objects.create_user("ada")
    set_secrets(account, {"auth_token": TOKEN}, ada)

    response = admin_client.post(at("save", "secrets"), sent)
    account.refresh_from_db()

    html = response.content.decode()
    assert "ada set this meanwhile" in html and NEW not in html
    assert kept(account) == {"auth_token": TOKEN}


def test_the_environment_outranks_and_cannot_be_edited(
    admin_client, account, at, save, monkeypatch
):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", SID)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)

    html = admin_client.get(at()).content.decode()
    refused = save("secrets", secret_auth_token=NEW).content.decode()

    assert "Set by the variable TWILIO_ACCOUNT_SID" in html
    assert 'name="secret_auth_token"' not in html and SID not in html and TOKEN not in html
    assert "The secrets come from the environment" in refused and NEW not in refused
    assert account.secrets == ""


def test_half_an_environment_is_said_to_be_ignored(admin_client, at, monkeypatch):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", SID)

    html = admin_client.get(at()).content.decode()

    assert "TWILIO_ACCOUNT_SID is set in the environment and not used" in html
    assert SID not in html


def test_unreadable_secrets_are_said_and_replaced_only_together(
    admin_client, account, at, save, settings
):
    set_secrets(account, {"account_sid": SID, "auth_token": TOKEN})
    settings.SECRET_KEYS = ["another key that is long enough"]

    half = save("secrets", secret_auth_token=NEW).content.decode()
    save("secrets", secret_account_sid=SID, secret_auth_token=NEW)

    assert "type all of them" in half
    assert kept(account) == {"account_sid": SID, "auth_token": NEW}


def test_forgetting_asks_first(admin_client, account, at):
    set_secrets(account, {"account_sid": SID, "auth_token": TOKEN})

    asked = admin_client.get(at("forget"))
    between = bool(Account.objects.get().secrets)
    done = admin_client.post(at("forget"))

    account.refresh_from_db()
    assert (asked.status_code, between, done.status_code) == (200, True, 302)
    assert (account.secrets, account.secrets_set) == ("", {})
    assert LogEntry.objects.get().change_message == "Secrets: forgotten"


def test_who_may_not_set_secrets_gets_no_form(person, account, at):
    client = person("view_account", "change_account")

    html = client.get(at()).content.decode()
    refused = client.post(at("save", "secrets"), {"secret_auth_token": NEW})
    forgotten = [client.get(at("forget")), client.post(at("forget"))]

    account.refresh_from_db()
    assert 'name="secret_auth_token"' not in html and "/save/secrets/" not in html
    assert [refused.status_code, *(one.status_code for one in forgotten)] == [403, 403, 403]
    assert account.secrets == ""


def test_without_a_key_to_seal_with_nothing_is_kept_and_nothing_shown(account, save, settings):
    settings.SECRET_KEYS = []

    response = save("secrets", secret_account_sid=SID, secret_auth_token=TOKEN)

    html = response.content.decode()
    assert response.status_code == 200 and "SWITCHBOARD_SECRET_KEYS is empty" in html
    assert SID not in html and TOKEN not in html
    assert account.secrets == ""


def test_a_report_of_a_mistake_hides_what_was_posted(rf, admin_user, account, at):
    request = rf.post(at("save", "secrets"), {"secret_auth_token": TOKEN})
    request.user, request._dont_enforce_csrf_checks = admin_user, True
    with pytest.raises(MessageFailure) as mistake:  # the middleware of messages is not there
        resolve(at("save", "secrets")).func(request, pk=account.pk, section="secrets")

    told = (mistake.type, mistake.value, mistake.tb)
    report = ExceptionReporter(request, *told).get_traceback_text()

    assert "secret_auth_token" in report and TOKEN not in report
