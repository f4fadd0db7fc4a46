"""Proves rules sound by trying every combination of signals that there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise, product

from enrichment.leads.rules import Rules
from enrichment.leads.scoring import points_of, reasons_for
from enrichment.leads.signals import Signals

# Each signal's values, the better ones behind.
ORDERS = {
    "spf": ("absent", "broken", "open", "soft", "strict"),
    "dkim": ("absent", "present"),
    "dmarc": ("absent", "none", "quarantine", "reject"),
    "expiry": ("expired", "soon", "later"),
}
PERCENTS = tuple(range(101))
PRIORITIES = range(1, 8)
SEGMENTS = frozenset(("existing", "migration", "cold", "shielded", "skip"))


def problems(rules: Rules) -> list[str]:
    """Return what is wrong with the rules, in words; nothing where they are sound."""
    found = list(_of_tables(rules))
    if found:
        return found
    reached = {provider: reachable(rules, provider) for provider in rules.points["provider"]}
    return [
        *_of_scores(reached),
        *_of_segments(rules, reached),
        *_of_priorities(rules, reached),
        *_of_tags(rules),
    ]


def reachable(rules: Rules, provider: str) -> frozenset[int]:
    """Return every readiness that a lead of the provider can have."""
    mail = "no" if provider == "none" else "yes"
    found = set()
    for spf, dkim, expiry in product(ORDERS["spf"], ORDERS["dkim"], ORDERS["expiry"]):
        signals = Signals(mail=mail, provider=provider, spf=spf, dkim=dkim, expiry=expiry)
        for dmarc, percent in _policies(rules):
            whole = replace(signals, dmarc=dmarc, percent=percent)
            found.add(sum(reason.points for reason in reasons_for(rules, whole, provider)))
    return frozenset(found)


def _policies(rules: Rules) -> Iterable[tuple[str, int]]:
    """Return a policy and its share of the mail for each figure that DMARC can earn."""
    by_points = {
        points_of(rules, Signals(dmarc=dmarc, percent=percent), "dmarc"): (dmarc, percent)
        for dmarc, percent in product(ORDERS["dmarc"], PERCENTS)
    }
    return by_points.values()


def _of_tables(rules: Rules) -> Iterator[str]:
    for name, order in ORDERS.items():
        table = rules.points.get(name, {})
        if set(table) != set(order):
            yield f"points.{name} has to give points for {', '.join(order)}, and nothing else"
            continue
        for worse, better in pairwise(order):
            if table[worse] > table[better]:
                yield f"points.{name}: {better} is worth less than {worse}"
    for name in ("none", "other"):
        if name not in rules.points.get("provider", {}):
            yield f"points.provider lacks {name}"
    known = set(rules.points.get("provider", {}))
    for rule in rules.segments:
        for provider in set(rule.providers) - known:
            yield f"segment {rule.name} names {provider}, which has no points"
        if rule.name not in SEGMENTS:
            yield f"no segment is called {rule.name}"


def _of_scores(reached: dict[str, frozenset[int]]) -> Iterator[str]:
    for provider, scores in reached.items():
        if min(scores) < 0 or max(scores) > 100:
            yield f"{provider} reaches {min(scores)} to {max(scores)}, which leaves 0 to 100"


def _of_segments(rules: Rules, reached: dict[str, frozenset[int]]) -> Iterator[str]:
    """Every provider and readiness, reachable or not, in one segment; every row used."""
    for provider in reached:
        for score in range(101):
            names = [rule.name for rule in rules.segments if rule.holds(provider, score)]
            if len(names) != 1:
                yield f"{provider} with {score} is in {len(names)} segments"
                break
    for rule in rules.segments:
        for provider in rule.providers:
            if not any(rule.holds(provider, score) for score in reached[provider]):
                yield f"{provider} never reaches {rule.name} {rule.low} to {rule.high}"


def _of_priorities(rules: Rules, reached: dict[str, frozenset[int]]) -> Iterator[str]:
    """One priority for every reachable lead, no worse one for a better lead; every row used."""
    used = set()
    for provider, scores in reached.items():
        last = max(PRIORITIES)
        for score in sorted(scores):
            holding = [
                one
                for rule in rules.segments
                if rule.holds(provider, score)
                for one in rules.priorities
                if one.holds(rule.name, score)
            ]
            used.update(holding)
            if len(holding) != 1 or holding[0].priority not in PRIORITIES:
                yield f"{provider} with {score} has {len(holding)} priorities from 1 to 7"
                break
            if holding[0].priority > last:
                yield f"{provider} with {score} has a worse priority than with less"
                break
            last = holding[0].priority
    for rule in rules.priorities:
        if rule not in used:
            yield f"no lead reaches priority {rule.segment} {rule.low} to {rule.high}"


def _of_tags(rules: Rules) -> Iterator[str]:
    known = {
        **{name: set(order) for name, order in ORDERS.items()},
        "mail": {"yes", "no"},
        "provider": set(rules.points["provider"]),
        "segment": {*SEGMENTS, "unknown"},
    }
    for rule in rules.tags:
        for signal, values in rule.when.items():
            if signal not in known or not set(values) <= known[signal]:
                yield f"tag {rule.name} asks for a value of {signal} that there is not"
