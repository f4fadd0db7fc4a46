"""From signals to readiness, segment, priority and reasons; pure, by the rules it is given."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment.leads.rules import Rules
from enrichment.leads.signals import UNKNOWN, Signals

UNKNOWN_SEGMENT = "unknown"
OTHER = "other"
SCORED = ("spf", "dkim", "dmarc", "expiry")


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of the breakdown: a signal, its value, what it earned and what it could have."""

    signal: str
    value: str
    points: int
    most: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of a lead; readiness and priority are None while it is unknown yet.

    Where readiness is known it is the sum of the reasons' points.
    """

    readiness: int | None
    segment: str
    priority: int | None
    reasons: tuple[Reason, ...]
    tags: tuple[str, ...]


def score(rules: Rules, signals: Signals) -> Verdict:
    """Return the verdict. What is unknown never makes a lead be skipped: it is unknown yet."""
    if signals.mail == UNKNOWN:
        return Verdict(None, UNKNOWN_SEGMENT, None, (), _tags(rules, signals, UNKNOWN_SEGMENT))
    provider = provider_of(rules, signals)
    reasons = reasons_for(rules, signals, provider)
    readiness = sum(reason.points for reason in reasons)
    segment = segment_of(rules, provider, readiness)
    if segment == "skip" and not signals.is_complete:
        tags = _tags(rules, signals, UNKNOWN_SEGMENT)
        return Verdict(None, UNKNOWN_SEGMENT, None, reasons, tags)
    priority = priority_of(rules, segment, readiness)
    return Verdict(readiness, segment, priority, reasons, _tags(rules, signals, segment))


def provider_of(rules: Rules, signals: Signals) -> str:
    """Return the provider as the rules know it."""
    return signals.provider if signals.provider in rules.points["provider"] else OTHER


def reasons_for(rules: Rules, signals: Signals, provider: str) -> tuple[Reason, ...]:
    """Return the breakdown; a domain that takes no mail earns nothing by anything else."""
    table = rules.points["provider"]
    first = Reason("provider", signals.provider, table[provider], max(table.values()))
    if signals.mail == "no":
        return (first,)
    words = signals.words()
    return (
        first,
        *(
            Reason(name, words[name], points_of(rules, signals, name), _most(rules, name))
            for name in SCORED
        ),
    )


def segment_of(rules: Rules, provider: str, readiness: int) -> str:
    """Return the one segment that holds; the validator proves that there is one."""
    return next(rule.name for rule in rules.segments if rule.holds(provider, readiness))


def priority_of(rules: Rules, segment: str, readiness: int) -> int:
    return next(rule.priority for rule in rules.priorities if rule.holds(segment, readiness))


def points_of(rules: Rules, signals: Signals, name: str) -> int:
    """Return what one signal earns; one that is not known earns the least."""
    table = rules.points[name]
    value = signals.words()[name]
    if value not in table:
        return min(table.values())
    if name != "dmarc" or value == "absent":
        return table[value]
    return table["none"] + (table[value] - table["none"]) * signals.percent // 100


def _most(rules: Rules, name: str) -> int:
    return max(rules.points[name].values())


def _tags(rules: Rules, signals: Signals, segment: str) -> tuple[str, ...]:
    words = {**signals.words(), "segment": segment}
    return tuple(rule.name for rule in rules.tags if rule.holds(words))
