"""Companies: facts about firms go to the companies of their contacts, each once a batch.

A contact without a company gets the one that the facts name, found or made by the importer's own
keys: the domain, else the folded name. Companies are locked after contacts and in id order, and
settled under that lock. Who had a company at the claim and has none now gets none here: somebody
has deleted it, and what was learned about it goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import structlog
from django.db import connection

from contacts.importing import companies as directory
from enrichment import firms, golden
from enrichment.engine.items import Finished, Item
from enrichment.engine.jsontext import json_text
from enrichment.leads import signals
from enrichment.ringing import ring_leads
from enrichment.survivorship import Claim, settle

log = structlog.get_logger(__name__)

NAME, DOMAIN = "company.name", "company.domain"
TRIES = 3


def update_companies(held: Sequence[Finished]) -> None:
    """Write what finished items say of companies; an item's contact may get its company here."""
    telling = {one.item.contact_id: one.item for one in held if _says(one.item)}
    for _ in range(TRIES):
        if not telling:
            return
        firm_of = _firms_of(telling)
        columns = sorted({column for item in telling.values() for column in _says(item)})
        told = firms.locked(set(firm_of.values()), columns)
        there = {contact: firm for contact, firm in firm_of.items() if firm in told}
        _link(there, telling)
        for contact, firm in there.items():
            for column, claims in _says(telling[contact]).items():
                told[firm].said[column] += claims
        firms.settle_and_write(told.values())
        ring_leads(id_ for id_, firm in told.items() if firm.changes.keys() & signals.COLUMNS)
        telling = {c: telling[c] for c, firm in firm_of.items() if firm not in told}
    log.warning("company_facts_dropped", contacts=len(telling))


def _says(item: Item) -> dict[str, list[Claim]]:
    """Return what an item says of its contact's company, by column."""
    return {
        name.removeprefix(golden.OF_COMPANY): claims
        for name, claims in item.said.items()
        if golden.is_of_company(name)
    }


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


def _link(firm_of: Mapping[int, int], telling: Mapping[int, Item]) -> None:
    """Give contacts the company that the facts named, where they still have none."""
    rows = [
        {"id": contact, "company": firm, "fact": _fact(telling[contact])}
        for contact, firm in firm_of.items()
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
