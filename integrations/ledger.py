"""Money and memory of calls: reserved before they are sent, settled after, never silently lost.

`reserve` writes one `Reservation` per question before anything leaves, and takes its price from
every budget concerned; it is the write-ahead record that makes a crash visible. `settle` replaces
reservations by `ApiCall` rows and moves the money from reserved to spent, for many calls in one
transaction. `abandon` does so for a worker that is lost: its calls become `unknown`, counted as
spent. All three run inside the caller's transaction.

Locks are taken in one order everywhere: budgets by key, then reservations by call key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import orjson
from django.db import connection
from django.utils import timezone

from integrations.calls import Call
from integrations.models import Account, Budget

ZERO = Decimal(0)


@dataclass(slots=True)
class Intent:
    """A question that is about to be asked, at `price_usd` at the most."""

    call_key: UUID
    request_id: UUID
    account_id: int
    provider: str
    questions: dict[str, UUID]
    price_usd: Decimal
    contact_id: int | None = None
    run_id: int | None = None
    is_sandbox: bool = False
    caps: tuple[tuple[str, Decimal | None], ...] = ()


@dataclass(slots=True)
class Verdict:
    """What became of intents, by call key: the rest was granted."""

    in_flight: set[UUID] = field(default_factory=set)
    over: dict[UUID, str] = field(default_factory=dict)


@dataclass(slots=True)
class Settled:
    """A call that ended. `parts` are (lookup, "hit" | "miss" | "error", price) per lookup."""

    call: Call
    intents: Sequence[Intent]
    outcome: str
    parts: Sequence[tuple[str, str, Decimal]]

    @property
    def price_usd(self) -> Decimal:
        return sum((price for _, _, price in self.parts), ZERO)


def account_caps(
    account_id: int, daily_usd: Decimal | None, monthly_usd: Decimal | None, today: date
) -> tuple[tuple[str, Decimal | None], ...]:
    """Return the keys and caps of an account's budgets of this day and month (UTC)."""
    month = f"account:{account_id}:{today:%Y-%m}"
    return ((month, monthly_usd), (f"{month}-{today:%d}", daily_usd))


def reserve(intents: Sequence[Intent], worker_id: UUID) -> Verdict:
    """Grant what no one else is asking and every budget allows, in the order given."""
    verdict = Verdict()
    paid = [intent for intent in intents if intent.price_usd]
    if paid:
        _fit(paid, _locked_budgets(paid), verdict)
    wanted = sorted(
        (intent for intent in intents if intent.call_key not in verdict.over),
        key=lambda intent: intent.call_key,
    )
    inserted = _insert(wanted, worker_id)
    rest = [intent for intent in wanted if intent.call_key not in inserted]
    verdict.in_flight = {i.call_key for i in rest} - _standing(rest)
    promised: defaultdict[str, Decimal] = defaultdict(Decimal)
    for intent in wanted:
        if intent.call_key in inserted and intent.price_usd:
            for key, _ in intent.caps:
                promised[key] += intent.price_usd
    _move({key: (amount, ZERO) for key, amount in promised.items()})
    return verdict


def _locked_budgets(paid: Iterable[Intent]) -> dict[str, Decimal]:
    """Lock the budgets concerned and return what is left of the capped ones."""
    caps = dict(sorted(cap for intent in paid for cap in intent.caps))
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(
                "SELECT key, cap_usd, reserved_usd + spent_usd FROM integrations_budget"
                " WHERE key = ANY(%s) ORDER BY key FOR UPDATE",
                [list(caps)],
            )
            rows = cursor.fetchall()
            if len(rows) == len(caps):
                break
            cursor.execute(
                "INSERT INTO integrations_budget (key) SELECT unnest(%s::text[]) ORDER BY 1"
                " ON CONFLICT DO NOTHING",
                [list(caps)],
            )
    left = {}
    for key, own_cap, used in rows:
        cap = own_cap if caps[key] is None else caps[key]
        if cap is not None:
            left[key] = cap - used
    return left


def _fit(paid: Iterable[Intent], left: dict[str, Decimal], verdict: Verdict) -> None:
    for intent in paid:
        keys = [key for key, _ in intent.caps if key in left]
        short = next((key for key in keys if left[key] < intent.price_usd), None)
        if short:
            verdict.over[intent.call_key] = short
            continue
        for key in keys:
            left[key] -= intent.price_usd


def _insert(wanted: Sequence[Intent], worker_id: UUID) -> set[UUID]:
    """Insert reservations and return the call keys of those that were free."""
    if not wanted:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrations_reservation (worker_id, call_key, request_id, account_id,"
            " provider, questions, contact_id, run_id, price_usd, budgets, is_sandbox)"
            " SELECT %s, n.* FROM json_to_recordset(%s::json) AS n (call_key uuid, request_id uuid,"
            " account_id bigint, provider text, questions jsonb, contact_id bigint, run_id bigint,"
            " price_usd numeric, budgets text, is_sandbox bool)"
            " ON CONFLICT (call_key) DO NOTHING RETURNING call_key",
            [worker_id, orjson.dumps([_reservation(intent) for intent in wanted]).decode()],
        )
        return {key for (key,) in cursor.fetchall()}


def _standing(intents: Sequence[Intent]) -> set[UUID]:
    """Return the call keys of our own reservations: of a commit whose answer we never got."""
    if not intents:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT call_key FROM integrations_reservation"
            " WHERE call_key = ANY(%s::uuid[]) AND request_id = ANY(%s::uuid[])",
            _keys(intents),
        )
        return {key for (key,) in cursor.fetchall()}


def _reservation(intent: Intent) -> dict[str, object]:
    return {
        "call_key": intent.call_key,
        "request_id": intent.request_id,
        "account_id": intent.account_id,
        "provider": intent.provider,
        "questions": intent.questions,
        "contact_id": intent.contact_id,
        "run_id": intent.run_id,
        "price_usd": str(intent.price_usd),
        "budgets": " ".join(key for key, _ in intent.caps) if intent.price_usd else "",
        "is_sandbox": intent.is_sandbox,
    }


def _keys(intents: Iterable[Intent]) -> list[str]:
    """Return the call keys and the request ids as two arrays in PostgreSQL's own words.

    psycopg takes ten times as long to write a list of UUIDs, and there are some for every call.
    """
    pairs = [(str(intent.call_key), str(intent.request_id)) for intent in intents]
    return ["{" + ",".join(column) + "}" for column in zip(*pairs, strict=True)]


def _move(changes: dict[str, tuple[Decimal, Decimal]]) -> None:
    """Add (reserved, spent) to budgets, in the order of their keys."""
    if not changes:
        return
    keys = sorted(changes)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_budget AS b SET reserved_usd = b.reserved_usd + v.reserved,"
            " spent_usd = b.spent_usd + v.spent"
            " FROM (SELECT l.key, n.reserved, n.spent"
            "   FROM unnest(%s::text[], %s::numeric[], %s::numeric[]) AS n (key, reserved, spent)"
            "   JOIN integrations_budget AS l ON l.key = n.key ORDER BY l.key FOR UPDATE OF l) AS v"
            " WHERE b.key = v.key",
            [keys, [changes[k][0] for k in keys], [changes[k][1] for k in keys]],
        )


def join(intents: Sequence[Intent], request_id: UUID) -> None:
    """Put reservations under one request id, before they go out as one call."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_reservation SET request_id = %s"
            " WHERE call_key = ANY(%s::uuid[]) AND request_id = ANY(%s::uuid[])",
            [request_id, *_keys(intents)],
        )
    for intent in intents:
        intent.request_id = request_id


def release(intents: Collection[Intent]) -> None:
    """Give back reservations whose calls were never sent."""
    _lock(intents)
    _return_to_budgets(_take(intents), {})


def settle(settled: Sequence[Settled]) -> None:
    """Write ended calls to the ledger and move their money from reserved to spent."""
    if not settled:
        return
    intents = [intent for one in settled for intent in one.intents]
    _lock(intents)
    taken = _take(intents)
    late = [one for one in settled if any(i.call_key not in taken for i in one.intents)]
    if late:
        _forget_unknown(late)
    _copy(settled)
    _count(settled)
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in settled:
        price = one.price_usd
        if price:
            for key, _ in one.intents[0].caps:
                spent[key] += price
    _return_to_budgets(taken, spent)


def _lock(intents: Iterable[Intent]) -> None:
    keys = sorted({key for i in intents if i.price_usd for key, _ in i.caps})
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT FROM integrations_budget WHERE key = ANY(%s) ORDER BY key FOR UPDATE",
                [keys],
            )


def _take(intents: Collection[Intent]) -> dict[UUID, tuple[Decimal, str]]:
    """Delete reservations of ours and return {call key: (price, budgets)}."""
    if not intents:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM integrations_reservation"
            " WHERE call_key = ANY(%s::uuid[]) AND request_id = ANY(%s::uuid[])"
            " RETURNING call_key, price_usd, budgets",
            _keys(intents),
        )
        return {key: (price, budgets) for key, price, budgets in cursor.fetchall()}


def _return_to_budgets(
    taken: Mapping[UUID, tuple[Decimal, str]], spent: Mapping[str, Decimal]
) -> None:
    changes: dict[str, tuple[Decimal, Decimal]] = {key: (ZERO, usd) for key, usd in spent.items()}
    for price, budgets in taken.values():
        for key in budgets.split():
            reserved, paid = changes.get(key, (ZERO, ZERO))
            changes[key] = (reserved - price, paid)
    _move(changes)


def _forget_unknown(late: Sequence[Settled]) -> None:
    """Take back what `abandon` wrote about calls whose worker lives after all."""
    budgets: defaultdict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM integrations_apicall WHERE id = ANY(%s) AND outcome = 'unknown'"
            " RETURNING id, price_usd",
            [[one.call.request_id for one in late]],
        )
        counted = dict(cursor.fetchall())
    for one in late:
        price = counted.get(one.call.request_id, ZERO)
        if price:
            for key, _ in one.intents[0].caps:
                budgets[key] = (ZERO, budgets[key][1] - price)
    _move(dict(budgets))


CALL_COLUMNS = (
    "id, provider, lookup, account_id, contact_id, run_id, outcome, http_status, ms, tries,"
    " price_usd, remote_id, error_class, error, exchange, is_sandbox, started_at"
)


def _copy(settled: Sequence[Settled]) -> None:
    now = timezone.now()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY integrations_apicall ({CALL_COLUMNS}) FROM STDIN") as copy,
    ):
        for one in settled:
            call, error = one.call, one.call.error
            copy.write_row(
                (
                    call.request_id,
                    call.provider.slug,
                    "+".join(call.lookups)[:200],
                    call.account.id,
                    one.intents[0].contact_id,
                    one.intents[0].run_id,
                    one.outcome,
                    call.status,
                    call.ms,
                    call.tries,
                    one.price_usd,
                    call.remote_id[:80],
                    type(error).__name__ if error else "",
                    str(error)[:300] if error else "",
                    call.exchange[:500],
                    call.account.is_sandbox,
                    call.started_at or now,
                )
            )


def _count(settled: Sequence[Settled]) -> None:
    """Add to the tallies by lookup and day."""
    sums: dict[tuple[int, str, bool], list[Decimal | int]] = {}
    for one in settled:
        account = one.call.account
        for lookup, outcome, price in one.parts:
            key = (account.id, f"{account.provider}.{lookup}", account.is_sandbox)
            row = sums.setdefault(key, [0, 0, 0, 0, ZERO])
            row[0] += 1
            row[("hit", "miss", "error").index(outcome) + 1] += 1
            row[4] += price
    today = datetime.now(UTC).date()
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO integrations_lookupday AS d (account_id, lookup, is_sandbox, day, asked,"
            " hits, misses, errors, spent_usd) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (account_id, lookup, day, is_sandbox) DO UPDATE SET"
            " asked = d.asked + EXCLUDED.asked, hits = d.hits + EXCLUDED.hits,"
            " misses = d.misses + EXCLUDED.misses, errors = d.errors + EXCLUDED.errors,"
            " spent_usd = d.spent_usd + EXCLUDED.spent_usd",
            [(*key, today, *sums[key]) for key in sorted(sums)],
        )


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A reservation left behind by a lost worker: perhaps sent, perhaps charged."""

    request_id: UUID
    account_id: int
    provider: str
    questions: Mapping[str, str]
    price_usd: Decimal
    is_sandbox: bool
    is_dear: bool


def abandon(worker_ids: Sequence[UUID]) -> list[Abandoned]:
    """Turn what lost workers had reserved into `unknown` calls, counted as spent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT unnest(string_to_array(budgets, ' ')) FROM integrations_reservation"
            " WHERE worker_id = ANY(%s)",
            [list(worker_ids)],
        )
        keys = sorted(key for (key,) in cursor.fetchall() if key)
        cursor.execute(
            "SELECT FROM integrations_budget WHERE key = ANY(%s) ORDER BY key FOR UPDATE", [keys]
        )
        cursor.execute(
            "DELETE FROM integrations_reservation AS r USING integrations_account AS a"
            " WHERE worker_id = ANY(%s) AND a.id = r.account_id RETURNING r.request_id,"
            " r.account_id, r.provider, r.questions::text, r.price_usd, r.is_sandbox,"
            " r.price_usd > a.hold_unknown_above_usd,"
            " r.call_key, r.budgets, r.run_id, r.contact_id, r.reserved_at",
            [list(worker_ids)],
        )
        rows = cursor.fetchall()
    left = [
        (
            Abandoned(r[0], r[1], r[2], orjson.loads(r[3]), r[4], r[5], r[6]),
            (r[9], r[10], r[5], r[11]),
        )
        for r in rows
    ]
    _write_unknown(left)
    _return_to_budgets({r[7]: (r[4], r[8]) for r in rows}, _sums((r[4], r[8]) for r in rows))
    return [one for one, _ in left]


def _sums(paid: Iterable[tuple[Decimal, str]]) -> dict[str, Decimal]:
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    for price, budgets in paid:
        for key in budgets.split():
            spent[key] += price
    return spent


def _write_unknown(
    left: Sequence[tuple[Abandoned, tuple[int | None, int | None, bool, datetime]]],
) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO integrations_apicall AS c (id, provider, lookup, account_id, run_id,"
            " contact_id, outcome, ms, tries, price_usd, remote_id, error_class, error, exchange,"
            " is_sandbox, started_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, 'unknown', 0, 1, %s, '', 'OutcomeUnknown',"
            " 'The worker was lost while this call was under way.', '', %s, %s)"
            " ON CONFLICT (id) DO UPDATE SET price_usd = c.price_usd + EXCLUDED.price_usd",
            [
                (
                    one.request_id,
                    one.provider,
                    "+".join(one.questions)[:200],
                    one.account_id,
                    *about[:2],
                    one.price_usd,
                    *about[2:],
                )
                for one, about in left
            ],
        )


def set_cap(key: str, cap_usd: Decimal | None) -> None:
    """Set a budget's own cap."""
    Budget.objects.update_or_create(key=key, defaults={"cap_usd": cap_usd})


def has_room(key: str) -> bool:
    """Tell whether an account's budget, by its key, is from a past period or below its cap now."""
    _, account_id, period = key.split(":")
    if not f"{datetime.now(UTC):%Y-%m-%d}".startswith(period):
        return True
    account = Account.objects.get(pk=account_id)
    cap = account.daily_cap_usd if period.count("-") == 2 else account.monthly_cap_usd
    budget = Budget.objects.filter(key=key).first()
    return cap is None or budget is None or budget.reserved_usd + budget.spent_usd < cap
