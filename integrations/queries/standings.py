"""How every account stands: its states in words, what it was asked, what it spent, last success."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import F, Max, Q, Sum
from django.utils import timezone

from integrations import fleet, ledger, telling
from integrations.circuits import CircuitState
from integrations.limits.memo import Noted
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

    `told` is what the provider said of its limits; `last_success` is a day where the moment is
    further back than the newest calls.
    """

    account: Account
    provider: Provider
    states: tuple[State, ...]
    pots: tuple[Pot, ...]
    last_success: datetime | date | None
    circuit: CircuitState | None
    is_sandbox: bool
    told: Sequence[Noted] = ()

    @property
    def state(self) -> State:
        return self.states[0]


def standings(accounts: Iterable[Account] | None = None, *, in_sandbox: bool) -> list[Standing]:
    """Return how these accounts stand, all of known providers unless said."""
    known = {of.slug: of for of in PROVIDERS}
    rows = list(Account.objects.filter(provider__in=known) if accounts is None else accounts)
    used, asked, heard = _used(rows), _asked(rows, in_sandbox=in_sandbox), _heard()
    told = telling.told([row.pk for row in rows], in_sandbox=in_sandbox)
    circuits = {state.key: state for state in fleet.board().states()}
    found = []
    for row in rows:
        of = known[row.provider]
        today, month, last_day = asked.get(row.pk, (0, 0, None))
        month_key, day_key = _keys(row)
        pots = (
            Pot("today", today, used.get(day_key, ZERO), row.daily_cap_usd),
            Pot("this month", month, used.get(month_key, ZERO), row.monthly_cap_usd),
        )
        circuit = circuits.get(fleet.circuit_key(of.slug, in_sandbox=in_sandbox))
        success = heard.get(row.pk) or last_day
        spent = [pot.name for pot in pots if pot.is_used_up]
        said = told.get(row.pk, ())
        states = states_of(
            row, of, circuit, spent, said, in_sandbox=in_sandbox, was_heard=bool(success)
        )
        found.append(Standing(row, of, states, pots, success, circuit, in_sandbox, said))
    return found


def _keys(account: Account) -> tuple[str, str]:
    """Return the keys of the account's budgets: this month's, today's."""
    (month, _), (day, _) = ledger.account_caps(account.pk, None, None, timezone.now().date())
    return month, day


def _used(rows: Iterable[Account]) -> Mapping[str, Decimal]:
    keys = [key for row in rows for key in _keys(row)]
    found = Budget.objects.filter(key__in=keys).annotate(used=F("spent_usd") + F("reserved_usd"))
    return dict(found.values_list("key", "used"))


def _asked(
    rows: Iterable[Account], *, in_sandbox: bool
) -> Mapping[int, tuple[int, int, date | None]]:
    """Return by account how many questions were asked today and this month, and the last day with
    an answer."""
    today = timezone.now().date()
    found = (
        LookupDay.objects.filter(account_id__in=[row.pk for row in rows], is_sandbox=in_sandbox)
        .values_list("account_id")
        .annotate(
            today=Sum("asked", default=0, filter=Q(day=today)),
            month=Sum("asked", default=0, filter=Q(day__gte=today.replace(day=1))),
            last=Max("day", filter=Q(hits__gt=0) | Q(misses__gt=0)),
        )
    )
    return {account: (of_day, of_month, last) for account, of_day, of_month, last in found}


def _heard() -> dict[int, datetime]:
    with connection.cursor() as cursor:
        cursor.execute(SUCCESSES, [LOOKED_AT])
        return dict(cursor.fetchall())
