"""Ids that sort by time, so that an index over them grows at one end."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from uuid import UUID

VERSION_AND_VARIANT = (0x7 << 76) | (0b10 << 62)
RANDOM_BITS = ~((0xF << 76) | (0b11 << 62)) & ((1 << 80) - 1)


def uuid7() -> UUID:
    """Return a version 7 UUID (RFC 9562 §5.7): 48 bits of milliseconds, then 74 random bits.

    It is a name, not a secret, so the randomness is the fast kind.
    """
    stamp = time.time_ns() // 1_000_000 << 80
    return UUID(int=stamp | random.getrandbits(80) & RANDOM_BITS | VERSION_AND_VARIANT)


def first_uuid7(at: datetime) -> UUID:
    """Return the id that sorts before every one made at that moment or later."""
    return UUID(int=(int(at.timestamp() * 1000) << 80) | VERSION_AND_VARIANT)


def moment_of(found: UUID) -> datetime:
    """Return when an id was made."""
    return datetime.fromtimestamp((found.int >> 80) / 1000, UTC)
