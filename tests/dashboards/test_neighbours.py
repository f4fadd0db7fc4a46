"""What an account's page says of the runs that wait for it, and that they go on when mended."""

import pytest
from django.urls import reverse

from contacts.models import Contact
from dashboards.neighbours import contact_names, waiting_runs
from enrichment import sweeping
from enrichment.models import Recipe, Run
from integrations.models import Account
from integrations.services import ensure_accounts, set_secrets
from integrations.trials import run_trial
from tests.dashboards.people import signed_in
from tests.integrations.sandbox.running import running_sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    ensure_accounts()
    return Account.objects.get(provider="twilio")


@pytest.fixture
def run():
    """Makes runs with a contact left to do, which something stopped."""
    recipe = Recipe.objects.create(slug="r", name="R")
    contact = Contact.objects.create(phone_raw="x", phone_e164="+14155550100")

    def make(blocked_by, **fields):
        values = {"state": Run.State.BLOCKED, "is_sandbox": True, "reason": "why", **fields}
        made = Run.objects.create(recipe=recipe, blocked_by=blocked_by, total_count=1, **values)
        made.items.create(contact=contact)
        return made

    return make


def test_runs_that_wait_for_the_account_are_told_and_no_others(account, run):
    secret = run("provider:twilio")
    budget = run(f"cap:account:{account.pk}:2026-11-22")
    for other in ("provider:other", f"cap:account:{account.pk}1:2026-11", "cap:run:1", "mode"):
        run(other)
    run("provider:twilio", state=Run.State.PAUSED)

    found = waiting_runs(account)

    assert [(one.name, one.why) for one in found] == [(str(budget), "why"), (str(secret), "why")]
    assert found[0].link == reverse("admin:enrichment_run_change", args=[budget.pk])


def test_the_page_shows_them_to_who_may_see_runs(account, run):
    waits = run("provider:twilio")
    address = reverse("admin:integrations_account_change", args=[account.pk])
    link = reverse("admin:enrichment_run_change", args=[waits.pk])

    sees = signed_in("integrations.view_account", "enrichment.view_run").get(address)
    sees_not = signed_in("integrations.view_account").get(address)

    assert "1 run waits for this account" in sees.content.decode()
    assert link in sees.content.decode()
    assert link not in sees_not.content.decode()


def test_a_test_that_works_lets_the_waiting_runs_go_on(account, run, admin_user, settings):
    settings.SANDBOX = True
    waits = run("provider:twilio")
    Account.objects.update(state="rejected", state_reason="was suspended")
    account.refresh_from_db()
    sweeping.sweep()
    waits.refresh_from_db()
    before = waits.state

    with running_sandbox() as sandbox:
        settings.SANDBOX_URL = sandbox.url
        run_trial(account, admin_user)
    sweeping.sweep()

    waits.refresh_from_db()
    assert (before, waits.state) == (Run.State.BLOCKED, Run.State.WORKING)


def test_a_new_secret_lets_the_waiting_runs_go_on(account, run, settings):
    settings.SANDBOX = True
    waits = run("provider:twilio")
    Account.objects.update(state="rejected", state_reason="wrong")

    set_secrets(account, {"account_sid": "AC" + "1" * 32, "auth_token": "2" * 32})
    sweeping.sweep()

    waits.refresh_from_db()
    assert (waits.state, waits.blocked_by, waits.reason) == (Run.State.WORKING, "", "")


def test_names_of_contacts_are_one_query_however_many(django_assert_num_queries):
    made = [
        Contact.objects.create(phone_raw="x", phone_e164=f"+1415555010{n}", phone_ext=str(n))
        for n in range(3)
    ]

    with django_assert_num_queries(1):
        names = contact_names([contact.pk for contact in made])

    assert names == {contact.pk: contact.phone_display for contact in made}
