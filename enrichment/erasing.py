"""What this room, and that of providers, have of a person: answers, work on runs, calls made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from contacts.erasing.parts import Counts, Part
from contacts.erasing.people import Person
from contacts.models import Contact, Erasure
from enrichment.golden import OF_COMPANY
from enrichment.models import Answer, RunItem
from integrations import registry
from integrations.models import ApiCall, Reservation

WORKED_ON = "a run is working on it"
ASKED = "{label} was asked about them, and keeps its own records: have it erase these too"


def count(person: Person) -> Counts:
    """Return by kind what there is."""
    return {
        "places in runs": _items(person).count(),
        "answers of providers": _answers(person).count(),
        "calls in the ledger, which keep their price": _calls(person).count(),
    }


def stop(person: Person) -> str:
    """Take the contacts out of runs that wait; what a worker has in hand ends first."""
    items = _items(person)
    items.filter(state=RunItem.State.WAITING).delete()
    is_busy = items.filter(state=RunItem.State.CLAIMED).exists()
    is_asked = Reservation.objects.filter(contact_id__in=person.contacts).exists()
    return WORKED_ON if is_busy or is_asked else ""


def erase(person: Person, erasure: Erasure) -> Counts:
    """Delete answers and places in runs; of calls stays what they cost, not whom they were of."""
    before = count(person)
    _answers(person).delete()
    _items(person).delete()
    calls = _calls(person)
    slugs = sorted(set(calls.order_by().values_list("provider", flat=True)))
    told = (ASKED.format(label=_label(slug)) for slug in slugs)
    erasure.kept += [words for words in told if words not in erasure.kept]
    calls.update(contact_id=None, exchange="", error="", remote_id="")
    return before


def _items(person: Person) -> QuerySet[RunItem]:
    return RunItem.objects.filter(contact__in=person.contacts)


def _calls(person: Person) -> QuerySet[ApiCall]:
    return ApiCall.objects.filter(contact_id__in=person.contacts)


def _answers(person: Person) -> QuerySet[Answer]:
    """Return the answers about the person, and earlier ones to the same questions.

    What was asked about the company alone is the company's; where it names the person, the search
    cuts that out.
    """
    ids = {UUID(one) for one in _named(person) if _is_uuid(one)}
    told = Answer.objects.filter(pk__in=ids).values_list("pk", "question_key", "lookup")
    keys = {key for _, key, lookup in told if is_about_person(lookup)}
    return Answer.objects.filter(question_key__in=keys)


def _named(person: Person) -> Iterator[str]:
    """Return the ids of answers that fields stand on, or that runs have had."""
    for facts in Contact.objects.filter(pk__in=person.contacts).values_list(
        "provenance", flat=True
    ):
        for fact in facts.values():
            yield from _of_fact(fact)
    for trace in _items(person).values_list("trace", flat=True):
        yield from (entry["a"] for entry in trace.values() if entry.get("a"))


def _of_fact(fact: Any) -> Iterator[str]:
    if isinstance(fact, Mapping):
        yield str(fact.get("answer", ""))
        for also in fact.get("also", ()):
            yield str(also.get("answer", ""))


def is_about_person(slug: str) -> bool:
    """Tell whether a lookup asks about somebody, and not about a company alone."""
    try:
        needs: Iterable[str] = registry.lookup(slug).needs
    except registry.UnknownLookup:
        return True
    return not all(name.startswith(OF_COMPANY) for name in needs)


def _forget_answers(keys: Sequence[Any]) -> int:
    """Delete answers that name the person; of those about companies all that was said is emptied,

    because a company's answer may list people by name.
    """
    rows = Answer.objects.filter(pk__in=list(keys))
    about = [row.pk for row in rows if is_about_person(row.lookup)]
    Answer.objects.filter(pk__in=about).delete()
    for row in Answer.objects.filter(pk__in=list(keys)):
        Answer.objects.filter(pk=row.pk).update(raw=None, facts=_without_texts(row.facts))
    return len(keys)


def _without_texts(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said for name, said in facts.items() if name.startswith(OF_COMPANY)}


def _label(slug: str) -> str:
    try:
        return registry.provider(slug).label
    except registry.UnknownProvider:
        return slug


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


PART = Part("enrichment", count, erase, stop, forget={"enrichment.answer": _forget_answers})
