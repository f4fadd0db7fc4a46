"""How every account stands: its states in words, what it was asked, what it spent, last success."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import F, Q, Sum
from django.utils import timezone

from integrations import fleet, ledger
from integrations.accounts import is_sandbox
from integrations.circuits import CircuitState
from integrations.models import Account, Budget, LookupDay
from integrations.provider import Provider
from integrations.queries.states import State, states_of
from integrations.registry import PROVIDERS

ZERO = Decimal(0)

# Every account's last answer among the newest calls; an index for this would cost every call.
LOOKED_AT = 5_000
SUCCESSES = """
SELECT account_id, max(started_at) FROM (
  SELECT account_id, outcome, started_at FROM integrations_apicall ORDER BY id DESC LIMIT %s
) AS newest WHERE outcome = 'answered' GROUP BY account_id
"""


@dataclass(frozen=True, slots=True)
class Pot:
    """What is used of a budget, spent and promised; no cap is None."""

    name: str
    asked: int
    used_usd: Decimal
    cap_usd: Decimal | None

    @property
    def is_used_up(self) -> bool:
        return self.cap_usd is not None and self.used_usd >= self.cap_usd

    @property
    def percent(self) -> int | None:
        if self.cap_usd is None:
            return None
        return min(100, int(self.used_usd * 100 / self.cap_usd)) if self.cap_usd else 100


@dataclass(frozen=True, slots=True)
class Standing:
    """An account at a glance; `states` has the most pressing first, `pots` today and this month.

    `last_success` is a day where the moment is further back than the newest calls.
    """

    account: Account
    provider: Provider
    states: tuple[State, ...]
    pots: tuple[Pot, ...]
    last_success: datetime | date | None
    circuit: CircuitState | None
    is_sandbox: bool

    @property
    def state(self) -> State:
        return self.states[0]


def standings(accounts: Iterable[Account] | None = None) -> list[Standing]:
    """Return how these accounts stand, all of known providers unless said, in five queries."""
    known = {of.slug: of for of in PROVIDERS}
    rows = list(Account.objects.filter(provider__in=known) if accounts is None else accounts)
    in_sandbox = is_sandbox()
    used, asked = _used(rows), _asked(rows, in_sandbox=in_sandbox)
    successes = _successes(rows, in_sandbox=in_sandbox)
    circuits = {state.key: state for state in fleet.states()}
    found = []
    for row in rows:
        of = known[row.provider]
        pots = _pots(row, used, asked)
        circuit = circuits.get(fleet.circuit_key(of.slug, in_sandbox=in_sandbox))
        success = successes.get(row.pk)
        spent = [pot.name for pot in pots if pot.is_used_up]
        states = states_of(row, of, circuit, spent, in_sandbox=in_sandbox, was_heard=bool(success))
        found.append(Standing(row, of, states, pots, success, circuit, in_sandbox))
    return found


def _keys(account: Account) -> tuple[str, str]:
    """Return the keys of the account's budgets: this month's, today's."""
    (month, _), (day, _) = ledger.account_caps(account.pk, None, None, timezone.now().date())
    return month, day


def _used(rows: Iterable[Account]) -> Mapping[str, Decimal]:
    keys = [key for row in rows for key in _keys(row)]
    found = Budget.objects.filter(key__in=keys).annotate(used=F("spent_usd") + F("reserved_usd"))
    return dict(found.values_list("key", "used"))


def _asked(rows: Iterable[Account], *, in_sandbox: bool) -> Mapping[int, tuple[int, int]]:
    """Return how many questions were asked today and this month, by account."""
    today = timezone.now().date()
    found = (
        LookupDay.objects.filter(
            account_id__in=[row.pk for row in rows],
            day__gte=today.replace(day=1),
            is_sandbox=in_sandbox,
        )
        .values_list("account_id")
        .annotate(
            today=Sum("asked", default=0, filter=Q(day=today)), month=Sum("asked", default=0)
        )
    )
    return {account: (day, month) for account, day, month in found}


def _pots(
    row: Account, used: Mapping[str, Decimal], asked: Mapping[int, tuple[int, int]]
) -> tuple[Pot, Pot]:
    month_key, day_key = _keys(row)
    of_day, of_month = asked.get(row.pk, (0, 0))
    return (
        Pot("today", of_day, used.get(day_key, ZERO), row.daily_cap_usd),
        Pot("this month", of_month, used.get(month_key, ZERO), row.monthly_cap_usd),
    )


def _successes(rows: Iterable[Account], *, in_sandbox: bool) -> dict[int, datetime | date]:
    days = (
        LookupDay.objects.filter(account_id__in=[row.pk for row in rows], is_sandbox=in_sandbox)
        .filter(Q(hits__gt=0) | Q(misses__gt=0))
        .order_by("account_id", "-day")
        .distinct("account_id")
        .values_list("account_id", "day")
    )
    found: dict[int, datetime | date] = dict(days)
    with connection.cursor() as cursor:
        cursor.execute(SUCCESSES, [LOOKED_AT])
        found.update(cursor.fetchall())
    return found
