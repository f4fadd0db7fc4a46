"""Accounts as workers use them: secrets opened, limits and prices resolved, always current.

Where a secret comes from: all of a provider's environment variables together, else the account's
own sealed secrets; the two are never mixed. In the sandbox both are replaced by stand-ins.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection

from integrations.acts import Act
from integrations.calls import AccountView
from integrations.errors import AccountUnusable, CredentialRejected, QuotaExhausted, Refused
from integrations.models import Account, AccountLookup
from integrations.pricing import ActTerms, act_terms, own_price
from integrations.provider import Lookup, Price, Provider
from integrations.registry import PROVIDERS, provider
from integrations.search import Search
from integrations.secrets import SecretBox, SecretUnreadable

Problem = Refused | CredentialRejected | QuotaExhausted


def secret_box() -> SecretBox:
    """Return the box that seals and opens account secrets with the configured keys."""
    return SecretBox(settings.SECRET_KEYS)


def secrets_from_environment(wanted: Provider) -> dict[str, str]:
    """Return the provider's secrets from the environment, or nothing unless all are set."""
    found = {s.name: os.environ.get(s.env, "") for s in wanted.secrets}
    return found if found and all(found.values()) else {}


def has_secrets() -> bool:
    """Tell whether any account can reach its real provider."""
    if any(secrets_from_environment(p) for p in PROVIDERS):
        return True
    return Account.objects.exclude(secrets="").exists()


def is_sandbox() -> bool:
    """Tell whether calls go to the sandbox: as set, else while no account has a secret.

    Production never becomes a sandbox unless told so, not even when the last secret is removed.
    """
    if settings.SANDBOX is not None:
        return bool(settings.SANDBOX)
    return not settings.IS_PRODUCTION and not has_secrets()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a lookup costs and how long its answers are fresh, in one account."""

    is_enabled: bool
    price: Price
    fresh_for: timedelta
    miss_fresh_for: timedelta

    def counts_for(self, *, is_hit: bool) -> timedelta:
        """Return how long an answer of this kind counts."""
        return self.fresh_for if is_hit else self.miss_fresh_for


@dataclass(frozen=True, slots=True)
class Current:
    """One account at one version: the view for calls, the terms, caps, and why it is unusable.

    `terms` are of its lookups, `prices` of its searches, `acts` of its acts, by name.
    """

    id: int
    version: int
    view: AccountView | None
    problem: Problem | None
    terms: Mapping[str, Terms]
    prices: Mapping[str, Price]
    acts: Mapping[str, ActTerms]
    daily_cap_usd: Decimal | None
    monthly_cap_usd: Decimal | None


class Accounts:
    """The enabled account of every provider, reloaded when any account's version moves."""

    def __init__(self) -> None:
        self.is_sandbox = True
        self._versions: tuple[tuple[int, int], ...] | None = None
        self._current: dict[str, Current] = {}

    def refresh(self) -> None:
        """Compare versions with the database (one small query) and reload what changed."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, version FROM integrations_account ORDER BY id")
            versions = tuple(cursor.fetchall())
        if versions != self._versions:
            self._load()
            self._versions = versions

    def current(self, slug: str) -> Current:
        """Return the provider's account. Raises AccountUnusable where none is enabled."""
        try:
            return self._current[slug]
        except KeyError:
            raise AccountUnusable(f"{provider(slug).label}: no account is switched on") from None

    def view(self, slug: str) -> AccountView:
        """Return the account ready for a call. Raises why it cannot be used."""
        found = self.current(slug)
        if found.problem:
            raise found.problem
        if not found.view:
            raise AccountUnusable(f"{provider(slug).label}: the account cannot be used")
        if found.view.refusal.error:
            raise found.view.refusal.error
        return found.view

    def terms(self, lookup: Lookup) -> Terms:
        """Return the lookup's terms; a provider without an account is switched off."""
        found = self._current.get(lookup.provider)
        if not found:
            return replace(_terms(lookup, None), is_enabled=False)
        return found.terms[lookup.name]

    def priced(self, search: Search) -> Search:
        """Return the search at the price that its account pays."""
        found = self._current.get(search.provider)
        return replace(search, price=found.prices[search.name]) if found else search

    def act_terms(self, act: Act) -> ActTerms:
        """Return an act's terms; a provider without an account performs nothing."""
        found = self._current.get(act.provider)
        return found.acts[act.name] if found else ActTerms(is_enabled=False, price=act.price)

    def _load(self) -> None:
        self.is_sandbox = is_sandbox()
        rows = Account.objects.filter(is_enabled=True).prefetch_related("lookups")
        known = {p.slug: p for p in PROVIDERS}
        self._current = {
            row.provider: _resolve(row, known[row.provider], self.is_sandbox)
            for row in rows
            if row.provider in known
        }


def view_for_trial(row: Account) -> AccountView:
    """Return an account ready for a call, also one that is switched off or was refused.

    Raises AccountUnusable without secrets that can be read.
    """
    return _view(row, provider(row.provider), is_sandbox())


def _resolve(row: Account, of: Provider, in_sandbox: bool) -> Current:
    changed = {change.name: change for change in row.lookups.all()}
    terms = {name: _terms(found, changed.get(name)) for name, found in of.lookups.items()}
    prices = {
        name: own_price(found.price, changed.get(name)) for name, found in of.searches.items()
    }
    acts = {name: act_terms(found, changed.get(name)) for name, found in of.acts.items()}
    view: AccountView | None = None
    problem: Problem | None = _state_problem(row, of)
    if not problem:
        try:
            view = _view(row, of, in_sandbox)
        except AccountUnusable as why:
            problem = why
    return Current(
        row.pk, row.version, view, problem, terms, prices, acts,
        row.daily_cap_usd, row.monthly_cap_usd,
    )  # fmt: skip


def _terms(lookup: Lookup, change: AccountLookup | None) -> Terms:
    fresh, miss = lookup.fresh_for, lookup.miss_fresh_for
    if change and change.fresh_days is not None:
        fresh = timedelta(days=change.fresh_days)
    # What a person says of misses counts as it is; ours is no longer than what an answer counts.
    believed = fresh if miss is None else min(fresh, miss)
    if change and change.miss_fresh_days is not None:
        believed = timedelta(days=change.miss_fresh_days)
    is_on = change.is_enabled if change else lookup.is_on_by_default
    return Terms(is_on, own_price(lookup.price, change), fresh, believed)


def _state_problem(row: Account, of: Provider) -> Problem | None:
    if row.state == Account.State.REJECTED:
        return CredentialRejected(f"{of.label}: {row.state_reason}")
    if row.state == Account.State.EXHAUSTED:
        return QuotaExhausted(f"{of.label}: {row.state_reason}")
    return None


def _view(row: Account, of: Provider, in_sandbox: bool) -> AccountView:
    options: dict[str, Any] = {s.name: s.default for s in of.switches} | row.options
    if in_sandbox:
        options |= {s.name: s.sandbox for s in of.switches if s.sandbox and not options[s.name]}
    windows = tuple((int(n), float(s)) for n, s in row.limits) if row.limits else None
    return AccountView(
        id=row.pk,
        provider=of.slug,
        version=row.version,
        secrets=_secrets(row, of, in_sandbox),
        options=options,
        windows=windows if windows is not None else (of.rate.windows() if of.rate else ()),
        max_in_flight=row.max_in_flight or of.max_in_flight,
        base_url=_base_url(of, options, in_sandbox),
        is_sandbox=in_sandbox,
        hold_unknown_above_usd=row.hold_unknown_above_usd,
    )


def _base_url(of: Provider, options: Mapping[str, Any], in_sandbox: bool) -> str:
    """Return the provider's address; the account's own where the provider has a switch for it."""
    if in_sandbox:
        return f"{settings.SANDBOX_URL}/{of.slug}"
    return str(options.get("base_url") or of.base_url)


def _secrets(row: Account, of: Provider, in_sandbox: bool) -> dict[str, str]:
    try:
        own = secret_box().open(row.secrets) if row.secrets else {}
    except SecretUnreadable as why:
        if not in_sandbox:
            raise AccountUnusable(f"{of.label}: {why}") from why
        own = {}
    if in_sandbox:
        return {s.name: own.get(s.name) or s.sandbox for s in of.secrets}
    found = secrets_from_environment(of) or {s.name: own.get(s.name, "") for s in of.secrets}
    missing = [s.label for s in of.secrets if not found.get(s.name)]
    if missing:
        raise AccountUnusable(f"{of.label}: {', '.join(missing)} not set")
    return found
