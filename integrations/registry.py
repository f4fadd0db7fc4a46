"""Every provider this project knows, in one list that a reader can see."""

from __future__ import annotations

from collections.abc import Mapping

from integrations.acts import Act
from integrations.provider import Lookup, Provider
from integrations.providers.apollo import APOLLO
from integrations.providers.clearbit import CLEARBIT
from integrations.providers.dns import DNS
from integrations.providers.fcc import FCC
from integrations.providers.google_geocoding import GOOGLE_GEOCODING
from integrations.providers.google_places import GOOGLE_PLACES
from integrations.providers.hosting import HOSTING
from integrations.providers.hunter import HUNTER
from integrations.providers.numverify import NUMVERIFY
from integrations.providers.own import OWN
from integrations.providers.peopledatalabs import PEOPLEDATALABS
from integrations.providers.rdap import REGISTRY
from integrations.providers.truecaller import TRUECALLER
from integrations.providers.twilio import TWILIO
from integrations.providers.twilio_messaging import TWILIO_MESSAGING
from integrations.providers.twilio_trust_hub import TWILIO_TRUST_HUB
from integrations.providers.verizon import VERIZON
from integrations.providers.whitepages import WHITEPAGES
from integrations.providers.yelp import YELP
from integrations.providers.zerobounce import ZEROBOUNCE
from integrations.search import Search

PROVIDERS: tuple[Provider, ...] = (
    TWILIO,
    NUMVERIFY,
    PEOPLEDATALABS,
    APOLLO,
    CLEARBIT,
    HUNTER,
    GOOGLE_PLACES,
    YELP,
    ZEROBOUNCE,
    OWN,
    WHITEPAGES,
    TRUECALLER,
    GOOGLE_GEOCODING,
    VERIZON,
    FCC,
    TWILIO_TRUST_HUB,
    TWILIO_MESSAGING,
    DNS,
    REGISTRY,
    HOSTING,
)


class UnknownProvider(KeyError):
    """No provider has this slug."""

    def __str__(self) -> str:
        return f"no provider is called {self.args[0]!r}; known: {', '.join(_by_slug)}"


class UnknownSearch(KeyError):
    """No provider searches in this way."""

    def __str__(self) -> str:
        return f"no search is called {self.args[0]!r}; there are: {', '.join(searches())}"


class UnknownAct(KeyError):
    """No provider does this."""

    def __str__(self) -> str:
        return f"no act is called {self.args[0]!r}; there are: {', '.join(acts())}"


class UnknownLookup(KeyError):
    """No provider answers this lookup."""

    def __str__(self) -> str:
        return f"no lookup is called {self.args[0]!r}; lookups are named provider.lookup"


_by_slug: Mapping[str, Provider] = {provider.slug: provider for provider in PROVIDERS}


def provider(slug: str) -> Provider:
    """Return the provider with this slug; raises UnknownProvider."""
    try:
        return _by_slug[slug]
    except KeyError:
        raise UnknownProvider(slug) from None


def lookup(slug: str) -> Lookup:
    """Return the lookup called "provider.name"; raises UnknownLookup."""
    owner, _, name = slug.partition(".")
    try:
        return _by_slug[owner].lookups[name]
    except KeyError:
        raise UnknownLookup(slug) from None


def lookups() -> tuple[Lookup, ...]:
    """Return every lookup of every provider, in the order of their files."""
    return tuple(found for each in PROVIDERS for found in each.lookups.values())


def searches() -> dict[str, Search]:
    """Return every way to look for businesses by its slug."""
    return {found.slug: found for each in PROVIDERS for found in each.searches.values()}


def acts() -> dict[str, Act]:
    """Return everything that providers do for us by its slug."""
    return {found.slug: found for each in PROVIDERS for found in each.acts.values()}


def act(slug: str) -> Act:
    """Return the act called "provider.name"; raises UnknownAct."""
    try:
        return acts()[slug]
    except KeyError:
        raise UnknownAct(slug) from None


def question_labels() -> dict[str, str]:
    """Return what lookups, searches and acts are called beside their provider's label, by slug."""
    labels = {each.slug: each.label for each in lookups()}
    labels |= {slug: each.label for slug, each in acts().items()}
    for each in searches().values():
        of = provider(each.provider).label
        labels[each.slug] = each.label.removeprefix(of).lstrip(", ").capitalize() or "Search"
    return labels


def search(slug: str) -> Search:
    """Return the search called "provider.name"; raises UnknownSearch."""
    try:
        return searches()[slug]
    except KeyError:
        raise UnknownSearch(slug) from None
