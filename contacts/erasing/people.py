"""Who is meant: all contacts of one person, what tells them, and what they share with others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from contacts.identity import are_plainly_different
from contacts.models import Contact
from contacts.searching import newest

# Nobody is under more contacts; an address that more have is no person's.
MOST = 500


@dataclass(frozen=True, slots=True)
class Person:
    """`contacts` are ids; `names` folded or not as they stood; `extensions` are (number, ext).

    `shared_phones` and `shared_emails` are those of `phones` and `emails` that somebody else has,
    who stays: what is known by them alone is not this person's.
    """

    contacts: tuple[int, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    extensions: tuple[tuple[str, str], ...] = ()
    shared_phones: tuple[str, ...] = ()
    shared_emails: tuple[str, ...] = ()

    def own_phones(self) -> list[str]:
        """Return the numbers that are nobody else's."""
        return [one for one in self.phones if one not in self.shared_phones]

    def own_emails(self) -> list[str]:
        """Return the addresses that are nobody else's."""
        return [one for one in self.emails if one not in self.shared_emails]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Person:
        values = {name: tuple(value) for name, value in kept.items()}
        pairs = tuple((phone, ext) for phone, ext in values.get("extensions", ()))
        return cls(**values | {"extensions": pairs})


@dataclass(frozen=True, slots=True)
class Found:
    """The person, their contacts, and those who share a number or an e-mail and stay."""

    person: Person
    contacts: list[Contact]
    others: list[Contact]


def of_contact(contact: Contact) -> Found:
    """Return the person whom a contact is of.

    Further contacts under the number or the e-mail are the same person's, unless their names are
    plainly different: two people can share a desk.
    """
    return _grown([contact], [], [])


def of_words(phones: Sequence[str], emails: Sequence[str]) -> Found:
    """Return whoever is under these numbers (E.164) and e-mails: all of them are meant."""
    seeds = _under(phones, emails)
    return _grown(seeds, phones, emails, takes_all=True)


def still_there(person: Person) -> Found:
    """Return the person as they stand now: whoever came since under what tells them is theirs."""
    under = _under(person.phones, person.emails)
    mine = [one for one in under if one.pk in person.contacts or _is_same(one, person)]
    found = _grown(mine, person.phones, person.emails)
    names = dict.fromkeys((*person.names, *found.person.names))
    pairs = dict.fromkeys((*person.extensions, *found.person.extensions))
    ids = dict.fromkeys((*person.contacts, *found.person.contacts))
    shared = dict.fromkeys((*found.person.shared_phones, *(phone for phone, _ in pairs)))
    told = asdict(found.person) | {
        "contacts": tuple(ids), "names": tuple(names),
        "extensions": tuple(pairs), "shared_phones": tuple(shared),
    }  # fmt: skip
    return Found(Person(**told), found.contacts, found.others)


def _is_same(contact: Contact, person: Person) -> bool:
    return not any(are_plainly_different(contact.full_name, name) for name in person.names)


def _grown(
    seeds: Sequence[Contact],
    phones: Iterable[str],
    emails: Iterable[str],
    *,
    takes_all: bool = False,
) -> Found:
    """Add who is the same person under the same number or e-mail, until nobody is added."""
    mine = {one.pk: one for one in seeds}
    others: dict[int, Contact] = {}
    numbers, mails = dict.fromkeys(phones), dict.fromkeys(map(str.lower, emails))
    while True:
        numbers |= dict.fromkeys(one.phone_e164 for one in mine.values())
        mails |= dict.fromkeys(one.email.lower() for one in mine.values() if one.email)
        there = [one for one in _under([*numbers], [*mails]) if one.pk not in mine]
        same = {
            one.pk: one for one in there
            if not any(are_plainly_different(one.full_name, my.full_name) for my in mine.values())
        }  # fmt: skip
        if takes_all and not mine:
            same = {one.pk: one for one in there}
        if not same:
            others = {one.pk: one for one in there}
            break
        mine |= same
    return Found(_person(list(mine.values()), others.values(), numbers, mails),
                 list(mine.values()), list(others.values()))  # fmt: skip


def _person(
    mine: Sequence[Contact], others: Iterable[Contact], phones: Iterable[str], emails: Iterable[str]
) -> Person:
    theirs = list(others)
    numbers, mails = list(phones), list(emails)
    with_ext = {one.phone_e164 for one in mine if one.phone_ext}
    shared = {one.phone_e164 for one in theirs} | with_ext
    return Person(
        contacts=tuple(sorted(one.pk for one in mine)),
        phones=tuple(numbers),
        emails=tuple(mails),
        names=tuple(dict.fromkeys(one.full_name for one in mine if one.full_name)),
        extensions=tuple((one.phone_e164, one.phone_ext) for one in mine if one.phone_ext),
        shared_phones=tuple(one for one in numbers if one in shared),
        shared_emails=tuple(one for one in mails if one in {o.email.lower() for o in theirs}),
    )


def _under(phones: Sequence[str], emails: Sequence[str]) -> list[Contact]:
    """Return the contacts under these numbers or e-mails, oldest first."""
    ids = set(
        Contact.objects.filter(phone_e164__in=list(phones)).values_list("pk", flat=True)[:MOST]
    )
    for email in emails:  # there is no index on e-mails: the search knows them
        ids.update(newest(Contact.objects.order_by(), email, 0, MOST))
    rows = Contact.objects.filter(pk__in=ids).order_by("pk")
    return [one for one in rows if one.phone_e164 in phones or one.email.lower() in emails]
