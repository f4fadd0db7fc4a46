"""What a provider is: a value that says what is peculiar to it, and the lookups it answers.

Nothing here knows Django, Celery or the network; a provider file imports this, the error
tree, `auth` and nothing else of ours (DESIGN.md §4).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from integrations.auth import Auth
from integrations.errors import CallError

if TYPE_CHECKING:
    from integrations.search import Search

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

Value = str | int | float | bool | None


def days(count: int) -> timedelta:
    """Return `count` days, for `fresh_for`."""
    return timedelta(days=count)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `limit` calls in any window of `per`; `a & b` means both hold."""

    limit: int
    per: timedelta
    also: tuple[Rate, ...] = ()

    def __and__(self, other: Rate) -> Rate:
        return replace(self, also=(*self.also, replace(other, also=()), *other.also))

    def windows(self) -> tuple[tuple[int, float], ...]:
        """Return every (limit, window in seconds)."""
        return tuple((r.limit, r.per.total_seconds()) for r in (self, *self.also))


@dataclass(frozen=True, slots=True)
class Price:
    """What one answered question costs; with `on_hit_only` a miss is free.

    `source` is the vendor's page that says so; without one it is our guess.
    """

    usd: Decimal
    on_hit_only: bool = False
    source: str = ""


def usd(amount: str, *, on_hit_only: bool = False, source: str = "") -> Price:
    """Return a price in US dollars, given as text so that it is exact."""
    return Price(Decimal(amount), on_hit_only, source)


FREE = usd("0")


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

    `is_billed` is false where the provider answers and charges nothing for it.
    """

    facts: Sequence[Fact] = ()
    raw: Any = None
    error: CallError | None = None
    is_billed: bool = True


class Api(Protocol):
    """The only way to the network; bodies come back parsed, failures as a CallError.

    `options` are the account's switches. `memory` is kept by this process for the account as long
    as nobody changes it: the place of a session token. A path may begin with one of the provider's
    `hosts` ("company:/v2/companies/find"); `auth` takes the place of the provider's own.
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


Asker = Callable[[Api, Question], Awaitable[Sequence[Fact]]]
GatheredAsker = Callable[[Api, Sequence[Ask]], Awaitable[Sequence[Reply]]]
Classifier = Callable[[int, Any, Mapping[str, str]], CallError | None]
Trial = Callable[[Api], Awaitable[str]]


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

    `miss_fresh_for` is how long a miss counts, where that is shorter than `fresh_for`.
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


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret an account needs: its name, label, environment variable and expected form.

    `sandbox` is what stands in for it in the sandbox.
    """

    name: str
    label: str
    env: str
    pattern: str = ""
    hint: str = ""
    sandbox: str = "sandbox"


@dataclass(frozen=True, slots=True)
class Switch:
    """One non-secret option of an account that changes how a provider is asked."""

    name: str
    label: str
    default: Value
    hint: str = ""


@dataclass(slots=True, eq=False)
class Provider:
    """An external API: where it is, how it wants to be asked, and the lookups it answers.

    `hosts` are further addresses by name, for a provider that has several. `notice` is what a
    person has to know before holding an account, shown wherever the provider is. `error_docs` is
    the vendor's page about one error, with `{code}` in it.
    """

    slug: str
    label: str
    docs: str
    base_url: str
    auth: Auth
    secrets: tuple[Secret, ...]
    rate: Rate | None = None
    max_in_flight: int = 100
    timeout_s: float = 10.0
    circuit_fail_max: int = 5
    circuit_reset_s: float = 60.0
    errors: Mapping[int, type[CallError]] = field(default_factory=dict)
    classify: Classifier | None = None
    switches: tuple[Switch, ...] = ()
    lookups: dict[str, Lookup] = field(default_factory=dict)
    trial: Trial | None = None
    error_docs: str = ""
    hosts: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    searches: dict[str, Search] = field(default_factory=dict)

    def add_search(self, found: Search) -> None:
        """Register a way to look for businesses."""
        if found.name in self.searches:
            raise ValueError(f"{found.slug} is registered twice")
        self.searches[found.name] = found

    def lookup(
        self,
        name: str,
        *,
        needs: set[str],
        supplies: set[str],
        price: Price,
        fresh_for: timedelta,
        **more: Any,
    ) -> Callable[[Asker], Asker]:
        """Register the decorated coroutine as the lookup `name`: one question, one request."""

        def register(ask: Asker) -> Asker:
            self.add(name, needs, supplies, price, fresh_for, ask=ask, **more)
            return ask

        return register

    def add(
        self,
        name: str,
        needs: set[str],
        supplies: set[str],
        price: Price,
        fresh_for: timedelta,
        **more: Any,
    ) -> Lookup:
        """Register a lookup, plain (`ask=`) or gathered with others (`gather=`)."""
        label = more.pop("label", name.replace("_", " ").capitalize())
        if "uses" in more:
            more["uses"] = frozenset(more["uses"])
        found = Lookup(
            self.slug, name, label, frozenset(needs), frozenset(supplies), price, fresh_for, **more
        )
        if name in self.lookups:
            raise ValueError(f"{found.slug} is registered twice")
        self.lookups[name] = found
        return found

    def tests(self, trial: Trial) -> Trial:
        """Register the coroutine behind "test this connection"; it says what it saw in words.

        What it asks costs nothing: people press that button as often as they like.
        """
        self.trial = trial
        return trial
