"""API keys: made, shown once, admitted, revoked."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.contrib.auth.models import User
from django.utils import timezone

from webhooks.arrival import NoKey, OutOfScope, TooMany
from webhooks.kept import Kept
from webhooks.limits import Claim, counts
from webhooks.models import ApiKey

FORM = "swb_"


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
    """Let a key open nothing any more; processes hear of it within `kept.FRESH_S`."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    forget()


def admit(given: str, scope: str) -> ApiKey:
    """Return the key that was given. Raises NoKey, OutOfScope and TooMany."""
    row = _known[given[:12]]
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
    _known.clear()


def _read(prefix: str) -> ApiKey | None:
    row = ApiKey.objects.filter(prefix=prefix, revoked_at=None).first()
    today = timezone.now().date()
    if row and row.last_used_on != today:
        ApiKey.objects.filter(pk=row.pk).update(last_used_on=today)
    return row


def _count(row: ApiKey) -> None:
    """Count a request of the last minute, of the whole fleet. Raises TooMany."""
    if wait_s := counts().claim(Claim(f"key:{row.prefix}", row.per_minute)):
        raise TooMany("too many requests with this key", retry_after_s=wait_s)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


_known: Kept[ApiKey | None] = Kept(_read)
