"""Queries of the played Dynamics: $filter, $orderby, pages, and change tracking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from integrations.sandbox.crm.store import Row, Store
from integrations.sandbox.dynamics.multipart import Said
from integrations.sandbox.dynamics.odata import Ast, names, parse, tester
from integrations.sandbox.dynamics.records import selected, shown, value_of
from integrations.sandbox.dynamics.refusals import EXPIRED, NO_SUCH_PROPERTY, Refusal
from integrations.sandbox.dynamics.schema import INDEXED, Spec

PAGE_MOST = 5_000
LAST = "~"  # sorts behind every id


@dataclass(slots=True)
class Querying:
    """What tests may set: smaller pages, no change tracking, tokens that have expired.

    Delta tokens from before `expired_ms` are answered `expired_with`.
    """

    page_most: int = PAGE_MOST
    untracked: tuple[str, ...] = ()
    expired_ms: int = 0
    expired_with: int = 400
    foreign_host: str = ""


def query(
    store: Store, how: Querying, spec: Spec, params: Mapping[str, str], prefer: str, base: str
) -> Said:
    """Answer GET of a set. Raises Refusal."""
    if unknown := params.keys() - {
        "$select", "$filter", "$orderby", "$top", "$skiptoken", "$deltatoken",
    }:  # fmt: skip
        raise Refusal(400, NO_SUCH_PROPERTY, f"The query option {min(unknown)!r} is not known.")
    selected(spec, params)  # also where nothing is found
    most = min(_page_size(prefer), how.page_most)
    base = f"https://{how.foreign_host}" if how.foreign_host else base
    address = f"{base}/{spec.entity_set}"
    if "odata.track-changes" in prefer or "$deltatoken" in params:
        return _tracked(store, how, spec, params, prefer, address, most)
    rows = _found(store, spec, params)
    if top := int(params.get("$top", 0)):
        rows, most = rows[:top], top
    after = _token(params)
    if after:
        rows = [row for row in rows if _place(spec, params, row) > after]
    page = rows[:most]
    body: dict[str, Any] = {"value": [shown(spec, row, params, prefer) for row in page]}
    if len(rows) > len(page):
        at, id_ = _place(spec, params, page[-1])
        body["@odata.nextLink"] = _link(address, params, {"$skiptoken": f"{at}|{id_}"})
    return Said(200, orjson.dumps(body))


def _tracked(
    store: Store, how: Querying, spec: Spec, params: Mapping[str, str], prefer: str, address: str,
    most: int,
) -> Said:  # fmt: skip
    """Answer with everything, or with what changed since a token, deletions with it."""
    if spec.name in how.untracked:
        raise Refusal(400, "0x80044353", f"Change tracking is not enabled for {spec.name}.")
    if params.keys() & {"$filter", "$orderby", "$top"}:
        raise Refusal(400, NO_SUCH_PROPERTY, "Change tracking takes no $filter, $orderby or $top.")
    since = int(params.get("$deltatoken", -1))
    if 0 <= since < how.expired_ms:
        words = "Version stamp associated with the client has expired. Please perform a full sync."
        raise Refusal(how.expired_with, EXPIRED, words)
    begun, at, after = _tracking(params, store.now(), since)
    rows = [*store[spec.name].since(at, after, limit=most + 1)]
    page = rows[:most]
    told = [_change(spec, row, params, prefer, address) for row in page if since >= 0
            or not row.is_deleted]  # fmt: skip
    body: dict[str, Any] = {"value": told}
    if len(rows) > most:
        token = {"$skiptoken": f"{begun}|{page[-1].modified_ms}|{page[-1].id}"}
        body["@odata.nextLink"] = _link(address, params, token)
    else:
        kept = {name: value for name, value in params.items() if name == "$select"}
        body["@odata.deltaLink"] = _link(address, kept, {"$deltatoken": str(begun)})
    return Said(200, orjson.dumps(body), {"Preference-Applied": "odata.track-changes"})


def _tracking(params: Mapping[str, str], now: int, since: int) -> tuple[int, int, str]:
    """Return when the round began, and behind which record to go on."""
    if "$skiptoken" not in params:
        return now, since, ""
    begun, at, id_ = params["$skiptoken"].split("|")
    return int(begun), int(at), id_


def _change(
    spec: Spec, row: Row, params: Mapping[str, str], prefer: str, address: str
) -> dict[str, Any]:
    if not row.is_deleted:
        return shown(spec, row, params, prefer)
    context = f"{address.rpartition('/')[0]}/$metadata#{spec.entity_set}/$deletedEntity"
    return {"@odata.context": context, "id": row.id, "reason": "deleted"}


def _found(store: Store, spec: Spec, params: Mapping[str, str]) -> list[Row]:
    """Return the records that a filter finds, in the order asked for."""
    table = store[spec.name]
    text = params.get("$filter", "")
    if not text:
        rows = table.living()
    else:
        ast = parse(text)
        if unknown := names(ast) - spec.properties.keys():
            raise Refusal(
                400, NO_SUCH_PROPERTY, f"Could not find a property named '{min(unknown)}'."
            )
        fits = tester(ast)
        near = _near(store, spec, ast)
        rows = [row for row in near if not row.is_deleted and fits(_Shown(spec, row))]
    return sorted(rows, key=lambda row: _place(spec, params, row))


class _Shown(dict[str, Any]):
    """A record's values as a filter sees them."""

    def __init__(self, spec: Spec, row: Row) -> None:
        super().__init__(row.values)
        for name in (spec.id, "createdon", "modifiedon"):
            self[name] = value_of(spec, row, name)


def _near(store: Store, spec: Spec, ast: Ast) -> list[Row]:
    """Return records among which all are that a filter finds, by an index where there is one."""
    table = store[spec.name]
    if ast[0] == "or":
        found = {row.id: row for each in ast[1:] for row in _near(store, spec, each)}
        return [*found.values()]
    if ast[0] == "in" and ast[1] == spec.id:
        return [table.rows[id_.lower()] for id_ in ast[2] if id_.lower() in table.rows]
    if ast[0] == "eq" and ast[1] == spec.id:
        return [table.rows[ast[2]]] if ast[2] in table.rows else []
    if ast[0] == "eq" and ast[1] in INDEXED and ast[2]:
        return table.find(ast[1], ast[2])
    return table.living()


def _place(spec: Spec, params: Mapping[str, str], row: Row) -> tuple[int, str]:
    """Return what a record is sorted by. Raises Refusal for an order that is not played."""
    order = params.get("$orderby", "")
    by_pk = f",{spec.id} asc"
    if not order:
        return 0, row.id
    if order == f"createdon asc{by_pk}":
        return row.created_ms, row.id
    if order == f"modifiedon asc{by_pk}":
        return row.modified_ms, row.id
    raise Refusal(400, NO_SUCH_PROPERTY, f"The order {order!r} is not played.")


def _token(params: Mapping[str, str]) -> tuple[int, str] | None:
    if "$skiptoken" not in params:
        return None
    at, _, id_ = params["$skiptoken"].partition("|")
    return int(at), id_


def _page_size(prefer: str) -> int:
    _, _, asked = prefer.partition("odata.maxpagesize=")
    digits = asked.partition(",")[0].strip()
    return int(digits) if digits.isdigit() and int(digits) else PAGE_MOST


def _link(address: str, params: Mapping[str, str], token: Mapping[str, str]) -> str:
    kept = {name: value for name, value in params.items() if name not in token}
    return f"{address}?{urlencode({**kept, **token}, quote_via=quote, safe='$,')}"
