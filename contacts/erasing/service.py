"""What one can do with an erasure: look at what would go, have it go, go on, read the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.contrib.postgres.functions import TransactionNow
from django.db import transaction

from contacts.erasing import work
from contacts.erasing.parts import Counts, Far, added, in_order
from contacts.erasing.people import Found, Person, of_contact, of_words
from contacts.models import Contact, Erasure


class NotPossible(ValueError):
    """An erasure is not in a state for that; the message says which it is in."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Who is meant, and by kind what would go; what stands in texts is looked for only then."""

    found: Found
    counts: Counts

    @property
    def person(self) -> Person:
        return self.found.person


def preview_contact(contact: Contact) -> Preview:
    """Look at what erasing the person of a contact would take away."""
    return _preview(of_contact(contact))


def preview_words(phones: Sequence[str], emails: Sequence[str]) -> Preview:
    """Look at what erasing whoever is under these numbers and e-mails would take away."""
    return _preview(of_words(phones, emails))


def _preview(found: Found) -> Preview:
    return Preview(found, added(part.count(found.person) for part in reversed(in_order())))


def start(
    person: Person, *, asked_by: str, by: User | None = None, click: UUID | None = None
) -> Erasure:
    """Have a person erased, by a worker; the same `click` twice is one erasure.

    Raises ValueError where neither a number nor an e-mail tells who is meant.
    """
    if not (person.phones or person.emails):
        raise ValueError("a number or an e-mail is needed to tell who is meant")
    erasure, is_new = Erasure.objects.get_or_create(
        click=click or uuid4(),
        defaults={
            "person": person.as_json(), "hint": hint(person), "asked_by": asked_by.strip()[:200],
            "by": by, "by_name": by.get_username() if by else "", "due_at": TransactionNow(),
        },
    )  # fmt: skip
    if is_new:
        transaction.on_commit(work.ring, robust=True)
    return erasure


def hint(person: Person) -> str:
    """Return what tells one receipt from another, and is nobody's."""
    if person.phones:
        return f"a number ending in {person.phones[0][-2:]}"
    return f"an e-mail at {person.emails[0].rpartition('@')[2]}"[:60]


def go_on(erasure: Erasure) -> None:
    """Let an erasure that was given up go on. Raises NotPossible for any other."""
    given_up = Erasure.objects.filter(pk=erasure.pk, state=Erasure.State.FAILED)
    if not given_up.update(
        state=Erasure.State.WAITING, losses=0, words="", due_at=TransactionNow()
    ):
        raise NotPossible("only an erasure that was given up can go on")
    transaction.on_commit(work.ring, robust=True)
    erasure.refresh_from_db()


def far(erasure: Erasure) -> list[Far]:
    """Return how far others are who have to forget the person too."""
    return [one for part in in_order() for one in part.far(erasure)]
