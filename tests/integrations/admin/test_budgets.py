"""The list of budgets: each is named after whose it is, with the cap of that."""

from decimal import Decimal

import pytest
from django.urls import reverse

from integrations.models import Account, Budget

pytestmark = pytest.mark.django_db


def test_budgets_are_those_of_runs_discoveries_and_accounts(admin_client, account):
    Account.objects.update(monthly_cap_usd=100)
    month = f"account:{account.pk}:2026-11"
    for key, cap in ((f"run:{account.pk}", 5), (f"discovery:{account.pk}", 2), (month, None)):
        Budget.objects.create(key=key, cap_usd=cap, spent_usd=Decimal(1))

    response = admin_client.get(reverse("admin:integrations_budget_changelist"))

    office = response.context["cl"].model_admin
    shown = [(office.pot(row), office.cap(row)) for row in response.context["cl"].result_list]
    assert [cap for _, cap in shown] == ["$5.00", "$2.00", "$100.00"]
    assert [f">{name}</a>" in pot for (pot, _), name in zip(shown, (
        f"Run {account.pk}", f"Discovery {account.pk}", "Twilio Lookup, month 2026-11"
    ), strict=True)] == [True] * 3  # fmt: skip
