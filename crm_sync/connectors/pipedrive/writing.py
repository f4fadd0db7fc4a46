"""Writes records one by one, side by side: Pipedrive takes no batches and has no upsert.

A new record is posted once. What is not heard of it again is unknown; who comes again with that
has its key looked for before anything is made (keys.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from crm_sync.connector import Answer, Api, Outcome, Write, Written
from crm_sync.connectors.pipedrive.bodies import BadValue, body_of, needs_record
from crm_sync.connectors.pipedrive.fields import CODES, LISTS, OBJECT, Schema
from crm_sync.connectors.pipedrive.keys import Found, with_keys
from crm_sync.connectors.pipedrive.provider import SIDE_BY_SIDE, code_of, data_of, words_of
from crm_sync.connectors.pipedrive.reading import record, records
from crm_sync.connectors.pipedrive.values import Record, at
from integrations.errors import CallError, ContractBroken, OutcomeUnknown, QuestionRejected

GONE = (404, 410)
BAD = (400, 422)


async def write(api: Api, schema: Schema, writes: Sequence[Write]) -> Sequence[Written]:
    """Create or update; see `Connector.write`. Raises QuestionRejected without a key field."""
    if not schema.key:
        raise QuestionRejected(f"Pipedrive: the {OBJECT[schema.obj]} have no field for our key")
    writes = list({each.key: each for each in writes}.values())
    lost = [each.key for each in writes if each.may_exist and not each.remote_id]
    found = await with_keys(api, schema, lost)
    ids = {each.key: _id_of(each, found.get(each.key, ())) for each in writes}
    needed = [ids[each.key] for each in writes if needs_record(schema, each.values)]
    there = {str(each["id"]): each for each in await records(api, schema, needed)}

    async def one(each: Write) -> Written:
        known = found.get(each.key, ())
        if isinstance(known, CallError):
            raise known
        if len(known) > 1:
            words = f"Several records have this key: {', '.join(known)}"
            return Written(each.key, "several", words=words)
        id_ = ids[each.key]
        if not id_:
            return await _create(api, schema, each)
        return await _update(api, schema, each, id_, there.get(id_))

    done = await side_by_side([partial(one, each) for each in writes])
    nothing_known = all(isinstance(each, CallError) for each in done)
    return [
        _told(each, result, raises=nothing_known) for each, result in zip(writes, done, strict=True)
    ]


async def side_by_side(
    work: Sequence[Callable[[], Awaitable[Written]]],
) -> Sequence[Written | CallError]:
    """Return what became of each piece of work, some at a time; one's error stops no other."""
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(piece: Callable[[], Awaitable[Written]]) -> Written | CallError:
        async with places:
            try:
                return await piece()
            except CallError as error:
                return error

    return await asyncio.gather(*map(one, work))


def _told(each: Write, result: Written | CallError, *, raises: bool) -> Written:
    """Return an outcome; what may be there without our knowing stays unknown."""
    if isinstance(result, Written):
        return result
    if raises:
        raise result
    is_open = each.may_exist and not each.remote_id
    outcome: Outcome = "unknown" if is_open else "again"
    return Written(each.key, outcome, each.remote_id, str(result), code=result.code)


def _id_of(each: Write, known: Found) -> str:
    if each.remote_id or isinstance(known, CallError) or len(known) != 1:
        return each.remote_id
    return known[0]


async def _create(api: Api, schema: Schema, each: Write) -> Written:
    try:
        body = body_of(schema, each, None, str(api.options.get("currency") or "USD"))
        answer = await api.ask("POST", schema.path, json=body, fine=BAD, once=True)
        return _rejected(schema, each, answer) or _done(each, "created", data_of(answer))
    except BadValue as bad:
        return Written(each.key, "rejected", words=str(bad), field=bad.field)
    except (OutcomeUnknown, ContractBroken) as error:
        return Written(each.key, "unknown", words=str(error), code=error.code)


async def _update(api: Api, schema: Schema, each: Write, id_: str, there: Record | None) -> Written:
    if there is None and needs_record(schema, each.values):
        there = await record(api, schema, id_)
        if there is None:
            return Written(each.key, "gone", id_, "The record is not there any more")
    path = f"{schema.path}/{quote(id_, safe='')}"
    try:
        body = body_of(schema, each, there, str(api.options.get("currency") or "USD"))
    except BadValue as bad:
        return Written(each.key, "rejected", id_, str(bad), bad.field)
    answer = await api.ask("PATCH", path, json=body, fine=(*BAD, *GONE))
    if answer.status in GONE:
        return Written(each.key, "gone", id_, words_of(answer.body), code=code_of(answer.body))
    if refused := _rejected(schema, each, answer):
        return refused
    data = data_of(answer)
    if data.get("is_deleted"):
        return Written(each.key, "gone", id_, "The record is not there any more")
    return _done(each, "updated", data)


def _done(each: Write, outcome: Outcome, data: Record) -> Written:
    return Written(each.key, outcome, str(data["id"]), modified_at=at(data.get("update_time")))


def _rejected(schema: Schema, each: Write, answer: Answer) -> Written | None:
    """Return the refusal of a record's values, with the field that it names."""
    if answer.status not in BAD:
        return None
    words, field = words_of(answer.body), _field_of(schema, each, answer.body)
    label = schema.fields[field].label if field in schema.fields else ""
    said = words.replace(field, label) if field in schema.custom else words
    return Written(each.key, "rejected", each.remote_id, said, field, code_of(answer.body))


def _field_of(schema: Schema, each: Write, body: Any) -> str:
    """Return which of the fields sent a refusal speaks of: by its code, else by its words."""
    if not isinstance(body, dict):
        return ""
    places = (body, body.get("additional_data"), body.get("data"))
    codes = [place.get("field_code") for place in places if isinstance(place, dict)]
    named = next((CODES.get(code, code) for code in codes if code), "")
    if named:
        return named
    words = words_of(body)
    names = (*each.values, schema.key)
    return next((name for name in names if name and LISTS.get(name, name) in words), "")


async def relate(api: Api, schema: Schema, pairs: Sequence[tuple[str, str]]) -> Sequence[Written]:
    """Make contacts belong to companies; `schema` is the contacts'."""

    async def one(person: str, firm: str) -> Written:
        path = f"{schema.path}/{quote(person, safe='')}"
        if not firm.isdigit():
            return Written(person, "rejected", person, f"{firm} is no id of an organization")
        answer = await api.ask("PATCH", path, json={"org_id": int(firm)}, fine=(*BAD, *GONE))
        if answer.status in GONE:
            return Written(person, "gone", person, words_of(answer.body))
        if answer.status in BAD:
            words, code = words_of(answer.body), code_of(answer.body)
            return Written(person, "rejected", person, words, "org_id", code)
        return Written(person, "updated", person)

    return await _each(pairs, one)


async def delete(api: Api, schema: Schema, ids: Sequence[str]) -> Sequence[Written]:
    """Delete records one by one; the second version has no deletion of many."""

    async def one(id_: str) -> Written:
        path = f"{schema.path}/{quote(id_, safe='')}"
        answer = await api.ask("DELETE", path, fine=GONE)
        return Written(id_, "gone" if answer.status in GONE else "updated", id_)

    return await _each([(id_,) for id_ in ids], one)


async def _each(
    asked: Sequence[tuple[str, ...]], one: Callable[..., Awaitable[Written]]
) -> Sequence[Written]:
    """Return what became of each, by its first id. Raises where nothing is known of any."""
    done = await side_by_side([partial(one, *args) for args in asked])
    if done and all(isinstance(each, CallError) for each in done):
        raise next(each for each in done if isinstance(each, CallError))
    return [
        each
        if isinstance(each, Written)
        else Written(args[0], "again", args[0], str(each), code=each.code)
        for args, each in zip(asked, done, strict=True)
    ]
