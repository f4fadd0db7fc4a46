"""The gate: whether one message may go to one number now, later or never, and on what grounds.

Pure: it sees what `grounds` has gathered and the clock, and touches neither database nor network.
Each check says yes, later or no; one no refuses for good, else one later waits. The checks that
guard a person (consent, suppression, hours) come before those that guard us (caps, price).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

Answer = Literal["yes", "later", "no"]

# Contacts' line types that take no texts.
TAKES_NO_SMS = frozenset({"landline", "pager", "voicemail", "premium", "shared_cost", "uan"})
UNKNOWN_LINE = frozenset({"", "unknown"})
SHORTEST_S = 60  # a window that closes sooner is not worth beginning
LONGEST_S = 36_000  # Twilio's most for ValidityPeriod (docs of the Message resource)
SPARE_S = 5
A_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A consent that stands: from where, since when, for which channel ("all", "sms", "voice")."""

    source: str
    given_on: date
    channel: str = "all"
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Barred:
    """An entry that stands against the number; `since` and `as_of` as text for the evidence."""

    reason: str
    channel: str = "all"
    since: str = ""
    list_name: str = ""
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """The window that is open or opens next, in every zone the number may be in."""

    zones: tuple[str, ...]
    opens: datetime
    closes: datetime
    is_open: bool
    rule: str = ""
    is_never: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What the office and the campaign ask for; 0 and None mean no limit."""

    needs_consent: bool = True
    allows_unknown_line: bool = True
    most_risk: int = 100
    often_count: int = 0
    often_days: int = 7
    opens: time | None = None
    closes: time | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """How many more may go now under one cap, and when there is room again."""

    name: str
    left: int
    cap: int
    again_at: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything known of one recipient; "" and None where nothing is."""

    channel: str
    phone: str
    is_valid: bool | None = None
    line_type: str = ""
    risk_score: int | None = None
    is_risk_blocked: bool | None = None
    reassigned: str = ""
    reassigned_checked_on: date | None = None
    agreed: Sequence[Agreed] = ()
    barred: Sequence[Barred] = ()
    had_lately: Sequence[datetime] = ()  # when messages went to the number, the oldest first
    hours: Hours | None = None
    is_there: bool = True  # the contact was not deleted meanwhile
    is_reply: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """What one check said and why; `figures` are what it saw, with JSON's types only."""

    name: str
    verdict: Answer
    why: str
    figures: dict[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the checks came to. `valid_s` is how long Twilio may try, within the hours."""

    checks: tuple[Check, ...]
    asked_at: datetime
    valid_s: int = LONGEST_S

    @property
    def verdict(self) -> Answer:
        verdicts = {check.verdict for check in self.checks}
        return "no" if "no" in verdicts else "later" if "later" in verdicts else "yes"

    @property
    def allowed(self) -> bool:
        return self.verdict == "yes"

    @property
    def because(self) -> Check | None:
        """The check that decided; None where all said yes."""
        return next((c for c in self.checks if c.verdict == self.verdict != "yes"), None)

    @property
    def due_at(self) -> datetime | None:
        """When to ask again, where the answer was later."""
        moments = [c.due_at for c in self.checks if c.verdict == "later" and c.due_at]
        return max(moments, default=None) if self.verdict == "later" else None

    def as_evidence(self, asked: str) -> dict[str, Any]:
        """Return what is kept with the message; `asked` is the occasion."""
        return {
            "at": self.asked_at.isoformat(timespec="seconds"),
            "asked": asked,
            "verdict": self.verdict,
            "checks": [
                {"name": c.name, "verdict": c.verdict, "why": c.why, **c.figures}
                for c in self.checks
            ],
        }


def decide(
    subject: Subject, limits: Limits, rooms: Sequence[Room], *, now: datetime, plans: bool = False
) -> Decision:
    """Return whether the message may go at `now`.

    With `plans` what only says later is left out of the caps: an estimate asks who may be written
    to at all.
    """
    found = [check(subject, limits, now) for check in (ANSWERS if subject.is_reply else CHECKS)]
    window = None if subject.is_reply else narrowed(subject.hours, limits, now)
    if not subject.is_reply:
        found.append(_hours(subject.hours, window, limits, now))
        found += [] if plans else [_room(room) for room in rooms]
    return Decision(tuple(found), now, _valid_s(window, now))


def narrowed(hours: Hours | None, limits: Limits, now: datetime) -> Hours | None:
    """Return the window within the campaign's own hours, which hold in every zone as well."""
    if hours is None or not (limits.opens or limits.closes):
        return hours
    opens, closes = hours.opens, hours.closes
    for zone in map(ZoneInfo, hours.zones):
        day = opens.astimezone(zone).date()
        if limits.opens:
            opens = max(opens, datetime.combine(day, limits.opens, zone))
        if limits.closes:
            closes = min(closes, datetime.combine(day, limits.closes, zone))
    return replace(hours, opens=opens, closes=closes, is_open=opens <= now < closes)


def _there(s: Subject, _limits: Limits, _now: datetime) -> Check:
    if s.is_there:
        return Check("contact", "yes", "the contact is there")
    return Check("contact", "no", "the contact was deleted")


def _number(s: Subject, _limits: Limits, _now: datetime) -> Check:
    if s.is_valid is False:
        return Check("number", "no", "the number is not valid")
    return Check("number", "yes", "nothing speaks against the number")


def _barred(s: Subject, _limits: Limits, _now: datetime) -> Check:
    against = [one for one in s.barred if one.channel in ("all", s.channel)]
    if not against:
        return Check("do_not_contact", "yes", "on no list of numbers not to be contacted")
    first = against[0]
    name = f", {first.list_name}" if first.list_name else ""
    stale = " (the list is old)" if first.is_stale else ""
    figures = {"entries": [{"reason": b.reason, "since": b.since} for b in against]}
    return Check(
        "do_not_contact", "no", f"not to be contacted: {first.reason}{name}{stale}", figures
    )


def _consent(s: Subject, limits: Limits, now: datetime) -> Check:
    found = consent_of(s, now)
    if found:
        figures = {
            "source": found.source, "given_on": found.given_on.isoformat(), "proof": found.proof,
        }  # fmt: skip
        return Check("consent", "yes", f"agreed on {found.given_on} ({found.source})", figures)
    if not limits.needs_consent:
        return Check("consent", "yes", "no consent is known; the office's rules ask for none")
    return Check("consent", "no", "nobody agreed to be contacted under this number")


def consent_of(s: Subject, now: datetime) -> Agreed | None:
    """Return the latest consent for the channel that was given by today."""
    fit = [a for a in s.agreed if a.channel in ("all", s.channel) and a.given_on <= now.date()]
    return max(fit, key=lambda a: a.given_on, default=None)


def _reassigned(s: Subject, _limits: Limits, now: datetime) -> Check:
    """A number that changed hands after the consent is somebody else's.

    What was asked before the consent was given says nothing about it.
    """
    figures = {
        "answer": s.reassigned,
        "checked_on": s.reassigned_checked_on.isoformat() if s.reassigned_checked_on else "",
    }
    if s.reassigned.lower() not in ("yes", "true"):
        return Check("reassigned", "yes", "not known to have changed hands", figures)
    consent = consent_of(s, now)
    checked = s.reassigned_checked_on
    if consent and checked and checked < consent.given_on:
        return Check("reassigned", "yes", "it changed hands before the consent", figures)
    return Check("reassigned", "no", "the number has changed hands since the consent", figures)


def _line_type(s: Subject, limits: Limits, _now: datetime) -> Check:
    figures = {"line_type": s.line_type}
    if s.channel != "sms":
        return Check("line_type", "yes", "any line can be called", figures)
    if s.line_type in TAKES_NO_SMS:
        return Check(
            "line_type",
            "no",
            f"no texts to this kind of line: {s.line_type.replace('_', ' ')}",
            figures,
        )
    if s.line_type in UNKNOWN_LINE and not limits.allows_unknown_line:
        return Check("line_type", "no", "nobody knows whether the number takes texts", figures)
    return Check("line_type", "yes", "the line takes texts as far as is known", figures)


def _risk(s: Subject, limits: Limits, _now: datetime) -> Check:
    figures = {"score": s.risk_score, "most": limits.most_risk}
    if s.is_risk_blocked:
        return Check("risk", "no", "the number is blocked for fraud", figures)
    if s.risk_score is not None and s.risk_score > limits.most_risk:
        why = f"risk score {s.risk_score}, above {limits.most_risk}"
        return Check("risk", "no", why, figures)
    return Check("risk", "yes", "no risk is known", figures)


def _often(s: Subject, limits: Limits, now: datetime) -> Check:
    since = now - timedelta(days=limits.often_days)
    lately = [at for at in s.had_lately if at > since]
    figures = {"had": len(lately), "most": limits.often_count, "days": limits.often_days}
    if not limits.often_count or len(lately) < limits.often_count:
        return Check("often", "yes", f"{len(lately)} in {limits.often_days} days", figures)
    again_at = lately[-limits.often_count] + timedelta(days=limits.often_days)
    why = f"had {len(lately)} in {limits.often_days} days"
    if limits.ends_on and again_at.date() > limits.ends_on:
        return Check("often", "no", f"{why}, until after the campaign's last day", figures)
    return Check("often", "later", why, figures, again_at)


def _hours(lawful: Hours | None, hours: Hours | None, limits: Limits, now: datetime) -> Check:
    if hours is None or lawful is None or lawful.is_never:
        return Check("hours", "no", "nobody can tell what time it is there")
    figures = {
        "zones": list(hours.zones), "opens": hours.opens.isoformat(), "rule": hours.rule,
        "closes": hours.closes.isoformat(),
    }  # fmt: skip
    is_open = hours.opens <= now and (hours.closes - now).total_seconds() >= SHORTEST_S + SPARE_S
    due_at = now if is_open else _next(lawful, hours, now)
    if limits.ends_on and due_at.date() > limits.ends_on:
        return Check("hours", "no", "the campaign's last day is over there", figures)
    if is_open:
        return Check("hours", "yes", "within the hours there", figures)
    return Check("hours", "later", "outside the hours there", figures, due_at)


def _next(lawful: Hours, hours: Hours, now: datetime) -> datetime:
    """Return when to ask again: at the opening, or once the law's window has closed."""
    if hours.opens > now:
        return hours.opens
    return max(lawful.closes, now) + A_MOMENT


def _room(room: Room) -> Check:
    figures = {"cap": room.cap, "left": room.left}
    if room.left > 0:
        return Check(room.name, "yes", f"{room.left} of {room.cap} are left", figures)
    return Check(room.name, "later", f"{room.cap} were sent already", figures, room.again_at)


def _valid_s(window: Hours | None, now: datetime) -> int:
    """Return how long Twilio may try: it gives up before the window closes."""
    if window is None:
        return LONGEST_S
    left_s = int((window.closes - now).total_seconds()) - SPARE_S
    return max(1, min(left_s, LONGEST_S))


OneCheck = Callable[[Subject, Limits, datetime], Check]
CHECKS: tuple[OneCheck, ...] = (
    _there, _number, _barred, _consent, _reassigned, _line_type, _risk, _often,
)  # fmt: skip
# Whoever asks for HELP is told what this is, at any hour, unless they said STOP.
ANSWERS: tuple[OneCheck, ...] = (_barred,)
