"""Reads records: by id, by what they are found by, and as they come in a page of changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_sync.connector import COMPANY, CONTACT, LEAD, Answer, Api, Remote
from crm_sync.connectors.dynamics import odata
from crm_sync.connectors.dynamics.provider import BASE, IDS, SETS, get
from crm_sync.connectors.dynamics.values import from_remote
from integrations.errors import ContractBroken

# The lookup that says which company a record belongs to. A contact's points to a contact as well.
OF_COMPANY = {CONTACT: "_parentcustomerid_value", LEAD: "_parentaccountid_value"}
TARGET = "Microsoft.Dynamics.CRM.lookuplogicalname"
WITH_TARGETS = f'odata.include-annotations="{TARGET}"'
IDS_AT_ONCE = 100  # some 4,000 characters of an address, which may have 32,768
MOST_FOUND = 200
CONDITIONS_AT_ONCE = 25


def selected(api: Api, obj: str, fields: Sequence[str], *more: str) -> str:
    """Return the columns to ask for: the fields, the id, our key, the time and the company."""
    key_field = api.key_fields.get(obj, "")
    wanted = [*fields, IDS[obj], key_field, "modifiedon", OF_COMPANY.get(obj, ""), *more]
    named = [odata.name(each) for each in wanted if each and "@" not in each]
    return ",".join(dict.fromkeys(named))


async def read(
    api: Api, obj: str, remote_ids: Sequence[str], fields: Sequence[str]
) -> list[Remote]:
    """Return the records that exist; see `Connector.read`."""
    ids = [found for each in dict.fromkeys(remote_ids) if (found := odata.guid(each))]
    params = {"$select": selected(api, obj, fields)}
    records: list[Remote] = []
    for at in range(0, len(ids), IDS_AT_ONCE):
        condition = odata.among(IDS[obj], ids[at : at + IDS_AT_ONCE])
        rows = await _asked(api, obj, {**params, "$filter": condition})
        records += await remotes(api, obj, rows, fields)
    return records


async def find(
    api: Api, obj: str, by: Sequence[tuple[str, str]], fields: Sequence[str]
) -> list[Remote]:
    """Return records with one of these values, oldest first; see `Connector.find`.

    The database compares without accents: what only looks alike is left out here.
    """
    rows: dict[str, dict[str, Any]] = {}
    asked = [(field, value) for field, value in dict.fromkeys(by) if value.strip()]
    params = {
        "$select": selected(api, obj, fields, "createdon", *(field for field, _ in asked)),
        "$orderby": f"createdon asc,{IDS[obj]} asc",
        "$top": str(MOST_FOUND),
    }
    for at in range(0, len(asked), CONDITIONS_AT_ONCE):
        some = asked[at : at + CONDITIONS_AT_ONCE]
        condition = " or ".join(odata.equals(field, value) for field, value in some)
        for row in await _asked(api, obj, {**params, "$filter": condition}):
            if any(_same(row.get(field), value) for field, value in some):
                rows[row[IDS[obj]]] = row
    oldest = sorted(rows.values(), key=lambda row: (row["createdon"], row[IDS[obj]]))
    return await remotes(api, obj, oldest[:MOST_FOUND], fields)


def _same(found: Any, wanted: str) -> bool:
    return str(found or "").strip().casefold() == wanted.strip().casefold()


async def _asked(api: Api, obj: str, params: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the rows of a query. A lookup that fails is an error, never an empty answer."""
    answer = await get(api, f"{BASE}/{SETS[obj]}", params, prefer=WITH_TARGETS)
    return listed(answer)


def listed(answer: Answer) -> list[dict[str, Any]]:
    """Return the rows of an answer. Raises ContractBroken for one that has none."""
    rows = answer.body.get("value") if isinstance(answer.body, dict) else None
    if not isinstance(rows, list):
        raise ContractBroken("Dynamics 365: a query was answered without a list")
    return rows


async def remotes(
    api: Api, obj: str, rows: Sequence[Mapping[str, Any]], fields: Sequence[str]
) -> list[Remote]:
    """Return rows as records."""
    wanted = [each for each in fields if "@" not in each]
    values = await from_remote(api, obj, [{n: row.get(n) for n in wanted} for row in rows])
    key_field = api.key_fields.get(obj, "")
    return [
        Remote(
            row[IDS[obj]], found, key=str(row.get(key_field) or ""),
            modified_at=odata.moment(row.get("modifiedon")), relations=_relations(obj, row),
        )
        for row, found in zip(rows, values, strict=True)
    ]  # fmt: skip


def _relations(obj: str, row: Mapping[str, Any]) -> dict[str, str]:
    lookup = OF_COMPANY.get(obj, "")
    is_company = row.get(f"{lookup}@{TARGET}", "account") == "account"
    return {COMPANY: str(row[lookup])} if row.get(lookup) and is_company else {}
