"""The sandbox's own ledger: compact, bounded, numbered."""

from __future__ import annotations

from uuid import UUID, uuid4

import orjson

from integrations.sandbox.faults import ANSWERED, DROPPED
from integrations.sandbox.record import NO_ID, Heard, Record, as_id


def test_it_keeps_the_newer_half_when_it_is_full():
    record = Record(capacity=10)
    for line in range(12):
        key = f"+1415555{line:04d}"
        record.add(Heard(NO_ID, 1, "twilio", ANSWERED), ("line_type",), (key,), ())

    found = [orjson.loads(line) for line in record.lines()]
    assert [call["n"] for call in found] == [6, 7, 8, 9, 10, 11, 12]
    assert found[-1]["key"] == "+14155550011"
    assert (record.count()["calls"], record.count()["forgotten"]) == (12, 5)


def test_a_batch_is_a_call_for_each_number():
    record = Record()
    request_id = uuid4()
    heard = Heard(request_id.bytes, 2, "twilio", DROPPED)

    record.add(heard, ("line_type",), ("+14155550100", "+14155550101"), ("+14155550101",))

    found = [orjson.loads(line) for line in record.lines()]
    assert [(c["key"], c["charged"]) for c in found] == [
        ("+14155550100", False),
        ("+14155550101", True),
    ]
    assert {(c["request_id"], c["attempt"]) for c in found} == {(str(request_id), 2)}


def test_a_request_id_that_is_none_is_kept_as_none():
    record = Record()
    record.add(Heard(as_id(b"not a uuid"), 1, "twilio", ANSWERED), (), (), ())

    assert orjson.loads(next(record.lines()))["request_id"] is None
    assert as_id(str(UUID(int=7)).encode()) == UUID(int=7).bytes
