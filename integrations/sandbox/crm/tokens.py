"""The tokens that a played CRM gives: they run out, are revoked, and rotate."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b


@dataclass(slots=True)
class Grant:
    """A person's consent, or a machine's: refresh tokens belong to it, one at a time counts."""

    name: str
    refresh: str
    is_revoked: bool = False


class Tokens:
    """Gives access tokens that last `lasts_s`; with `rotates`, a refresh token serves once.

    An access token called "sandbox" always serves. `counts` tells how often each thing happened.
    """

    def __init__(self, lasts_s: float, *, rotates: bool = False) -> None:
        self.lasts_s = lasts_s
        self.rotates = rotates
        self.counts: Counter[str] = Counter()
        self._until: dict[str, float] = {"sandbox": float("inf")}
        self._grants: dict[str, Grant] = {}
        self._made = 0

    def access(self) -> str:
        token = self._new("access")
        self._until[token] = time.time() + self.lasts_s
        self.counts["access"] += 1
        return token

    def consent(self, name: str) -> Grant:
        """Return a new consent with its first refresh token."""
        grant = Grant(name, self._new("refresh"))
        self._grants[grant.refresh] = grant
        return grant

    def refresh(self, token: str) -> Grant | None:
        """Return the grant of a refresh token, with the next one; None if it serves no more."""
        grant = self._grants.get(token)
        if grant is None or grant.is_revoked or grant.refresh != token:
            self.counts["refused"] += 1
            return None
        self.counts["refreshed"] += 1
        if self.rotates:
            grant.refresh = self._new("refresh")
            self._grants[grant.refresh] = grant
        return grant

    def is_good(self, access: str) -> bool:
        return self._until.get(access, 0) > time.time()

    def expire(self) -> None:
        """Let all access tokens run out now, "sandbox" too."""
        self._until.clear()

    def revoke(self) -> None:
        """Let somebody take back every consent."""
        self.expire()
        for grant in self._grants.values():
            grant.is_revoked = True

    def _new(self, kind: str) -> str:
        self._made += 1
        return f"{kind}-{blake2b(f'{kind}{self._made}'.encode(), digest_size=12).hexdigest()}"
