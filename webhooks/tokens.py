"""The secrets that senders prove themselves with, kept in memory for a moment."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping

from django.conf import settings

from integrations.signing import secrets_of
from webhooks.kept import Kept
from webhooks.sealing import Known, known

_accounts: Kept[list[Mapping[str, str]]] = Kept(secrets_of)
_senders: Kept[Known] = Kept(known)


def of(provider: str, name: str) -> list[str]:
    """Return a secret of every account at a provider, switched on or not. Raises Away."""
    return list(dict.fromkeys(held[name] for held in _accounts[provider] if held.get(name)))


def sender(slug: str) -> Known:
    """Return what is known of a sender that is no provider. Raises Away."""
    return _senders[slug]


def forget() -> None:
    """Read the secrets anew at the next request."""
    _accounts.clear()
    _senders.clear()


def callback(slug: str) -> list[str]:
    """Return the tokens for addresses that we give to a sender which does not sign.

    They follow from SECRET_KEY and its fallbacks, the newest first.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        hmac.new(key.encode(), f"webhooks.{slug}".encode(), hashlib.sha256).hexdigest()
        for key in keys
    ]


def fits(given: str, known: Iterable[str]) -> bool:
    """Tell whether what was given is one of ours; how long that takes tells nothing of it."""
    raw, found = given.encode("utf-8", "replace"), False
    for own in known:
        found |= hmac.compare_digest(own.encode(), raw)
    return found
