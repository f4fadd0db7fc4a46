"""What a sync knows of one object before it works at it: the mapping, the fields, the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crm_sync.connector import Connector, Field, Row, Value
from crm_sync.mapping import service
from crm_sync.mapping.merge import Merging, merging
from crm_sync.mapping.payload import Payload, compiled
from crm_sync.mapping.same import canon
from crm_sync.mapping.subjects import named, subjects
from crm_sync.models import Connection
from crm_sync.models import Mapping as Kept

Subject = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """One object of one connection, as a sync pushes and pulls it.

    `rows` go the ways that the connection goes. `make` returns a subject's payload, `merge` what
    follows of both sides' values, `forms` bring values of a remote field into one form. `version`
    is the mapping's. `names` are the fields of ours that are read.
    """

    connection: Connection
    connector: Connector
    object: str
    rows: Sequence[Row]
    fields: Mapping[str, Field]
    make: Callable[[Subject], Payload]
    merge: Merging
    forms: Mapping[str, Callable[[Any], Any]]
    version: int
    names: Sequence[str]
    fills: frozenset[str]  # remote fields that ours only fills where they are blank

    @property
    def remote_names(self) -> list[str]:
        """Return the remote fields that are mapped, in whichever direction."""
        return sorted({row.remote for row in self.rows})

    def same(self, name: str, one: Value, other: Value) -> bool:
        """Tell whether two values of a remote field are the same."""
        form = self.forms.get(name)
        return bool(one == other or (form is not None and form(one) == form(other)))

    def subjects(self, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Return our values of those records that are there."""
        return subjects(self.object, ids, self.names)

    def same_as(self, subject: Subject) -> list[tuple[str, str]]:
        """Return what a record of the CRM's own may be found by, the surest first."""
        found = [(theirs, subject.get(ours)) for ours, theirs in self._same_by()]
        return [(theirs, str(value)) for theirs, value in found if value]

    def _same_by(self) -> Sequence[tuple[str, str]]:
        return self.connector.same_by.get(self.object, ())


def planned(of: Connection, connector: Connector, kept: Kept, fields: Iterable[Field]) -> Plan:
    """Return the plan of a mapping and of what the CRM says of its fields now."""
    obj, known = kept.object, {field.name: field for field in fields}
    rows = tuple(_going(of, service.rows_of(kept)))
    sought = (ours for ours, _ in connector.same_by.get(obj, ()))
    return Plan(
        of, connector, obj, rows, known,
        make=compiled(rows, known), merge=merging(obj, rows, known),
        forms={name: canon(field) for name, field in known.items()}, version=kept.version,
        names=list(dict.fromkeys((*named(rows), *sought))),
        fills=frozenset(row.remote for row in rows if row.wins == "blank"),
    )  # fmt: skip


def _going(of: Connection, rows: Iterable[Row]) -> Iterable[Row]:
    """Return the rows, each in the ways that the connection goes, too."""
    for row in rows:
        if of.pushes and of.pulls:
            yield row
        elif row.direction in ("both", of.direction):
            yield replace(row, direction="push" if of.pushes else "pull")
