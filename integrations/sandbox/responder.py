"""What a provider's part in the sandbox is: a question in, an answer out, no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable
from urllib.parse import parse_qsl

from integrations.sandbox.faults import Fault


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as a responder sees it; `path` is decoded and starts after the slug.

    `headers` are as they came, names in lower case.
    """

    method: str
    path: str
    query: bytes = b""
    authorization: bytes = b""
    body: bytes = b""
    headers: Sequence[tuple[bytes, bytes]] = ()

    def header(self, name: str) -> str:
        """Return a header's text, "" when it did not come."""
        wanted = name.lower().encode()
        return next((value.decode("latin-1") for key, value in self.headers if key == wanted), "")

    def params(self) -> dict[str, str]:
        """Return the query's parameters; of a repeated one, the last."""
        return dict(parse_qsl(self.query.decode("latin-1"), keep_blank_values=True))


@dataclass(slots=True)
class Answer:
    """What a responder says, and what the record keeps of it.

    `charged` are those of `keys` that the provider would bill; a `fault` comes instead. `after` is
    told the outcome once it is decided, by who keeps what was done.
    """

    status: int
    body: bytes
    lookups: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    charged: tuple[str, ...] = ()
    fault: Fault | None = None
    delay_s: float = 0.0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    after: Callable[[int], None] | None = None


class Responder(Protocol):
    """A provider as the sandbox plays it; the errors are in the provider's own envelope."""

    slug: str

    def answer(self, asked: Asked) -> Answer: ...

    def throttled(self) -> bytes: ...

    def failed(self) -> bytes: ...


@runtime_checkable
class Controlled(Protocol):
    """A responder with controls of its own, under /_control/<slug>."""

    def told(self) -> Mapping[str, Any]:
        """Return what it counted."""

    def control(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        """Let something happen that the provider did not ask for. Raises BadSetting."""
