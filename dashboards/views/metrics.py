"""Figures for Prometheus, read when it asks; they are those of the pages."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from contacts.leases import living_workers
from contacts.models import Import, ImportRow
from dashboards import queries, queues, tallies
from dashboards.alerting.kinds import KINDS
from dashboards.alerting.measuring import beat_age_s
from dashboards.alerting.watching import stand_in
from dashboards.models import Alert
from dashboards.redis_state import open_circuits, redis_state
from dashboards.views.health import for_operators
from enrichment.models import Run, RunItem
from integrations.accounts import is_sandbox

PREFIX = "switchboard_"


@for_operators
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything in the text format."""
    stand_in()
    registry = CollectorRegistry()
    registry.register(_Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Figures:
    def describe(self) -> list[Metric]:
        return []  # asked at registration, when nothing has been read yet

    def collect(self) -> Iterator[Metric]:
        tally = tallies.read()
        yield _family("contacts", "Contacts by status.", "status", tally.of("status"))
        runs = dict(Run.objects.order_by().values_list("state").annotate(Count("pk")))
        yield _family("runs", "Runs by state.", "state", runs)
        yield from _items(tally.one("dead"))
        yield from _lookups()
        yield _family("workers_alive", "Workers seen within their lease.", value=living_workers())
        yield _family("circuits_open", "Circuits not closed.", value=len(open_circuits()))
        is_away = redis_state().is_away
        yield _family("redis_up", "1 while Redis answers.", value=0 if is_away else 1)
        yield _import_rows()
        yield _alerts()
        if (age_s := beat_age_s()) is not None:
            yield _family("beat_age_seconds", "Since the scheduler rang anybody.", value=age_s)


def _items(dead: int) -> Iterator[Metric]:
    lines = queues.runs()
    states = {
        "waiting": sum(line.waiting for line in lines),
        "claimed": RunItem.objects.filter(state=RunItem.State.CLAIMED).count(),
        "dead": dead,
    }
    yield _family("run_items", "Contacts of unfinished runs, and those given up.", "state", states)
    oldest_s = max((line.waits_s for line in lines if line.state == "working"), default=0.0)
    yield _family("oldest_waiting_seconds", "How long the oldest due has waited.", value=oldest_s)


def _lookups() -> Iterator[Metric]:
    found = queries.lookup_days(1, is_sandbox=is_sandbox())
    today = {lookup: one for (_, lookup), one in found.items()}
    for name, words, values in (
        ("lookups_asked_today", "Asked today (UTC).", {k: v.asked for k, v in today.items()}),
        ("lookups_hits_today", "Answered today.", {k: v.hits for k, v in today.items()}),
        ("lookups_errors_today", "Failed today.", {k: v.errors for k, v in today.items()}),
        ("spent_usd_today", "Spent today.", {k: float(v.spent_usd) for k, v in today.items()}),
    ):
        yield _family(name, words, "lookup", values)


def _import_rows() -> Metric:
    names = list(ImportRow.Outcome.values)
    sums = Import.objects.aggregate(**{name: Sum(f"{name}_count") for name in names})
    values = {name: sums[name] or 0 for name in names}
    return _family("import_rows", "Rows of all imports by outcome.", "outcome", values)


def _alerts() -> Metric:
    counts = dict.fromkeys(KINDS, 0) | dict(
        Alert.objects.standing().order_by().values_list("kind").annotate(Count("pk"))
    )
    return _family("alerts", "Alerts that stand, by kind.", "kind", counts)


def _family(
    name: str,
    words: str,
    label: str = "",
    values: dict[str, int] | dict[str, float] | None = None,
    *,
    value: float = 0.0,
) -> Metric:
    if not label:
        return GaugeMetricFamily(PREFIX + name, words, value=value)
    family = GaugeMetricFamily(PREFIX + name, words, labels=[label])
    for key, one in sorted((values or {}).items()):
        family.add_metric([key], one)
    return family
