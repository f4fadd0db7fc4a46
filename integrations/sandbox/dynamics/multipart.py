"""Reads and writes $batch as the played Dynamics does: multipart/mixed with HTTP in its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus

from integrations.sandbox.dynamics.refusals import Refusal

BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
MOST = 1_000
CRLF, BLANK = b"\r\n", b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a batch; `headers` are named in lower case."""

    method: str
    url: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Said:
    """The answer to an operation."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def read(content_type: str, content: bytes) -> list[Operation]:
    """Return the operations of a batch. Raises Refusal; lines end with CRLF, or nothing is read."""
    found = BOUNDARY.search(content_type)
    if not content_type.startswith("multipart/mixed") or found is None:
        raise Refusal(400, "0x80060888", "The Content-Type of a batch is multipart/mixed.")
    mark = b"--" + found[1].encode()
    parts = content.split(mark + CRLF)[1:]
    if not parts or mark + b"--" not in parts[-1]:
        raise Refusal(400, "0x80060888", "The batch does not end with its boundary.")
    parts[-1] = parts[-1].partition(mark + b"--")[0]
    if len(parts) > MOST:
        raise Refusal(400, "0x80060887", f"A batch has at most {MOST} operations.")
    return [operation(part) for part in parts]


def operation(part: bytes) -> Operation:
    """Return one operation. Raises Refusal."""
    mime, _, request = part.partition(BLANK)
    if b"application/http" not in mime.lower():
        raise Refusal(400, "0x80060888", "A part of a batch is application/http.")
    head, _, body = request.partition(BLANK)
    first, *lines = head.decode("ascii").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or "/api/data/" not in words[1]:
        raise Refusal(400, "0x80060888", f"The request line is not valid: {first[:100]}")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs if name}
    if words[0] == "POST" and "type=entry" not in headers.get("content-type", ""):
        raise Refusal(400, "0x80060888", "A POST in a batch is application/json; type=entry.")
    return Operation(words[0], words[1], body.strip(), headers)


def write(answers: Iterable[Said], boundary: str) -> bytes:
    lines = []
    for said in answers:
        reason = HTTPStatus(said.status).phrase
        head = [f"{name}: {value}" for name, value in said.headers.items()]
        if said.body:
            head.insert(0, "Content-Type: application/json; odata.metadata=minimal")
        lines.append(
            f"--{boundary}\r\nContent-Type: application/http\r\n"
            f"Content-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 {said.status} {reason}\r\n".encode()
            + "".join(f"{line}\r\n" for line in head).encode()
            + CRLF
            + said.body
            + CRLF
        )
    return b"".join([*lines, f"--{boundary}--\r\n".encode()])
