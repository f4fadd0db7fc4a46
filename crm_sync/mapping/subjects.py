"""Our values in bulk: of a thousand contacts with their companies and leads, in two queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from contacts.models import Company, Contact, ContactTag
from crm_sync.connector import COMPANY, Row
from crm_sync.mapping import texts
from crm_sync.mapping.ours import OurField, catalogue
from crm_sync.mapping.referred import FIELDS, referred

Subject = dict[str, Any]


def named(rows: Iterable[Row]) -> list[str]:
    """Return the fields of ours that rows read, each once."""
    return list(dict.fromkeys(name for row in rows for name in texts.names(row.ours)))


def subjects(
    obj: str, ids: Sequence[int], names: Iterable[str] | None = None
) -> dict[int, Subject]:
    """Return our values by id: the named fields and what they are computed from, or all.

    What is not there any more is not in it. One query, and one each for tags and referrals where
    they are asked for.
    """
    known = catalogue(obj)
    wanted = [known[name] for name in (known if names is None else names) if name in known]
    read = _with_needs(wanted, known)
    columns = {one.name: one for one in read if one.path}
    model = Company if obj == COMPANY else Contact
    keys = ("id", *(name for name in columns if name != "id"))
    paths = ["id", *(columns[name].path for name in keys[1:])]
    rows = model._default_manager.order_by().filter(pk__in=ids).values_list(*paths)
    found = {row[0]: dict(zip(keys, row, strict=True)) for row in rows.iterator(2_000)}
    if any(one.name in FIELDS for one in read):
        _refer(obj, found)
    _derive(found, [one for one in wanted if one.derive and one.name != "tags"])
    if any(one.name == "tags" for one in wanted):
        _tag(found)
    return found


def _with_needs(wanted: list[OurField], known: Mapping[str, OurField]) -> list[OurField]:
    return [*wanted, *(known[name] for one in wanted for name in one.needs)]


def _derive(found: dict[int, Subject], computed: list[OurField]) -> None:
    for one in computed:
        derive: Callable[..., Any] = one.derive  # type: ignore[assignment] # chosen by having one
        for subject in found.values():
            subject[one.name] = derive(*(subject[name] for name in one.needs))


def _refer(obj: str, found: dict[int, Subject]) -> None:
    told, nothing = referred(obj, [*found]), dict.fromkeys(FIELDS, "")
    for id_, subject in found.items():
        subject.update(told.get(id_, nothing))


def _tag(found: dict[int, Subject]) -> None:
    for subject in found.values():
        subject["tags"] = []
    pairs = ContactTag.objects.filter(contact_id__in=[*found]).order_by("tag__name")
    for contact_id, name in pairs.values_list("contact_id", "tag__name"):
        found[contact_id]["tags"].append(name)
