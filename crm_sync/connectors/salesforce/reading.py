"""What Salesforce has: records by id, by what they hold, and what has changed.

Changes are read in the order of (SystemModstamp, Id) from where the last page ended, so that no
page skips one, however many bear one second. A transaction that lasts shows what it did only at
its end, with times that have passed: so a sync begins where `latestDateCovered` of getDeleted says
that all had ended. What was deleted is in the recycle bin, and read with the rest; what was taken
out of it, getDeleted alone tells, for 30 days.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getdeleted.htm
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from crm_sync.connector import Answer, Api, Page, Remote
from crm_sync.connectors.salesforce.asking import (
    TABLES,
    columns,
    groups,
    literal,
    part,
    path,
    remote,
)
from integrations.errors import ContractBroken, QuestionRejected

PAGE = 1_000  # of at most 2,000, as an answer is read to 10 MB
MOST_FOUND = 200
IDS_ASKED = 400  # in a query, whose address has at most 16,384 bytes
LONGEST_QUERY = 6_000
MINUTE = timedelta(minutes=1)
KEPT = timedelta(days=29)  # Salesforce tells of 30, by its own clock
# A transaction of Salesforce's own, anywhere on its instance, holds latestDateCovered back for
# hours, rarely days; a customer's own are ended after minutes. Who followed it for days would read
# the same again with every sync.
HELD_BACK = timedelta(hours=12)


async def read(api: Api, obj: str, ids: Sequence[str], fields: Sequence[str]) -> list[Remote]:
    """Return the records that exist."""
    wanted, found = columns(api, obj, fields), []
    for some in groups(ids, PAGE):
        answer = await api.ask(
            "POST",
            path(api, "composite", "sobjects", TABLES[obj]),
            json={"ids": list(some), "fields": wanted},
        )
        if not isinstance(answer.body, list):
            raise ContractBroken("Salesforce: records were asked for, and no list came")
        found += [remote(api, obj, each, fields) for each in answer.body if each is not None]
    return found


async def find(
    api: Api, obj: str, by: Sequence[tuple[str, str]], fields: Sequence[str]
) -> list[Remote]:
    """Return records with one of these values, oldest first; text is compared without case."""
    columns(api, obj, [name for name, _ in by])  # names alone may stand outside of literals
    found: dict[str, Mapping[str, Any]] = {}
    for tests in _queries([f"{name} = {literal(value)}" for name, value in by if value]):
        where = f"WHERE {' OR '.join(tests)} ORDER BY CreatedDate, Id LIMIT {MOST_FOUND}"
        answer = await _query(api, "query", obj, columns(api, obj, fields), where)
        found.update((each["Id"], each) for each in part(answer.body, "records"))
    oldest = sorted(found.values(), key=lambda each: (each["CreatedDate"], each["Id"]))
    return [remote(api, obj, each, fields) for each in oldest[:MOST_FOUND]]


async def changed(api: Api, obj: str, cursor: Mapping[str, Any], fields: Sequence[str]) -> Page:
    """Return a page of what changed.

    The cursor is {"since", "after", "covered", "how"}: the time and id to go on from, where the
    next sync begins, and whether deleted records are asked for, which they are not the first time;
    between two syncs it has "since" alone.
    """
    since, after, covered = (str(cursor.get(name, "")) for name in ("since", "after", "covered"))
    how = str(cursor.get("how") or ("queryAll" if since else "query"))
    erased: list[Remote] = []
    if not covered:
        covered, erased = await _begun(api, obj, since)
    answer = await _query(api, how, obj, columns(api, obj, fields), _page(since, after))
    rows = part(answer.body, "records")
    records = [*erased, *(remote(api, obj, each, fields) for each in rows)]
    if len(rows) < PAGE and part(answer.body, "done"):
        return Page(records, {"since": covered})
    here = {"since": _text(_time(rows[-1]["SystemModstamp"])), "after": rows[-1]["Id"]}
    return Page(records, {**here, "covered": covered, "how": how}, has_more=True)


def _page(since: str, after: str) -> str:
    """Return the conditions of a page; the first test is the one that an index answers."""
    where = ""
    if since:
        where = f"WHERE SystemModstamp >= {since} "
    if after:
        where += f"AND (SystemModstamp > {since} OR Id > {literal(after)}) "
    return f"{where}ORDER BY SystemModstamp, Id LIMIT {PAGE}"


async def _begun(api: Api, obj: str, since: str) -> tuple[str, list[Remote]]:
    """Return where the sync after this one begins, and what was deleted for good since `since`."""
    now = datetime.now(UTC)
    start = _time(since) if since else now - MINUTE
    start = max(min(start, now - MINUTE), now - KEPT)
    covered, times = await _deleted(api, obj, start - MINUTE, now)
    if not since:
        return _text(covered), []
    ids, binned = list(times), set()
    for some in groups(ids, IDS_ASKED):
        where = f"WHERE Id IN ({', '.join(map(literal, some))})"
        answer = await _query(api, "queryAll", obj, ["Id"], where)
        binned |= {each["Id"] for each in part(answer.body, "records")}
    erased = [
        Remote(id_, {}, modified_at=at, is_deleted=True)
        for id_, at in times.items()
        if id_ not in binned
    ]
    return max(since, _text(covered)), erased


async def _deleted(
    api: Api, obj: str, start: datetime, end: datetime
) -> tuple[datetime, dict[str, datetime]]:
    """Return until when all is told, and when what was deleted; a window of too many is halved."""
    try:
        answer = await api.ask(
            "GET",
            path(api, "sobjects", TABLES[obj], "deleted") + "/",
            params={"start": _text(start), "end": _text(end)},
        )
    except (QuestionRejected, ContractBroken) as error:
        is_too_much = isinstance(error, ContractBroken) or error.code == "EXCEEDED_ID_LIMIT"
        if not is_too_much or end - start < 2 * MINUTE:
            raise
        middle = start + (end - start) / 2
        _, earlier = await _deleted(api, obj, start, middle)
        covered, later = await _deleted(api, obj, middle, end)
        return covered, earlier | later
    rows = part(answer.body, "deletedRecords")
    covered = _time(part(answer.body, "latestDateCovered"))
    now = their_time(answer) or end
    covered = max(min(covered, now), now - HELD_BACK)
    return covered, {each["id"]: _time(each["deletedDate"]) for each in rows}


async def _query(api: Api, how: str, obj: str, wanted: Sequence[str], rest: str) -> Answer:
    query = f"SELECT {', '.join(wanted)} FROM {TABLES[obj]} {rest}"
    return await api.ask("GET", path(api, how), params={"q": query})


def _queries(tests: Sequence[str]) -> list[list[str]]:
    """Return conditions in groups that fit into an address."""
    found: list[list[str]] = []
    size = LONGEST_QUERY
    for test in tests:
        if size + len(test.encode()) > LONGEST_QUERY:
            found.append([])
            size = 0
        found[-1].append(test)
        size += len(test.encode()) + 4
    return found


def their_time(answer: Answer) -> datetime | None:
    """Return the time by Salesforce's clock, of which an answer tells."""
    try:
        return parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (TypeError, ValueError) as error:
        raise ContractBroken(f"Salesforce: {text!r} is no time") from error


def _text(at: datetime) -> str:
    """Return a time as SOQL has it, so that texts sort as times do."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
