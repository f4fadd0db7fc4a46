"""Keyed digests of numbers and e-mails: whoever has the digests alone can't try all numbers.

The key is random, kept sealed in the database and opened with the keys that seal secrets, so that
these can be rotated: a digest can't be made anew once the person is gone.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Protocol

from contacts.identity import name_key
from contacts.models import DigestKey

NAME = "digests"
_box: list[Callable[[], Box]] = []


class Box(Protocol):
    """What seals secrets; the room of secrets is beside this one, and lends it (`use_box`)."""

    def seal(self, secrets: Mapping[str, str]) -> str: ...

    def open(self, token: str) -> dict[str, str]: ...

    def rotate(self, token: str) -> str: ...


def use_box(box: Callable[[], Box]) -> None:
    """Seal and open with this; called by an AppConfig when Django starts."""
    _box[:] = [box]


def key() -> bytes:
    """Return the key of the digests, made on first use. Raises what the box raises."""
    row = DigestKey.objects.filter(pk=1).first()
    if row is None:
        sealed = _box[0]().seal({NAME: secrets.token_hex(32)})
        DigestKey.objects.bulk_create([DigestKey(pk=1, sealed=sealed)], ignore_conflicts=True)
        row = DigestKey.objects.get(pk=1)
    return bytes.fromhex(_box[0]().open(row.sealed)[NAME])


def reseal() -> int:
    """Seal the key anew with the first of the keys; return how many were resealed."""
    for row in DigestKey.objects.select_for_update():
        row.sealed = _box[0]().rotate(row.sealed)
        row.save(update_fields=["sealed"])
        return 1
    return 0


def of_phone(key: bytes, phone: str, *, ext: str = "", name: str = "") -> str:
    """Return the digest of a number in E.164; with an extension or a name, of both together."""
    return _digest(key, "phone", phone, ext, name_key(name) if name else "")


def of_email(key: bytes, email: str, *, name: str = "") -> str:
    """Return the digest of an e-mail address, whose case does not matter."""
    return _digest(key, "email", email.strip().casefold(), name_key(name) if name else "")


def _digest(key: bytes, *parts: str) -> str:
    return hmac.digest(key, "\x1f".join(parts).encode(), "sha256").hex()
