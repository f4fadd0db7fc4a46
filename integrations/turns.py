"""Lets one at a time do what all in a process want done once: fetch a token, make a profile."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any
from weakref import WeakKeyDictionary


def turn(memory: MutableMapping[str, Any], name: str) -> asyncio.Lock:
    """Return the lock called `name` of an account's memory, for `async with`.

    Each event loop has its own, since a memory may outlive a loop.
    """
    loops = memory.setdefault(f"turn:{name}", WeakKeyDictionary())
    lock: asyncio.Lock = loops.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    return lock
