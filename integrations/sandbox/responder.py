"""What a provider's part in the sandbox is: a question in, an answer out, no network."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from integrations.sandbox.faults import Fault


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as a responder sees it; `path` is decoded and starts after the slug."""

    method: str
    path: str
    query: bytes = b""
    authorization: bytes = b""
    body: bytes = b""


@dataclass(slots=True)
class Answer:
    """What a responder says, and what the record keeps of it.

    `charged` are those of `keys` that the provider would bill; a `fault` comes instead.
    """

    status: int
    body: bytes
    lookups: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    charged: tuple[str, ...] = ()
    fault: Fault | None = None
    delay_s: float = 0.0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


class Responder(Protocol):
    """A provider as the sandbox plays it; the errors are in the provider's own envelope."""

    slug: str

    def answer(self, asked: Asked) -> Answer: ...

    def throttled(self) -> bytes: ...

    def failed(self) -> bytes: ...
