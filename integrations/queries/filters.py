"""What an address of the ledger's list asks for: conditions over calls, and spans of their ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from integrations.errors import CallError
from integrations.models import ApiCall
from integrations.neighbours import neighbours
from integrations.queries.repeats import asked_again
from integrations.registry import PROVIDERS, UnknownLookup
from integrations.registry import lookup as lookup_called
from integrations.trials import CONNECTION_TEST

# A call's id is made when it is granted, before it waits for a permit and starts.
WAITS = timedelta(hours=1)
STATUSES = ("none", "2xx", "3xx", "4xx", "5xx")


@dataclass(slots=True)
class Wanted:
    """What a person looks for; `conditions` are over the calls, `since` and `until` over ids.

    `params` are those of the address that were understood, `notices` say which were not.
    """

    conditions: Q = field(default_factory=Q)
    since: datetime | None = None
    until: datetime | None = None
    is_of_contacts: bool = False
    is_unanswered: bool = False
    params: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)


def error_classes() -> list[str]:
    """Return the names of all errors that a call can end with."""

    def below(kind: type[CallError]) -> list[str]:
        return [name for sub in kind.__subclasses__() for name in (sub.__name__, *below(sub))]

    return sorted(below(CallError))


def read(params: Mapping[str, str]) -> Wanted:
    """Return what an address asks for; a broken parameter is left out with a notice."""
    wanted = Wanted()
    for name, reader in READERS.items():
        text = params.get(name, "").strip().replace("\0", "")
        if not text:
            continue
        try:
            reader(wanted, text)
            wanted.params[name] = text
        except (ValueError, OverflowError):
            label = name.replace("_", " ")
            wanted.notices.append(
                f"The filter “{label}” was left out: {text[:40]!r} means nothing."
            )
    return wanted


def _provider(wanted: Wanted, text: str) -> None:
    if text not in {of.slug for of in PROVIDERS}:
        raise ValueError(text)
    wanted.conditions &= Q(provider=text)


def _lookup(wanted: Wanted, text: str) -> None:
    """Several lookups share a call: "line_type+caller_name" is found by either."""
    name = text
    if text != CONNECTION_TEST:
        try:
            found = lookup_called(text)
        except UnknownLookup as unknown:
            raise ValueError(text) from unknown
        name = found.name
        wanted.conditions &= Q(provider=found.provider)
    wanted.conditions &= (
        Q(lookup=name)
        | Q(lookup__startswith=f"{name}+")
        | Q(lookup__endswith=f"+{name}")
        | Q(lookup__contains=f"+{name}+")
    )


def _outcome(wanted: Wanted, text: str) -> None:
    if text not in ApiCall.Outcome.values:
        raise ValueError(text)
    wanted.conditions &= Q(outcome=text)
    wanted.is_unanswered |= text != ApiCall.Outcome.ANSWERED


def _status(wanted: Wanted, text: str) -> None:
    if text == "none":
        wanted.conditions &= Q(http_status=None)
    elif text in STATUSES:
        first = int(text[0]) * 100
        wanted.conditions &= Q(http_status__gte=first, http_status__lt=first + 100)
    else:
        wanted.conditions &= Q(http_status=_number(text, 999))


def _error(wanted: Wanted, text: str) -> None:
    if text not in error_classes():
        raise ValueError(text)
    wanted.conditions &= Q(error_class=text)
    wanted.is_unanswered = True


def _day(wanted: Wanted, text: str) -> None:
    begins = _midnight(text)
    ends = begins + timedelta(days=1)
    wanted.conditions &= Q(started_at__gte=begins, started_at__lt=ends)
    _narrow(wanted, begins - WAITS, ends)


def _from(wanted: Wanted, text: str) -> None:
    begins = _midnight(text)
    wanted.conditions &= Q(started_at__gte=begins)
    _narrow(wanted, begins - WAITS, None)


def _to(wanted: Wanted, text: str) -> None:
    ends = _midnight(text) + timedelta(days=1)
    wanted.conditions &= Q(started_at__lt=ends)
    wanted.until = min(ends, wanted.until or ends)


def _again(wanted: Wanted, text: str) -> None:
    """Calls of unknown outcome whose question was asked, and paid, again."""
    if text != "paid":
        raise ValueError(text)
    wanted.conditions &= Q(pk__in=asked_again(wanted.since, wanted.until))
    wanted.is_unanswered = True


def _run(wanted: Wanted, text: str) -> None:
    """A run's calls lie between its beginning and its end, so that no index by run is needed."""
    number = _number(text, 2**63 - 1)
    wanted.conditions &= Q(run_id=number)
    if span := neighbours().run_span(number):
        begins, ends = span
        _narrow(wanted, begins, ends + WAITS if ends else None)


def _contact(wanted: Wanted, text: str) -> None:
    wanted.conditions &= Q(contact_id=_number(text, 2**63 - 1))
    wanted.is_of_contacts = True


def _search(wanted: Wanted, text: str) -> None:
    """A request id, ours or the provider's, or a phone number: the ledger itself keeps none."""
    try:
        wanted.conditions &= Q(pk=UUID(text))
        wanted.is_of_contacts = True  # an index finds it
        return
    except ValueError:
        pass
    if any(sign.isalpha() for sign in text):
        wanted.conditions &= Q(remote_id=text[:80])
        return
    if sum(sign.isdigit() for sign in text) < 4:
        raise ValueError(text)
    wanted.conditions &= Q(contact_id__in=neighbours().contacts_with(text))
    wanted.is_of_contacts = True


READERS = {
    "q": _search,
    "provider": _provider,
    "lookup": _lookup,
    "outcome": _outcome,
    "status": _status,
    "error": _error,
    "day": _day,
    "from": _from,
    "to": _to,
    "run": _run,
    "contact": _contact,
    "again": _again,  # after those that narrow the days
}


def _midnight(text: str) -> datetime:
    begins = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
    if not 2000 <= begins.year <= 2200:
        raise ValueError(text)
    return begins


def _narrow(wanted: Wanted, since: datetime, until: datetime | None) -> None:
    wanted.since = max(since, wanted.since or since)
    if until:
        wanted.until = min(until, wanted.until or until)


def _number(text: str, most: int) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    if not 0 < number <= most:
        raise ValueError(text)
    return number
