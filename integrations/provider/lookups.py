"""A lookup: what it is asked, what comes back, and the one way in which it asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from integrations.auth import Auth
from integrations.errors import CallError
from integrations.provider.terms import Price

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a provider said: a golden field's name, its value, and how sure (0..1)."""

    field: str
    value: Value
    confidence: float = 1.0


class Question:
    """A lookup's normalised inputs, read as attributes by the last part of their name.

    An input that the lookup only `uses` may be missing: `about.get("city")` is "" then. `ticket`
    is what the provider gave when it took this question for later (errors.Pending), else "".
    """

    __slots__ = ("inputs", "ticket")

    def __init__(self, inputs: Mapping[str, str], ticket: str = "") -> None:
        self.inputs = dict(inputs)
        self.ticket = ticket

    def get(self, name: str) -> str:
        """Return an input by its whole name, "" when it is missing."""
        return self.inputs.get(name, "")

    def __getattr__(self, name: str) -> str:
        for key, value in self.inputs.items():
            if key == name or key.rpartition(".")[2] == name:
                return value
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"Question({', '.join(sorted(self.inputs))})"


@dataclass(frozen=True, slots=True)
class Ask:
    """One lookup asked about one question."""

    lookup: Lookup
    question: Question


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one ask: facts (none of them is a miss), or the error; and the raw words.

    `is_billed` is false where the provider answers and charges nothing for it. `fresh_for` is set
    where this answer ages faster than the lookup's others, because a part of it is still unknown.
    """

    facts: Sequence[Fact] = ()
    raw: Any = None
    error: CallError | None = None
    is_billed: bool = True
    fresh_for: timedelta | None = None


class Api(Protocol):
    """The only way to the network; bodies come back parsed, failures as a CallError.

    `options` are the account's switches. `memory` is kept by this process for the account as long
    as nobody changes it: the place of a session token. A path may begin with one of the provider's
    `hosts` ("company:/v2/companies/find"); `auth` takes the place of the provider's own. `ask_line`
    sends one line to a host (RFC 3912) and returns the text that comes back. A path may name in
    braces a secret that the provider wants there ("/Accounts/{account_sid}/Messages.json").
    `post_once` posts nothing again that may have worked: a 5xx is OutcomeUnknown then, too.
    """

    options: Mapping[str, Any]
    memory: MutableMapping[str, Any]

    async def get(
        self,
        path: str,
        /,
        *,
        headers: Mapping[str, str] | None = None,
        auth: Auth | None = None,
        **params: str | Sequence[str],
    ) -> Any: ...

    async def post(
        self,
        path: str,
        /,
        *,
        json: Any = None,
        form: Mapping[str, str | Sequence[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Auth | None = None,
        **params: str | Sequence[str],
    ) -> Any: ...

    async def post_once(self, path: str, /, *, form: Mapping[str, str | Sequence[str]]) -> Any: ...

    async def ask_line(self, host: str, text: str, /) -> str: ...


Asker = Callable[[Api, Question], Awaitable[Sequence[Fact]]]
GatheredAsker = Callable[[Api, Sequence[Ask]], Awaitable[Sequence[Reply]]]


@dataclass(frozen=True, slots=True)
class Gather:
    """Lookups that one request answers together.

    Asks whose question agrees in the input named `by` share a request; up to `size(options)`
    different questions share one where the provider takes batches.
    """

    name: str
    by: str
    ask: GatheredAsker
    size: Callable[[Mapping[str, Any]], int]


@dataclass(frozen=True, slots=True, eq=False)
class Lookup:
    """One question that a provider answers; `slug` is "provider.name".

    `miss_fresh_for` is how long a miss is believed, where that is shorter than `fresh_for`:
    providers learn of people within weeks, of numbers within months.
    """

    provider: str
    name: str
    label: str
    needs: frozenset[str]
    supplies: frozenset[str]
    price: Price
    fresh_for: timedelta
    uses: frozenset[str] = frozenset()
    is_on_by_default: bool = True
    miss_fresh_for: timedelta | None = None
    note: str = ""
    ask: Asker | None = None
    gather: Gather | None = None

    @property
    def slug(self) -> str:
        return f"{self.provider}.{self.name}"
