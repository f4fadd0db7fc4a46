"""Reading and writing the records of the played HubSpot, one and by batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from integrations.sandbox.crm.store import Row, Store
from integrations.sandbox.faults import FAILED
from integrations.sandbox.hubspot.properties import Properties
from integrations.sandbox.hubspot.refusals import Refused, exists, not_found, taken

MODIFIED = {"contact": "lastmodifieddate", "company": "hs_lastmodifieddate"}
MOST = 100
# By these a table can be looked up; by others it is gone through.
KEYS = {"contact": ("email", "switchboard_id"), "company": ("domain", "switchboard_id")}
Input = Mapping[str, Any]


def iso(ms: int) -> str:
    """Return a time as HubSpot writes it."""
    at = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


class Records:
    """The records of one account.

    A bad record has an error of its own in a 207 where every input has a trace id, else the first
    one fails the batch; `fails_each` says which of both regardless.
    """

    def __init__(self, store: Store, properties: Properties) -> None:
        self.store = store
        self.properties = properties
        self.fails_each: bool | None = None

    def shown(self, obj: str, row: Row, names: Sequence[str] = ()) -> dict[str, Any]:
        """Return a record as the API tells of it, with these properties besides the usual ones."""
        at = iso(row.modified_ms)
        held = {
            **row.values,
            "hs_object_id": row.id,
            "createdate": iso(row.created_ms),
            MODIFIED[obj]: at,
        }
        wanted = ("hs_object_id", "createdate", MODIFIED[obj], *names)
        said = {
            "id": row.id,
            "properties": {name: held.get(name) or None for name in wanted},
            "createdAt": iso(row.created_ms),
            "updatedAt": at,
            "archived": row.is_deleted,
        }
        return {**said, "archivedAt": at} if row.is_deleted else said

    def by(self, obj: str, name: str, value: str) -> Row | None:
        """Return the living record with a unique value."""
        table = self.store[obj]
        if name in KEYS[obj]:
            return next(iter(table.find(name, value)), None)
        return next((row for row in table.living() if row.values.get(name) == value), None)

    def living(self, obj: str, id_: str) -> Row | None:
        row = self.store[obj].rows.get(id_)
        return None if row is None or row.is_deleted else row

    def batch(
        self, obj: str, inputs: Sequence[Input], plan: Callable[[str, Input], Callable[[], Any]]
    ) -> tuple[int, dict[str, Any]]:
        """Do a batch: all that can be, where `plan` says of each what to do. Raises Refused."""
        if len(inputs) > MOST:
            raise Refused(400, "VALIDATION_ERROR", f"You can only send {MOST} inputs in a batch")
        ids = [str(one.get("id")) for one in inputs if one.get("id")]
        if len(set(ids)) < len(ids):
            raise Refused(400, "VALIDATION_ERROR", "Duplicate IDs found in batch input")
        each = self.fails_each
        if each is None:
            each = all(one.get("objectWriteTraceId") for one in inputs)
        steps, errors, results = [], [], []
        for one in inputs:
            try:
                steps.append((one, plan(obj, one)))
            except Refused as refused:
                errors.append(self._error(refused, one, each))
        for one, step in steps:
            try:
                results.append(step())
            except Refused as refused:
                # Two inputs of the batch want one value.
                errors.append(self._error(refused, one, each))
        return self._answer(results, errors)

    def _answer(
        self, results: list[Any], errors: list[dict[str, Any]]
    ) -> tuple[int, dict[str, Any]]:
        now = iso(self.store.now())
        body: dict[str, Any] = {
            "status": "COMPLETE",
            "results": results,
            "startedAt": now,
            "completedAt": now,
        }
        if errors:
            body |= {"numErrors": len(errors), "errors": errors}
        return 207 if errors else 200, body

    def _error(self, refused: Refused, one: Input, each: bool) -> dict[str, Any]:
        """Return the error of one input; raises it again where it fails its batch."""
        if not each and refused.status != 404:
            self.store.end(FAILED)
            self.store.begin()
            raise refused
        context = dict(refused.error.get("context") or {})
        if trace := one.get("objectWriteTraceId"):
            context["objectWriteTraceId"] = [trace]
        return {**refused.error, "context": context}

    # What is planned for one input

    def read(self, names: Sequence[str], by: str) -> Callable[[str, Input], Callable[[], Any]]:
        def plan(obj: str, one: Input) -> Callable[[], Any]:
            id_ = str(one.get("id"))
            row = self.by(obj, by, id_) if by else self.living(obj, id_)
            if row is None:
                raise not_found(obj, [id_])
            return lambda: self.shown(obj, row, names)

        return plan

    def update(self, obj: str, one: Input) -> Callable[[], Any]:
        if one.get("idProperty"):
            raise Refused(400, "VALIDATION_ERROR", "idProperty is not what this test wants")
        row = self.living(obj, str(one.get("id")))
        if row is None:
            raise not_found(obj, [str(one.get("id"))])
        values = self._values(obj, one, row)
        return lambda: self._updated(obj, row, one, values)

    def refuse_key(self, obj: str, inputs: Sequence[Input]) -> None:
        """Raise Refused, for all of a batch, where it goes by a property that is not unique."""
        for name in sorted({str(one.get("idProperty")) for one in inputs}):
            if name not in self.properties.unique[obj]:
                words = f"Unable to perform update/upsert by non-unique 0-1 property {name}"
                raise Refused(400, "VALIDATION_ERROR", words)

    def upsert(self, obj: str, one: Input) -> Callable[[], Any]:
        name, value = one["idProperty"], str(one.get("id") or "")
        row = self.by(obj, name, value)
        values = {**self._values(obj, one, row), name: value}
        if row is not None:
            return lambda: {**self._updated(obj, row, one, values), "new": False}
        if obj == "contact" and not any(map(values.get, ("email", "firstname", "lastname"))):
            words = "At least one of email, firstname and lastname is needed"
            raise Refused(400, "VALIDATION_ERROR", words)
        return lambda: self._created(obj, one, values)

    def _values(self, obj: str, one: Input, row: Row | None) -> dict[str, Any]:
        """Return an input's values, checked. Raises Refused."""
        values = dict(one.get("properties") or {})
        self.properties.check(obj, values)
        self._refuse_taken(obj, values, row)
        return values

    def _refuse_taken(self, obj: str, values: Input, row: Row | None) -> None:
        """Raise Refused where another record has one of the values that must be unique."""
        for name in values.keys() & self.properties.unique[obj]:
            value = values[name]
            other = self.by(obj, name, value) if value else None
            if other and (row is None or other.id != row.id):
                if row is None and name == "email":
                    raise exists(other.id)
                raise taken(row.id if row else "0", name, value, other.id)

    def _updated(self, obj: str, row: Row, one: Input, values: Input) -> dict[str, Any]:
        self._refuse_taken(obj, values, row)
        self.store[obj].update(row, values)
        return {**self.shown(obj, row, list(values)), **_trace(one)}

    def _created(self, obj: str, one: Input, values: Input) -> dict[str, Any]:
        self._refuse_taken(obj, values, None)
        stage = {"lifecyclestage": "lead"} if obj == "contact" else {}
        row = self.store[obj].create(new_id(self.store), {**stage, **values})
        return {**self.shown(obj, row, list(values)), "new": True, **_trace(one)}


def _trace(one: Input) -> dict[str, str]:
    trace = one.get("objectWriteTraceId")
    return {"objectWriteTraceId": trace} if trace else {}


def new_id(store: Store) -> str:
    """Return the next id; all have eleven digits, so that their order as text is that of time."""
    return str(20_000_000_000 + store.next_id())
