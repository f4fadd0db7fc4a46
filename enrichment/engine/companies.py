"""Companies: facts about firms go to the companies of their contacts, each once a batch.

A contact without a company gets the one that the facts name, found or made by the importer's own
keys: the domain, else the folded name. Companies are locked after contacts and in id order, and
settled under that lock. Who had a company at the claim and has none now gets none here: somebody
has deleted it, and what was learned about it goes with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from django.db import IntegrityError, connection, transaction

from contacts.importing import companies as directory
from enrichment import golden
from enrichment.engine.items import Finished, Item
from enrichment.engine.jsontext import json_text
from enrichment.survivorship import Claim, Standing, claims_of, settle

log = structlog.get_logger(__name__)

NAME, DOMAIN = "company.name", "company.domain"
TRIES = 3
# What is left out, one after another, when the database holds that another company has it.
TAKEN = ((), ("domain",), ("name",), ("domain", "name"))


@dataclass(slots=True)
class Told:
    """A company under our lock: what it stands on, and what was said about it."""

    id: int
    values: dict[str, Any]
    provenance: dict[str, dict[str, Any]]
    changes: dict[str, Standing] = field(default_factory=dict)

    def settle(self, said: Mapping[str, Sequence[Claim]]) -> None:
        for column, claims in said.items():
            before = self.provenance.get(column)
            standing = settle([*claims_of(self.values[column], before), *claims])
            if standing and not _is_news(standing, before):
                continue
            if standing and not standing.claim.is_human:
                self.changes[column] = standing


def _is_news(standing: Standing, before: Mapping[str, Any] | None) -> bool:
    return standing.provenance() != before


def update_companies(held: Sequence[Finished]) -> None:
    """Write what finished items say of companies; an item's contact may get its company here."""
    telling = {one.item.contact_id: one.item for one in held if _says(one.item)}
    for _ in range(TRIES):
        if not telling:
            return
        firms = _firms_of(telling)
        columns = sorted({column for item in telling.values() for column in _says(item)})
        told = _locked(set(firms.values()), columns)
        _link({contact: firm for contact, firm in firms.items() if firm in told}, telling)
        said = _said({contact: firms[contact] for contact in firms if firms[contact] in told},
                     telling)  # fmt: skip
        for firm, claims in said.items():
            told[firm].settle(claims)
        _write([one for one in told.values() if one.changes])
        telling = {c: telling[c] for c, firm in firms.items() if firm not in told}
    log.warning("company_facts_dropped", contacts=len(telling))


def _says(item: Item) -> dict[str, list[Claim]]:
    """Return what an item says of its contact's company, by column."""
    return {
        name.removeprefix(golden.OF_COMPANY): claims
        for name, claims in item.said.items()
        if golden.is_of_company(name)
    }


def _said(
    firms: Mapping[int, int], telling: Mapping[int, Item]
) -> dict[int, defaultdict[str, list[Claim]]]:
    said: dict[int, defaultdict[str, list[Claim]]] = {}
    for contact, firm in firms.items():
        of_firm = said.setdefault(firm, defaultdict(list))
        for column, claims in _says(telling[contact]).items():
            of_firm[column] += claims
    return said


def _firms_of(telling: Mapping[int, Item]) -> dict[int, int]:
    """Return the company of each contact that has one, or is named one by the facts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, company_id FROM contacts_contact WHERE id = ANY(%s)", [list(telling)]
        )
        now: dict[int, int | None] = dict(cursor.fetchall())
    named = {
        contact: one
        for contact, firm in now.items()
        if firm is None and not telling[contact].company and (one := _named(telling[contact]))
    }
    found = _found(named, telling)
    return {contact: firm or found[contact] for contact, firm in now.items()
            if firm or contact in found}  # fmt: skip


def _named(item: Item) -> directory.Named | None:
    """Return how the facts name a company; None where they do not."""
    name, domain = (_best(item, field) for field in (NAME, DOMAIN))
    return directory.read_name(name, domain) if name or domain else None


def _best(item: Item, name: str) -> str:
    standing = settle(item.said.get(name, ()))
    return str(standing.claim.value) if standing else ""


def _found(named: Mapping[int, directory.Named], telling: Mapping[int, Item]) -> dict[int, int]:
    """Return the companies that are so named; who is not there yet is made."""
    if not named:
        return {}
    known = directory.Directory()
    known.learn(list(named.values()))
    found: dict[int, directory.Company] = {}
    for contact, name in sorted(named.items(), key=lambda pair: pair[1]):
        found[contact] = company = known.find(name)
        if not company.id and company.facts is None:
            company.facts = dict(_first_facts(telling[contact]))
    unique = {id(company): company for company in found.values()}
    directory.create(unique.values(), {})
    return {contact: company.id for contact, company in found.items() if company.id}


def _first_facts(item: Item) -> Iterator[tuple[str, dict[str, Any]]]:
    for column in ("name", "domain"):
        standing = settle(item.said.get(f"{golden.OF_COMPANY}{column}", ()))
        if standing:
            yield column, standing.provenance()


def _locked(ids: Iterable[int], columns: Sequence[str]) -> dict[int, Told]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, provenance::text, {', '.join(columns)} FROM contacts_company"
            " WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [list(ids)],
        )
        return {
            id_: Told(id_, dict(zip(columns, values, strict=True)), orjson.loads(kept))
            for id_, kept, *values in cursor.fetchall()
        }


def _link(firms: Mapping[int, int], telling: Mapping[int, Item]) -> None:
    """Give contacts the company that the facts named, where they still have none."""
    rows = [
        {"id": contact, "company": firm, "fact": _fact(telling[contact])}
        for contact, firm in firms.items()
        if telling[contact].company is None
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contacts_contact AS c SET company_id = v.company, revision = c.revision + 1,"
            " provenance = c.provenance || jsonb_build_object('company', v.fact),"
            " updated_at = now()"
            " FROM json_to_recordset(%s::json) AS v (id bigint, company bigint, fact jsonb)"
            " WHERE c.id = v.id AND c.company_id IS NULL",
            [json_text(rows)],
        )


def _fact(item: Item) -> dict[str, Any]:
    """Return the provenance of the link: what named the company, its domain before its name."""
    standing = settle(item.said.get(DOMAIN) or item.said.get(NAME) or ())
    return standing.claim.provenance() if standing else {}


def _write(firms: Sequence[Told]) -> None:
    """Write changes of companies; what another company has already is left out."""
    if not firms:
        return
    try:
        with transaction.atomic():
            _update(firms)
    except IntegrityError:
        for firm in firms:
            _write_alone(firm)


def _write_alone(firm: Told) -> None:
    for without in TAKEN:
        changes = {name: one for name, one in firm.changes.items() if name not in without}
        if not changes:
            return
        try:
            with transaction.atomic():
                _update([Told(firm.id, firm.values, firm.provenance, changes)])
        except IntegrityError as refusal:
            log.info("company_not_so_written", company=firm.id, why=str(refusal).split("\n")[0])
        else:
            return


def _update(firms: Sequence[Told]) -> None:
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


def _row(firm: Told, columns: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {name: firm.values[name] for name in columns}
    row |= {name: standing.claim.value for name, standing in firm.changes.items()}
    if "name" in row:
        row["name_key"] = directory.name_key(row["name"])
    row["id"] = firm.id
    said = {name: standing.provenance() for name, standing in firm.changes.items()}
    row["provenance"] = firm.provenance | said
    return row
