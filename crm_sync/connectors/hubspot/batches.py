"""Batches in which a bad record spoils no other, whatever HubSpot does with the whole of it.

HubSpot answers a batch whose inputs have trace ids with 207 and an error for each bad record
(developers.hubspot.com/docs/api-reference/error-handling, multi-status errors). What it refuses as
a whole all the same is sent again without the records that the refusal names; where it names none,
in halves, until the bad ones stand alone. That is safe since nothing of a refused batch was
written, and since what we send may be sent twice. A value that was refused once is not sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm_sync.connector import Answer, Api, Outcome, Written
from crm_sync.connectors.hubspot.complaints import PASSING, Complaint, read_complaint
from integrations.errors import CallError, NotFound, OutcomeUnknown, QuestionRejected

NOT_THERE = 404
REFUSALS = (400, NOT_THERE, 409)


@dataclass(frozen=True, slots=True)
class Item:
    """One input of a batch: `names` are all by which an answer may mean it."""

    key: str
    body: Mapping[str, Any]
    names: frozenset[str]
    remote_id: str = ""

    @property
    def values(self) -> Mapping[str, str]:
        return self.body.get("properties") or {}


@dataclass(slots=True)
class Batch:
    """Sends items and collects what became of each in `done`."""

    api: Api
    key_field: str = ""
    done: list[Written] = field(default_factory=list)
    bad: dict[tuple[str, str], Complaint] = field(default_factory=dict)

    async def send(self, path: str, items: Sequence[Item]) -> None:
        """Send all of them. Raises CallError where nothing is known of any that was sent so far."""
        try:
            await self._send(path, items)
        except CallError as error:
            if not self.done:
                raise
            known = {written.key for written in self.done}
            self.done += [_unsure(item, error) for item in items if item.key not in known]

    async def _send(self, path: str, given: Sequence[Item]) -> None:
        known = {item.key: bad for item in given if (bad := self._known_bad(item))}
        self.done += [self._verdict(item, known[item.key]) for item in given if item.key in known]
        items = [item for item in given if item.key not in known]
        if not items:
            return
        inputs = {"inputs": [item.body for item in items]}
        answer = await self.api.ask("POST", path, json=inputs, fine=REFUSALS)
        if answer.status in REFUSALS:
            await self._refused(path, items, answer)
        else:
            await self._settled(path, items, answer)

    async def _refused(self, path: str, items: Sequence[Item], answer: Answer) -> None:
        """Let the others of a batch that was refused as a whole have another try."""
        complaint = read_complaint(answer.body)
        if complaint.is_of_the_key:
            raise QuestionRejected(f"HubSpot: {complaint.words}", code=complaint.code)
        named: Sequence[Item] = [item for item in items if _concerns(complaint, item)]
        if answer.status == NOT_THERE and not named:
            # The address is not there: no record is gone for that.
            raise NotFound(f"HubSpot: {complaint.words}", code=complaint.code)
        if len(items) == 1:
            named = items
        if not named:
            await self._halve(path, items)
            return
        self.done += [self._verdict(item, complaint) for item in named]
        self._learn(named, complaint)
        await self._send(path, [item for item in items if item not in named])

    async def _settled(self, path: str, items: Sequence[Item], answer: Answer) -> None:
        """Read an answer to a batch, result by result and error by error."""
        body = answer.body if isinstance(answer.body, dict) else {}
        left = {name: item for item in items for name in item.names}
        for result in body.get("results") or ():
            names = _names(result, self.key_field)
            if item := next((left[name] for name in names if name in left), None):
                self.done.append(_written(item, result))
                _drop(left, item)
        unnamed = []
        for complaint in map(read_complaint, body.get("errors") or ()):
            named = {left[name].key: left[name] for name in complaint.about if name in left}
            for item in named.values():
                self.done.append(self._verdict(item, complaint))
                _drop(left, item)
            if not named:
                unnamed.append(complaint)
        still = {item.key: item for item in left.values()}
        if still:
            await self._rest(path, list(still.values()), unnamed)

    async def _rest(
        self, path: str, items: Sequence[Item], complaints: Sequence[Complaint]
    ) -> None:
        """Find out about those of which an answer said nothing that could be told apart."""
        if not complaints:
            words = "HubSpot's answer says nothing of it"
            self.done += [Written(item.key, "unknown", item.remote_id, words) for item in items]
        elif len(items) == 1:
            self.done.append(self._verdict(items[0], complaints[0]))
        else:
            await self._halve(path, items)

    async def _halve(self, path: str, items: Sequence[Item]) -> None:
        middle = len(items) // 2
        await self._send(path, items[:middle])
        await self._send(path, items[middle:])

    def _verdict(self, item: Item, complaint: Complaint) -> Written:
        outcome = complaint.outcome(key_field=self.key_field, is_known=bool(item.remote_id))
        return Written(
            item.key, outcome, item.remote_id, complaint.words, complaint.field, complaint.code
        )

    def _learn(self, items: Sequence[Item], complaint: Complaint) -> None:
        """Keep which value of one record alone was refused, so that no other is sent with it."""
        is_of_the_value = not complaint.other and complaint.code not in PASSING
        if len(items) == 1 and complaint.field in items[0].values and is_of_the_value:
            self.bad[complaint.field, items[0].values[complaint.field]] = complaint

    def _known_bad(self, item: Item) -> Complaint | None:
        if not self.bad:
            return None
        return next((self.bad[pair] for pair in item.values.items() if pair in self.bad), None)


def _concerns(complaint: Complaint, item: Item) -> bool:
    if complaint.is_of_the_property:
        return complaint.field in item.values
    return not complaint.about.isdisjoint(item.names)


def _names(result: Mapping[str, Any], key_field: str) -> Iterator[str]:
    """Return by what a result may be told, the surest first."""
    yield str(result.get("objectWriteTraceId") or "")
    yield str((result.get("properties") or {}).get(key_field) or "")
    yield str(result.get("id") or "")
    yield str((result.get("from") or {}).get("id") or "")
    yield str(result.get("fromObjectId") or "")


def _written(item: Item, result: Mapping[str, Any]) -> Written:
    is_new = result.get("new") is True
    outcome: Outcome = "created" if is_new else "updated"
    remote_id = str(result.get("id") or item.remote_id)
    return Written(item.key, outcome, remote_id, modified_at=moment(result.get("updatedAt")))


def _unsure(item: Item, error: CallError) -> Written:
    outcome: Outcome = "unknown" if isinstance(error, OutcomeUnknown) else "again"
    return Written(item.key, outcome, item.remote_id, str(error), code=error.code)


def _drop(left: dict[str, Item], item: Item) -> None:
    for name in item.names:
        left.pop(name, None)


def moment(text: object) -> datetime | None:
    """Return a time as HubSpot writes it, None for what is none."""
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
