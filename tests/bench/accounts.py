"""The cards of the accounts, and the page of the one that was asked everything."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.pages import CONTACTS, QUICK_CONTACTS, measure
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from django.urls import reverse

    from integrations.models import Account
    from tests.lab import worked

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    worked.ensure(contacts)
    account = Account.objects.get(provider="twilio")
    pages = {
        "cards": reverse("admin:integrations_account_changelist"),
        "account": reverse("admin:integrations_account_change", args=[account.pk]),
    }
    yield measure("accounts", pages, contacts=contacts)
