"""Calls from before the tally of spend are in it, to the millionth of a dollar."""

from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from integrations.ids import uuid7
from integrations.models import Account, ApiCall, SpendDay

PAST = import_module("integrations.migrations.0004_past_spend").PAST


@pytest.mark.django_db
def test_past_calls_are_added_up():
    account, now = Account.objects.create(provider="twilio"), timezone.now()
    for outcome, usd, lookup in (
        ("answered", "0.013", "line_type+caller_name"), ("answered", "0", "line_type"),
        ("failed", "0", "line_type"), ("unknown", "0.008", "line_type"),
        ("answered", "0", "connection_test"),
    ):  # fmt: skip
        ApiCall.objects.create(
            id=uuid7(), provider="twilio", lookup=lookup, account=account, outcome=outcome,
            price_usd=usd, started_at=now,
        )  # fmt: skip

    with connection.cursor() as cursor:
        cursor.execute(PAST)

    found = SpendDay.objects.order_by("lookup").values_list(
        "lookup", "asked", "hits", "misses", "errors", "unknown", "spent_usd", "unknown_usd"
    )
    price = Decimal("0.008")
    assert list(found) == [
        ("twilio.line_type", 3, 0, 1, 2, 1, price, price),
        ("twilio.line_type+caller_name", 1, 1, 0, 0, 0, Decimal("0.013"), 0),
    ]
