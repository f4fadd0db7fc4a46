"""Records and values as people read them; a person's data for those who may see contacts only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from contacts.models import Company, Contact
from crm_sync.admin.syncs.access import sees
from crm_sync.connector import COMPANY, CONTACT, Field
from crm_sync.mapping.rows import fields_from_json
from crm_sync.models import Link
from crm_sync.models import Mapping as Kept

SHOWN_MOST = 200
EMPTY, HIDDEN = "empty", "not shown to you"
WORDS = {"contact": "Contact", "lead": "Contact", "company": "Company"}


@dataclass(frozen=True, slots=True)
class Named:
    """A record of ours by name, and its page; "" for who may not see it, or where it is gone."""

    name: str
    link: str = ""


def named(user: Any, obj: str, ids: Iterable[int | None]) -> dict[int, Named]:
    """Return records of an object by id, named as far as this person may see them; one query."""
    wanted = sorted({pk for pk in ids if pk is not None})
    words = WORDS.get(obj, "Record")
    found = {pk: Named(f"{words} {pk}") for pk in wanted}
    if not wanted or not sees(user, obj):
        return found
    there = _companies(wanted) if obj == COMPANY else _contacts(wanted)
    return {pk: there.get(pk, Named(f"{words} {pk}, deleted here")) for pk in wanted}


def named_all(
    user: Any, pairs: Iterable[tuple[str, int | None]]
) -> dict[tuple[str, int | None], Named]:
    """Return records of several objects by (object, id), as `named`; two queries at the most."""
    wanted = set(pairs)
    by_side = {
        side: named(user, side, (pk for obj, pk in wanted if _side(obj) == side))
        for side in (COMPANY, CONTACT)
    }
    gone = Named("A record that is deleted here")
    return {(obj, pk): by_side[_side(obj)].get(pk or 0, gone) for obj, pk in wanted}


def subject_of(link: Link) -> int | None:
    """Return the id of the contact or the company that a link is of."""
    return link.company_id if link.object == COMPANY else link.contact_id


def _side(obj: str) -> str:
    return COMPANY if obj == COMPANY else CONTACT


def _companies(ids: list[int]) -> dict[int, Named]:
    rows = Company.objects.filter(pk__in=ids).defer("provenance")
    return {one.pk: Named(str(one), _page("company", one.pk)) for one in rows}


def _contacts(ids: list[int]) -> dict[int, Named]:
    rows = Contact.objects.filter(pk__in=ids).select_related("company")
    shown = rows.defer("provenance", "company__provenance")
    return {one.pk: Named(one.display_name, _page("contact", one.pk)) for one in shown}


def _page(model: str, pk: int) -> str:
    return reverse(f"admin:contacts_{model}_change", args=[pk])


def described(connection_id: int) -> dict[str, Mapping[str, Field]]:
    """Return the CRM's fields by object and name, as it last told them; one query."""
    rows = Kept.objects.filter(connection=connection_id, is_current=True)
    return {one.object: fields_from_json(one.described) for one in rows.only("object", "described")}


def label_of(fields: Mapping[str, Field], name: str) -> str:
    """Return what the CRM calls a field, its API name where it never told."""
    return fields[name].label or name if name in fields else name


def shown(value: Any, field: Field | None = None) -> str:
    """Return a value as people read it; of an option its label."""
    if value is None or value in ("", []):
        return EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(shown(one, field) for one in value)[:SHOWN_MOST]
    text = str(value)
    text = field.options.get(text, text) if field else text
    return text if len(text) <= SHOWN_MOST else f"{text[:SHOWN_MOST]}…"


def said_to(user: Any, obj: str, words: str) -> str:
    """Return what was said of a record, which may quote it, to those who may see it only."""
    return words if sees(user, obj) or not words else HIDDEN
