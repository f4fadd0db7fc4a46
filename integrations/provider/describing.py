"""A provider as a value, with the secrets and switches of its account and its lookups."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from integrations.auth import Auth
from integrations.errors import CallError
from integrations.provider.lookups import Api, Asker, Lookup, Value
from integrations.provider.terms import Price, Rate, Told

if TYPE_CHECKING:
    from integrations.acts import Act
    from integrations.search import Search

Classifier = Callable[[int, Any, Mapping[str, str]], CallError | None]
Trial = Callable[[Api], Awaitable[str]]
LimitsReader = Callable[[Mapping[str, str], Collection[str]], Sequence[Told]]
LimitsAsker = Callable[[Api], Awaitable[Sequence[Told]]]


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret an account needs: its name, label, environment variable and expected form.

    `sandbox` is what stands in for it in the sandbox. With `signs` the provider signs with it what
    it posts to us, and the one before is kept for a while: what is on its way is signed with that.
    """

    name: str
    label: str
    env: str
    pattern: str = ""
    hint: str = ""
    sandbox: str = "sandbox"
    signs: bool = False


@dataclass(frozen=True, slots=True)
class Switch:
    """One non-secret option of an account that changes how a provider is asked.

    `pattern` is what a text has to match that is not empty. `sandbox` is what stands in for it in
    the sandbox while it is empty.
    """

    name: str
    label: str
    default: Value
    hint: str = ""
    sandbox: Value = None
    pattern: str = ""


@dataclass(slots=True, eq=False)
class Provider:
    """An external API: where it is, how it wants to be asked, and the lookups it answers.

    `hosts` are further addresses by name, for a provider that has several; one that begins with
    whois:// is asked by a line of text (`Api.ask_line`). A switch called "base_url" lets an
    operator ask another server that speaks the same. `notice` is what a
    person has to know before holding an account, shown wherever the provider is. `error_docs` is
    the vendor's page about one error, with `{code}` in it. `reads_limits` finds what is left in the
    headers of an answer to the lookups named; `asks_limits` asks for it, for free.
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
    reads_limits: LimitsReader | None = None
    asks_limits: LimitsAsker | None = None
    error_docs: str = ""
    hosts: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    searches: dict[str, Search] = field(default_factory=dict)
    acts: dict[str, Act] = field(default_factory=dict)

    def add_search(self, found: Search) -> None:
        """Register a way to look for businesses."""
        self._refuse_twice(found)
        self.searches[found.name] = found

    def add_act(self, found: Act) -> Act:
        """Register something that the provider does for us."""
        self._refuse_twice(found)
        self.acts[found.name] = found
        return found

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
        self._refuse_twice(found)
        self.lookups[name] = found
        return found

    def _refuse_twice(self, found: Lookup | Search | Act) -> None:
        if any(found.name in each for each in (self.lookups, self.searches, self.acts)):
            raise ValueError(f"{found.slug} is registered twice")

    def tests(self, trial: Trial) -> Trial:
        """Register the coroutine behind "test this connection"; it says what it saw in words.

        What it asks costs nothing: people press that button as often as they like.
        """
        self.trial = trial
        return trial

    def tells(self, ask: LimitsAsker) -> LimitsAsker:
        """Register the coroutine that asks what is left; like a trial, it costs nothing."""
        self.asks_limits = ask
        return ask
