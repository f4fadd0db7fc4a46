"""API keys: made, shown once, admitted, revoked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import deque

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from webhooks.arrival import NoKey, OutOfScope, TooMany
from webhooks.models import ApiKey

FORM = "swb_"
FRESH_S = 5.0
MINUTE_S = 60.0

_lock = threading.Lock()
_known: dict[str, tuple[float, ApiKey | None]] = {}
_made: dict[str, deque[float]] = {}


def create(
    name: str, scopes: list[str], *, per_minute: int = 600, user: User | None = None
) -> tuple[ApiKey, str]:
    """Make a key; return its row and the key itself, which nobody can read again."""
    key = FORM + secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        name=name, prefix=key[:12], digest=_digest(key), scopes=scopes, per_minute=per_minute,
        created_by=user,
    )  # fmt: skip
    return row, key


def revoke(key: ApiKey) -> None:
    """Let a key open nothing any more; processes hear of it within FRESH_S."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    forget()


def admit(given: str, scope: str) -> ApiKey:
    """Return the key that was given. Raises NoKey, OutOfScope and TooMany."""
    row = _find(given[:12])
    # Compared also where there is none, so that the time tells nothing of it.
    fits = hmac.compare_digest((row.digest if row else "").encode(), _digest(given).encode())
    if row is None or not fits:
        raise NoKey("we do not know this API key")
    if scope not in row.scopes:
        raise OutOfScope(f"this API key may not be used for {scope}")
    _count(row)
    return row


def forget() -> None:
    """Read the keys anew at the next request."""
    with _lock:
        _known.clear()


def _find(prefix: str) -> ApiKey | None:
    with _lock:
        until, row = _known.get(prefix, (0.0, None))
        if time.monotonic() < until:
            return row
    row = ApiKey.objects.filter(prefix=prefix, revoked_at=None).first()
    today = timezone.now().date()
    if row and row.last_used_on != today:
        ApiKey.objects.filter(pk=row.pk).update(last_used_on=today)
    connection.close()  # the threads of the door keep none
    with _lock:
        if len(_known) > 10_000:  # somebody tries keys
            _known.clear()
        _known[prefix] = (time.monotonic() + FRESH_S, row)
    return row


def _count(row: ApiKey) -> None:
    """Count a request of the last minute in this process. Raises TooMany."""
    now = time.monotonic()
    with _lock:
        times = _made.setdefault(row.prefix, deque())
        while times and times[0] < now - MINUTE_S:
            times.popleft()
        if len(times) >= row.per_minute:
            wait_s = int(times[0] + MINUTE_S - now) + 1
            raise TooMany("too many requests with this key", retry_after_s=wait_s)
        times.append(now)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
