"""Leads that were posted become an import like any other: deduplicated, counted, to be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contacts.erasing.keeping_out import Caller, held_back
from contacts.importing import own_rows, work
from contacts.importing.fields import FIELDS, fold_header
from contacts.importing.staging import compose
from contacts.models import Import
from contacts.phone import PhoneRefused, parse
from webhooks.models import Delivery

ORIGIN = "leads"
REGION = str(Import._meta.get_field("region").get_default())  # in which their import reads numbers
NAMES = tuple(field.name for field in FIELDS)
NO_PHONE = "there is no phone number in it"
_BY_WORD = {word: field.name for field in reversed(FIELDS) for word in field.synonyms} | {
    fold_header(name): name for name in NAMES
}


def take_in(rows: Sequence[Delivery]) -> dict[int, str]:
    """Make one import of leads and return what became of each delivery; "" where nothing could.

    Called again with the same leads it makes another import, which changes no contact.
    """
    read = {row.pk: cells(row.payload) for row in rows}
    held = _held_back(rows, read)
    told = [row for row in rows if read[row.pk].get("phone") and row.pk not in held]
    if not told:
        return {row.pk: held.get(row.pk, "") for row in rows}
    record = own_rows.take_in_rows(
        NAMES,
        ([read[row.pk].get(name, "") for name in NAMES] for row in told),
        mapping={name: place for place, name in enumerate(NAMES)},
        name=f"{len(told)} leads, posted until {max(row.received_at for row in told):%d %b %H:%M}",
        origin=ORIGIN,
    )
    work.ring()
    lines = {row.pk: f"line {at} of import {record.pk}" for at, row in enumerate(told, 2)}
    return {row.pk: lines.get(row.pk, held.get(row.pk, "")) for row in rows}


def _held_back(rows: Sequence[Delivery], read: Mapping[int, Mapping[str, str]]) -> dict[int, str]:
    """Return why leads about people who were erased are left out; what they say is not kept."""
    callers = [_caller(read[row.pk]) for row in rows]
    held = {rows[at].pk: words for at, words in held_back(callers).items()}
    Delivery.objects.filter(pk__in=held).update(payload={}, subject="")
    return held


def _caller(lead: Mapping[str, str]) -> Caller:
    name = lead.get("full_name") or compose(lead.get("first_name", ""), lead.get("last_name", ""))
    try:
        read = parse(lead.get("phone", ""), REGION)
    except PhoneRefused:
        return Caller("", lead.get("email", ""), name)
    return Caller(read.e164, lead.get("email", ""), name, read.ext or lead.get("phone_ext", ""))


def cells(lead: Mapping[str, Any]) -> dict[str, str]:
    """Return what a lead says by import field; its keys may be any word for one.

    The first that says anything counts; of a list its first entry.
    """
    found: dict[str, str] = {}
    for key, said in lead.items():
        name = _BY_WORD.get(fold_header(key))
        value = said[0] if isinstance(said, list) and said else said
        if name and name not in found and isinstance(value, str | int | float) and value != "":
            found[name] = str(value)
    return found
