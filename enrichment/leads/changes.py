"""What has changed of a lead between two looks, and which changes people are told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enrichment.leads.scoring import Verdict
from enrichment.leads.signals import UNKNOWN, Signals
from enrichment.models import LeadChange

Kind, Alert = LeadChange.Kind, LeadChange.Alert
SIGNALS = (Kind.MX, Kind.PROVIDER, Kind.SPF, Kind.DKIM, Kind.DMARC, Kind.EXPIRY)
NO_HOST = "none"
_GUARD = {"absent": 0, "none": 1, "quarantine": 2, "reject": 3}


@dataclass(frozen=True, slots=True)
class Change:
    """One change; `alert` is "" where nobody is told of it."""

    kind: str
    old: str
    new: str
    alert: str = ""


def kept(signals: Signals, verdict: Verdict) -> dict[str, str]:
    """Return what a lead keeps to tell changes against."""
    host = NO_HOST if signals.mail == "no" else signals.mail_host
    return {
        Kind.MX.value: host if signals.mail != UNKNOWN else UNKNOWN,
        Kind.PROVIDER.value: signals.provider,
        Kind.SPF.value: signals.spf,
        Kind.DKIM.value: signals.dkim,
        Kind.DMARC.value: signals.dmarc,
        Kind.EXPIRY.value: signals.expiry,
        Kind.SCORE.value: UNKNOWN if verdict.readiness is None else str(verdict.readiness),
        Kind.SEGMENT.value: verdict.segment,
    }


def carried(before: Mapping[str, Any], now: Mapping[str, str]) -> dict[str, str]:
    """Return what is kept from now on: what was known stays until something else is known."""
    return {
        kind: before[kind] if value == UNKNOWN and before.get(kind) else value
        for kind, value in now.items()
    }


def changes(
    before: Mapping[str, Any], now: Mapping[str, str], *, same_rules: bool = True
) -> list[Change]:
    """Return the changes; what was or is unknown is none. Other rules are nobody's news.

    At the first look only an expiry that is near or past is told.
    """
    found = []
    for kind, new in now.items():
        old = str(before.get(kind) or UNKNOWN)
        is_first_expiry = kind == Kind.EXPIRY and new in ("soon", "expired")
        if new in (old, UNKNOWN) or (old == UNKNOWN and not is_first_expiry):
            continue
        found.append(Change(kind, old, new, _alert(kind, old, new, same_rules=same_rules)))
    if any(change.kind == Kind.SCORE for change in found):
        return found
    return [_of_segment(change, same_rules=same_rules) for change in found]


def _alert(kind: str, old: str, new: str, *, same_rules: bool) -> str:
    if kind == Kind.MX:
        return Alert.MX_CHANGED.value
    if kind == Kind.DMARC and _GUARD.get(new, 0) > _GUARD.get(old, 0):
        return Alert.DMARC_ADDED.value
    if kind == Kind.EXPIRY and new == "soon":
        return Alert.EXPIRES_SOON.value
    if kind == Kind.EXPIRY and new == "expired":
        return Alert.EXPIRED.value
    if kind == Kind.SCORE and same_rules:
        return Alert.SCORE_CHANGED.value
    return ""


def _of_segment(change: Change, *, same_rules: bool) -> Change:
    """A segment that changed without the score (the provider did) is told in the score's stead."""
    if change.kind != Kind.SEGMENT or not same_rules:
        return change
    return Change(change.kind, change.old, change.new, Alert.SCORE_CHANGED.value)
