"""Measures what alerts watch; a look costs a dozen small queries and two words with Redis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from contacts.leases import living_workers
from dashboards import queues
from dashboards.alerting import budgets
from dashboards.alerting.broken import broken_contracts
from dashboards.alerting.crm import stopped_connections
from dashboards.alerting.erasing import stopped_erasures
from dashboards.alerting.failing import failure_rates
from dashboards.alerting.leads import lead_changes
from dashboards.alerting.moving import still_s
from dashboards.alerting.readings import Reading
from dashboards.alerting.referrals import referral_deadlines
from dashboards.redis_state import circuit_label, open_circuits, redis_state
from integrations.registry import PROVIDERS
from integrations.wording import in_words
from webhooks.models import Subscription

DEAD = """
SELECT (SELECT count(*) FROM enrichment_runitem AS i JOIN enrichment_run AS r ON r.id = i.run_id
    WHERE i.state = 'dead' AND r.state <> 'cancelled') AS contact,
  (SELECT count(*) FROM enrichment_discoveryplace AS p
    JOIN enrichment_discovery AS d ON d.id = p.discovery_id
    WHERE p.state = 'dead' AND d.state <> 'cancelled') AS search,
  (SELECT count(*) FROM webhooks_delivery WHERE state = 'dead') AS delivery
"""
PLURALS = {"search": "searches", "delivery": "deliveries"}
CONNECTIONS = """
SELECT count(*) * 100.0 / current_setting('max_connections')::int
FROM pg_stat_activity WHERE backend_type = 'client backend'
"""


def measure() -> tuple[set[str], list[Reading]]:
    """Return the kinds that could be measured, and their readings.

    With Redis away nobody knows the circuits: an alert about one stays as it is.
    """
    redis = redis_state()
    readings = [
        *_queues(),
        *_beat(),
        *_failures(),
        *budgets.readings(),
        *_dead(),
        *_connections(),
        *lead_changes(),
        *broken_contracts(),
        *_subscriptions(),
        *referral_deadlines(),
        *stopped_connections(),
        *stopped_erasures(),
    ]
    kinds = {
        "queue_depth", "queue_age", "no_worker", "beat_silent", "failure_rate", "budget_near",
        "budget_used", "dead_letters", "postgres", "redis", "lead_changed",
        "contract_broken", "subscription_off", "connection_stopped", "referral_due",
        "erasure_stopped",
    }  # fmt: skip
    if redis.problem:
        readings.append(Reading("redis", "", 1, redis.problem))
    if not redis.is_away:
        kinds.add("circuit_open")
        readings += _circuits()
    return kinds, readings


def beat_age_s() -> float | None:
    """Return how long ago the scheduler last rang anybody; None if it never did."""
    last = PeriodicTask.objects.aggregate(last=Max("last_run_at"))["last"]
    return max(0.0, (timezone.now() - last).total_seconds()) if last else None


def _queues() -> Iterator[Reading]:
    lines = {f"run:{line.id}": line for line in queues.runs() if line.state == "working"}
    lines |= {f"import:{line.id}": line for line in queues.imports()}
    searched = (line for line in queues.discoveries() if line.state == "working")
    lines |= {f"discovery:{line.id}": line for line in searched}
    depth = sum(line.waiting for line in lines.values())
    words = f"{_number(depth, 'item')} {'was' if depth == 1 else 'were'} waiting."
    yield Reading("queue_depth", "", depth, words)
    still = still_s(lines)
    if not still:
        return
    key = max(still, key=lambda one: still[one])
    stands = f"{lines[key].name} has due work, and nothing of it was done for {_span(still[key])}"
    yield Reading("queue_age", "", still[key], f"{stands}.")
    if not living_workers():
        yield Reading("no_worker", "", still[key], f"{stands}: no worker is alive.")


def _beat() -> Iterator[Reading]:
    age_s = beat_age_s()
    if age_s is not None:
        yield Reading("beat_silent", "", age_s, f"It rang nobody for {_span(age_s)}.")


def _circuits() -> Iterator[Reading]:
    for state in open_circuits():
        why = (state.reason or in_words(state.last_error) or "no reason given").rstrip(".")
        words = f"The circuit of {circuit_label(state.key)} is {state.state}: {why}."
        yield Reading("circuit_open", state.key, 1, words)


def _failures() -> Iterator[Reading]:
    labels = {of.slug: of.label for of in PROVIDERS}
    for slug, rate in failure_rates().items():
        words = f"{rate.errors:,} of the last {rate.asked:,} lookups at {labels.get(slug, slug)}"
        yield Reading("failure_rate", slug, rate.percent, f"{words} failed.")


def _dead() -> Iterator[Reading]:
    with connection.cursor() as cursor:
        cursor.execute(DEAD)
        things = [column.name for column in cursor.description]
        counts = dict(zip(things, cursor.fetchone(), strict=True))
    total = sum(counts.values())
    parts = [_number(count, thing) for thing, count in counts.items() if count]
    words = f"{_listed(parts or [_number(0, 'contact')])} {'was' if total == 1 else 'were'}"
    yield Reading("dead_letters", "", total, f"{words} given up after three tries.")


def _connections() -> Iterator[Reading]:
    percent = float(_one(CONNECTIONS))
    yield Reading("postgres", "", percent, f"{percent:.0f} % of its connections are taken.")


def _subscriptions() -> Iterator[Reading]:
    for row in Subscription.objects.broken():
        words = f"{row.name} ({row.place}) is told nothing more. {row.off_why}"
        yield Reading("subscription_off", f"subscription:{row.pk}", 1, words)


def _one(sql: str) -> Decimal:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        (value,) = cursor.fetchone()
    return Decimal(value)


def _span(seconds: float) -> str:
    """Return a time in words, in its largest unit or two."""
    minutes = int(seconds // 60)
    parts: Iterable[tuple[int, str]] = (
        ((minutes // 60, "h"), (minutes % 60, "min")) if minutes else ((int(seconds), "s"),)
    )
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


def _number(count: int, thing: str) -> str:
    """Return a count in words: "1 contact", "1,200 searches"."""
    return f"{count:,} {thing if count == 1 else PLURALS.get(thing, f'{thing}s')}"


def _listed(parts: list[str]) -> str:
    """Return parts in a sentence: "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
