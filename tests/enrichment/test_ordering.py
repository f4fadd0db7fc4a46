"""The order that costs least, from prices and hit rates."""

from datetime import UTC, datetime
from decimal import Decimal

from enrichment.ordering import propose
from integrations.accounts import Accounts
from integrations.models import Account, AccountLookup, LookupDay
from integrations.services import ensure_accounts


def offers(field):
    accounts = Accounts()
    accounts.refresh()
    return [(one.lookup.slug, one.per_hit_usd) for one in propose(field, accounts)
            if one.lookup.provider == "hunter"]  # fmt: skip


def test_what_a_hit_costs_decides_the_order(transactional_db, settings):
    settings.SANDBOX = True
    ensure_accounts()
    account = Account.objects.get(provider="hunter")
    LookupDay.objects.create(
        account_id=account.pk, lookup="hunter.verify_email", day=datetime.now(UTC).date(),
        is_sandbox=True, asked=100, hits=25,
    )  # fmt: skip

    before = offers("email_status")
    AccountLookup.objects.create(
        account=account, name="verify_email", is_enabled=True, price_usd=Decimal("0.005")
    )

    assert before == [
        ("hunter.find_email", Decimal("0.034")), ("hunter.verify_email", Decimal("0.068")),
    ]  # fmt: skip
    assert offers("email_status") == [
        ("hunter.verify_email", Decimal("0.02")), ("hunter.find_email", Decimal("0.034")),
    ]  # fmt: skip
