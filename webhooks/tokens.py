"""The secrets that senders prove themselves with, kept in memory for a moment."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Mapping

from django.conf import settings
from django.db import connection

from integrations.signing import secrets_of

FRESH_S = 5.0
_lock = threading.Lock()
_kept: dict[str, tuple[float, list[Mapping[str, str]]]] = {}


def of(provider: str, name: str) -> list[str]:
    """Return a secret of every account at a provider, switched on or not."""
    return list(dict.fromkeys(held[name] for held in _held(provider) if held.get(name)))


def _held(provider: str) -> list[Mapping[str, str]]:
    with _lock:
        until, held = _kept.get(provider, (0.0, []))
        if time.monotonic() > until:
            held = secrets_of(provider)
            connection.close()  # the threads of the door keep none
            _kept[provider] = (time.monotonic() + FRESH_S, held)
        return held


def forget() -> None:
    """Read the secrets anew at the next request."""
    with _lock:
        _kept.clear()


def callback(sender: str) -> list[str]:
    """Return the tokens for addresses that we give to a sender which does not sign.

    They follow from SECRET_KEY and its fallbacks, the newest first.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        hmac.new(key.encode(), f"webhooks.{sender}".encode(), hashlib.sha256).hexdigest()
        for key in keys
    ]
