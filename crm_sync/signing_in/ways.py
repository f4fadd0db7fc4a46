"""What a way of signing in is, and what a kind of CRM needs to know for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

# code: a person consents in the browser. device_code: a person types a code elsewhere.
# client_credentials, jwt: nobody is asked. static: the token itself is typed.
Grant = Literal["code", "device_code", "client_credentials", "jwt", "static"]


@dataclass(frozen=True, slots=True)
class Typed:
    """One thing that a person types; `hint` says where it is found and how it looks.

    What `is_secret` is sealed and never shown again. `pattern` has to match as a whole.
    """

    name: str
    label: str
    hint: str = ""
    pattern: str = ""
    is_secret: bool = False
    is_optional: bool = False
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A way of signing in to one kind of CRM; `words` say when it is the right one."""

    grant: Grant
    label: str
    words: str
    typed: Sequence[Typed]
    slug: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "slug", self.slug or self.grant)

    @property
    def asks_a_person(self) -> bool:
        """Whether somebody has to consent, now and again when the consent ends."""
        return self.grant in ("code", "device_code")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of CRM: where it is, how its addresses look, and where its tokens are given.

    `address` is where it always is, "" where each organisation has its own: that matches `pattern`.
    `named_by` is the field of a token's answer that tells the address, a host under `domain`.
    `authorize`, `token` and `device` are paths at `login`, with {tenant} in them at Entra; the
    page of consent may be elsewhere (`consent_at`). In the sandbox all stand below `played_as`.
    """

    slug: str
    label: str
    docs: str
    ways: Sequence[Way]
    login: str
    token: str
    authorize: str = ""
    device: str = ""
    consent_at: str = ""
    address: str = ""
    pattern: str = ""
    hint: str = ""
    domain: str = ""
    named_by: str = ""
    needs_address: bool = False
    logs_in_at_address: bool = False
    has_basic: bool = False
    played_as: str = ""
    scopes: Mapping[Grant, str] = field(default_factory=dict)

    def way_or_first(self, slug: str) -> Way:
        """Return a way, the first where none of these is chosen yet."""
        return next((way for way in self.ways if way.slug == slug), self.ways[0])

    def way(self, slug: str) -> Way:
        """Return a way. Raises LookupError for one that this kind does not have."""
        for way in self.ways:
            if way.slug == slug:
                return way
        raise LookupError(f"{self.label} has no way to sign in called {slug!r}")
