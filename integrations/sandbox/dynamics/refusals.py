"""The played Dynamics' refusals: a status, a code and the words that Dataverse has for it."""

from __future__ import annotations

import orjson

DUPLICATE_KEY, DUPLICATES_FOUND = "0x80060892", "0x80040333"
NOT_THERE, NO_PRIVILEGE = "0x80040217", "0x80040220"
TOO_LONG, OUT_OF_RANGE, BAD_CHOICE = "0x80044331", "0x80044330", "0x8004431a"
PAYLOAD, NO_SUCH_PROPERTY, NO_SUCH_KEY = "0x80048d19", "0x80060888", "0x80060891"
PRECONDITION, EXPIRED = "0x80060882", "0x80044352"
THROTTLED = {
    "requests": ("0x80072322", "Number of requests exceeded the limit of 6000 over time window of "
                 "300 seconds."),
    "execution": ("0x80072321", "Combined execution time of incoming requests exceeded limit of "
                  "1200000 milliseconds over time window of 300 seconds."),
    "concurrent": ("0x80072326", "Number of concurrent requests exceeded the limit of 52."),
}  # fmt: skip


class Refusal(Exception):
    """A refusal of one operation."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.body = envelope(code, words)


def envelope(code: str, words: str) -> bytes:
    return orjson.dumps({"error": {"code": code, "message": words}})


def of_payload(entity_set: str, words: str) -> Refusal:
    """Return what Dataverse says of a body that it cannot read, with all that it wraps it in."""
    return Refusal(
        400,
        PAYLOAD,
        f"Error identified in Payload provided by the user for Entity :'{entity_set}', For more "
        "information on this error please follow this help link "
        "https://go.microsoft.com/fwlink/?linkid=2195293  ---->  InnerException : "
        f"Microsoft.OData.ODataException: {words}",
    )


def not_there(label: str, id_: str) -> Refusal:
    return Refusal(404, NOT_THERE, f"Entity '{label}' With Id = {id_} Does Not Exist")
