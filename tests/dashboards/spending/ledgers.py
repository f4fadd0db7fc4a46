"""A ledger with everything in it: runs, teams, recipes, batches, unknown and repeated calls."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from integrations import ledger
from integrations.accounts import Accounts
from integrations.calls import Call
from integrations.ids import uuid7
from integrations.ledger import Intent, Settled
from integrations.models import Account
from integrations.registry import provider

PRICE = Decimal("0.008")


def intent(account, run_id=None, *, lookups=("line_type",), price=PRICE, contact_id=None):
    return Intent(
        uuid4(), uuid7(), account.pk, account.provider, {name: uuid4() for name in lookups},
        price * len(lookups), contact_id=contact_id, run_id=run_id, is_sandbox=True,
        caps=ledger.account_caps(account.pk, None, None, datetime.now(UTC).date()),
    )  # fmt: skip


def settled(intent, *parts, outcome="answered", at=None, ms=100):
    """A call that ended: `parts` are (lookup, "hit" | "miss" | "error", price)."""
    accounts = Accounts()
    accounts.refresh()
    of = provider(intent.provider)
    call = Call(of, accounts.view(of.slug), intent.request_id, tuple(part[0] for part in parts))
    call.started_at, call.tries, call.status, call.ms = at or datetime.now(UTC), 1, 200, ms
    return Settled(call, [intent], outcome, parts)


def account(slug="twilio"):
    return Account.objects.get_or_create(provider=slug)[0]


def ask(run_id, *parts, of="twilio", outcome="answered", at=None, contact_id=None, ms=100):
    """Reserve and settle one call as the engine does."""
    mine = intent(
        account(of), run_id, lookups=tuple(part[0] for part in parts), contact_id=contact_id
    )
    ledger.reserve([mine], uuid4())
    ledger.settle([settled(mine, *parts, outcome=outcome, at=at, ms=ms)])
    return mine


def lose(run_id, *, lookups=("line_type",), of="twilio", contact_id=None):
    """Reserve a call whose worker is lost before it is settled."""
    worker, mine = uuid4(), intent(account(of), run_id, lookups=lookups, contact_id=contact_id)
    ledger.reserve([mine], worker)
    ledger.abandon([worker])
    return mine
