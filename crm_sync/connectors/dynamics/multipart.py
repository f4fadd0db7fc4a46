"""$batch: up to 1,000 operations in one multipart/mixed request, each with an answer of its own.

learn.microsoft.com/power-apps/developer/data-platform/webapi/execute-batch-operations-using-web-api
(2026): lines end with CRLF, answers come in the order of the operations, and one that fails ends
the batch unless `Prefer: odata.continue-on-error` says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson

from crm_sync.connector import Answer, Api
from crm_sync.connectors.dynamics.provider import ALWAYS, BASE, classify
from integrations.errors import ContractBroken, QuestionRejected

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_BLANK_LINE = re.compile(r"\r?\n\r?\n")
_STATUS = re.compile(r"HTTP/\d\.\d (\d{3})")
# With these a batch that was stopped by an operation answers, instead of 200.
_STOPPED = (400, 404, 412)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `url` begins with /api/data and is encoded."""

    method: str
    url: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one operation; header names are in lower case, `body` is parsed JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any = None


async def send(api: Api, operations: Sequence[Operation]) -> list[Part | None]:
    """Return an answer for each operation, None where the batch ended before it."""
    content_type, content = encode(operations)
    headers = {**ALWAYS, "Content-Type": content_type, "Prefer": "odata.continue-on-error"}
    answer = await api.ask(
        "POST", f"{BASE}/$batch", content=content, headers=headers, fine=_STOPPED
    )
    found: list[Part | None] = [*decode(answer)]
    return [*found, *[None] * (len(operations) - len(found))][: len(operations)]


def encode(operations: Sequence[Operation]) -> tuple[str, bytes]:
    """Return the Content-Type and the body of a batch."""
    parts = [_encoded(each) for each in operations]
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    boundary = f"batch_{digest.hexdigest()}"
    mark = b"--" + boundary.encode()
    lines = [line for part in parts for line in (mark, part)]
    return f"multipart/mixed; boundary={boundary}", b"\r\n".join([*lines, mark + b"--", b""])


def _encoded(operation: Operation) -> bytes:
    head = [
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "",
        f"{operation.method} {operation.url} HTTP/1.1",
        "Accept: application/json",
        *(f"{name}: {value}" for name, value in operation.headers.items()),
    ]
    if operation.body is None:
        return "\r\n".join([*head, "", ""]).encode()
    kind = "application/json; type=entry"
    return "\r\n".join([*head, f"Content-Type: {kind}", "", ""]).encode() + orjson.dumps(
        operation.body
    )


def decode(answer: Answer) -> list[Part]:
    """Return the parts of a batch's answer. Raises ContractBroken for what is none."""
    content_type = answer.headers.get("Content-Type") or ""
    if not content_type.lower().startswith("multipart/mixed"):
        error = classify(answer.status, answer.body, answer.headers)
        raise error or ContractBroken("Dynamics 365: a batch was answered with no batch")
    if not isinstance(answer.body, str):
        raise ContractBroken("Dynamics 365: a batch was answered with nothing")
    parts = [*_parts(content_type, answer.body)]
    if not parts:
        raise QuestionRejected("Dynamics 365: a batch was answered with no parts")
    return parts


def _parts(content_type: str, text: str) -> Iterator[Part]:
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise ContractBroken("Dynamics 365: a batch was answered without a boundary")
    for piece in text.split(f"--{found[1]}")[1:]:
        if piece.startswith("--"):
            return
        mime, rest = _halves(piece.lstrip("\r\n"))
        kind = _headers(mime).get("content-type", "")
        if kind.lower().startswith("multipart/mixed"):
            yield from _parts(kind, rest)
        else:
            yield _part(rest)


def _part(text: str) -> Part:
    head, body = _halves(text.lstrip("\r\n"))
    first, _, lines = head.partition("\n")
    status = _STATUS.match(first)
    if status is None:
        raise ContractBroken("Dynamics 365: a part of a batch's answer has no status")
    body = body.strip()
    try:
        parsed = orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        parsed = body
    return Part(int(status[1]), _headers(lines), parsed)


def _halves(text: str) -> tuple[str, str]:
    """Return what stands before the first blank line, and what behind it."""
    found = _BLANK_LINE.search(text)
    return (text[: found.start()], text[found.end() :]) if found else (text, "")


def _headers(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}
