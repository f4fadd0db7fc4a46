"""Firms: what claims about companies come to, decided and written under the companies' locks.

Whoever learned something about companies (the engine, a look at a domain, a discovery) locks them
here in id order, lets them hear the claims, and writes those that changed, all in one transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
import structlog
from django.db import IntegrityError, connection, transaction

from contacts.importing.companies import name_key
from enrichment import golden
from enrichment.engine.jsontext import json_text
from enrichment.survivorship import Claim, Standing, claims_of, settle

log = structlog.get_logger(__name__)

# What is left out, one after another, when the database holds that another company has it.
TAKEN = ((), ("domain",), ("name",), ("domain", "name"))


@dataclass(slots=True)
class Firm:
    """A company under our lock: its columns and provenance, what is said, and what changes.

    `said` and `changes` are by column ("has_mx"), not by golden field.
    """

    id: int
    values: dict[str, Any]
    provenance: dict[str, dict[str, Any]]
    said: defaultdict[str, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[str, Standing] = field(default_factory=dict)

    def settle(self) -> None:
        """Decide every column that something was said of; a person's word stays."""
        for column, claims in self.said.items():
            before = self.provenance.get(column)
            standing = settle([*claims_of(self.values[column], before), *claims])
            if standing is None or standing.claim.is_human or standing.provenance() == before:
                continue
            self.changes[column] = standing


def locked(ids: Iterable[int], columns: Sequence[str]) -> dict[int, Firm]:
    """Return the companies that are there by id, locked in id order, with these columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, provenance::text, {', '.join(columns)} FROM contacts_company"
            " WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [sorted(ids)],
        )
        return {
            id_: Firm(id_, dict(zip(columns, map(_plain, values), strict=True)), orjson.loads(kept))
            for id_, kept, *values in cursor.fetchall()
        }


def _plain(value: Any) -> Any:
    """Return a stored value in the form that claims have."""
    return value.isoformat() if isinstance(value, date) else value  # a moment is one too


def settle_and_write(firms: Iterable[Firm]) -> None:
    """Decide what was said, and write what changed; what another company has is left out."""
    changed = []
    for firm in firms:
        firm.settle()
        if firm.changes:
            changed.append(firm)
    if not changed:
        return
    try:
        with transaction.atomic():
            _update(changed)
    except IntegrityError:
        for firm in changed:
            _write_alone(firm)


def _write_alone(firm: Firm) -> None:
    changes = firm.changes
    for without in TAKEN:
        firm.changes = {name: one for name, one in changes.items() if name not in without}
        if not firm.changes:
            return
        try:
            with transaction.atomic():
                _update([firm])
        except IntegrityError as refusal:
            log.info("company_not_so_written", company=firm.id, why=str(refusal).split("\n")[0])
        else:
            return


def _update(firms: Sequence[Firm]) -> None:
    columns = sorted({column for firm in firms for column in firm.changes})
    rows = [_row(firm, columns) for firm in firms]
    if "name" in columns:
        columns.append("name_key")
    sets = "".join(f"{name} = v.{name}, " for name in columns)
    shape = "".join(f", {name} {_type(name)}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE contacts_company AS c SET {sets} provenance = v.provenance,"
            " revision = c.revision + 1, enriched_at = now(), updated_at = now()"
            f" FROM json_to_recordset(%s::json) AS v (id bigint, provenance jsonb{shape})"
            " WHERE c.id = v.id",
            [json_text(rows)],
        )


def _type(column: str) -> str:
    return "text" if column == "name_key" else golden.TYPES[golden.OF_COMPANY + column]


def _row(firm: Firm, columns: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {name: firm.values[name] for name in columns}
    row |= {name: standing.claim.value for name, standing in firm.changes.items()}
    if "name" in row:
        row["name_key"] = name_key(row["name"])
    said = {name: standing.provenance() for name, standing in firm.changes.items()}
    return row | {"id": firm.id, "provenance": firm.provenance | said}
