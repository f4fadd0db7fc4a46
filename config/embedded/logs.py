"""Keeps a server's log short and private, and quotes its end in errors."""

import os
from pathlib import Path
from typing import BinaryIO

ROTATE_AT_BYTES = 10_000_000
TAIL_LINES = 12


def private(path: str, flags: int) -> int:
    """An opener for files that only we may read: a log quotes statements and what is in them."""
    return os.open(path, flags, 0o600)


def open_log(path: Path) -> BinaryIO:
    """Opens a log to append to; one above 10 MB first becomes `<name>.1`, in place of the last."""
    if path.exists() and path.stat().st_size > ROTATE_AT_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return open(path, "ab", opener=private)


def tail(path: Path, since: int = 0) -> str:
    """The last lines that were written to a log after its first `since` bytes."""
    with path.open("rb") as log:
        log.seek(max(since, path.stat().st_size - 8_000))
        lines = log.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
    return "\n".join(f"    {line}" for line in lines)
