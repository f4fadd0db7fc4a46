"""How two mappings differ, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crm_sync.connector import Row
from crm_sync.mapping.rows import DIRECTIONS, WINS


def in_words(row: Row) -> str:
    """Return a row as one line: email ↔ Email, both ways, the newest."""
    arrow = {"push": "→", "pull": "←", "both": "↔"}[row.direction]
    more = [WINS[row.wins] if row.direction != "push" or row.wins != "newest" else ""]
    more += [row.transform, f"{len(row.options)} values" if row.options else ""]
    return ", ".join([f"{row.ours} {arrow} {row.remote}", *filter(None, more)])


def differences(before: Sequence[Row], after: Sequence[Row]) -> list[str]:
    """Return what was added, removed and changed, by the CRM's field and our field."""
    olds, news = _by_key(before), _by_key(after)
    lines = [f"Added: {in_words(news[key])}" for key in news if key not in olds]
    lines += [f"Removed: {in_words(olds[key])}" for key in olds if key not in news]
    for key in news:
        if key in olds and news[key] != olds[key]:
            lines.append(f"Changed: {key[1]}: {', '.join(_changes(olds[key], news[key]))}")
    return lines


def _by_key(rows: Iterable[Row]) -> dict[tuple[str, str], Row]:
    return {(row.ours, row.remote): row for row in rows}


def _changes(old: Row, new: Row) -> list[str]:
    pairs = (
        ("goes", DIRECTIONS[old.direction], DIRECTIONS[new.direction]),
        ("stands", WINS[old.wins], WINS[new.wins]),
        ("is made", old.transform or "as it is", new.transform or "as it is"),
    )
    found = [f"{what} {after}, before {before}" for what, before, after in pairs if before != after]
    return found + (["has other values"] if old.options != new.options else [])
