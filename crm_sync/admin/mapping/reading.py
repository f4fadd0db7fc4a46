"""What the editor's form holds: rows as they were typed, right or wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.http import QueryDict

from crm_sync.connector import Row
from crm_sync.mapping.rows import DIRECTIONS, MOST, WINS
from crm_sync.mapping.transforms import CUT, KEEP

EMPTY = Row("", "", "push", "newest")
_OPTIONS_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Typed:
    """A row, and the text of its values, of which a line may be wrong."""

    row: Row
    options: str = ""
    wrong: str = ""

    @property
    def steps(self) -> str:
        """The transforms without those that have a box of their own."""
        return " ".join(one for one in self.row.transform.split() if one not in (CUT, KEEP))

    @property
    def cuts(self) -> bool:
        return CUT in self.row.transform.split()

    @property
    def omits(self) -> bool:
        return KEEP in self.row.transform.split()

    @property
    def is_empty(self) -> bool:
        return not self.row.ours and not self.row.remote


def typed(rows: Iterable[Row]) -> list[Typed]:
    return [Typed(row, in_lines(row.options)) for row in rows]


def read(posted: QueryDict) -> list[Typed]:
    """Return the rows that were typed, those without either side too."""
    columns = {name: posted.getlist(name)[:MOST] for name in _COLUMNS}
    count = len(columns["ours"])
    cuts, omits = set(posted.getlist("cuts")), set(posted.getlist("omits"))
    return [
        _row(
            {name: values[at] if at < len(values) else "" for name, values in columns.items()},
            is_cut=str(at) in cuts, is_omitted=str(at) in omits,
        )
        for at in range(count)
    ]  # fmt: skip


_COLUMNS = ("ours", "remote", "direction", "wins", "transform", "options")


def _row(said: Mapping[str, str], *, is_cut: bool, is_omitted: bool) -> Typed:
    direction = said["direction"] if said["direction"] in DIRECTIONS else "push"
    wins = said["wins"] if said["wins"] in WINS else "newest"
    steps = [*said["transform"][:80].split(), *([CUT] * is_cut), *([KEEP] * is_omitted)]
    text = said["options"][:_OPTIONS_MOST].replace("\x00", "")
    options, wrong = _options(text)
    row = Row(
        _clean(said["ours"], 300), _clean(said["remote"], 200), cast("Any", direction),
        cast("Any", wins), " ".join(steps), options,
    )  # fmt: skip
    return Typed(row, text, wrong)


def _clean(text: str, most: int) -> str:
    return text.replace("\x00", "").strip()[:most]


def _options(text: str) -> tuple[dict[str, str], str]:
    """Return values by ours, out of lines "mobile = 1", and what is wrong with one."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        ours, sign, theirs = (part.strip() for part in line.partition("="))
        if not sign or not ours or not theirs:
            return found, f"Write one value a line, ours = theirs; this is not one: {line[:60]}"
        found[ours] = theirs
    return found, ""


def in_lines(options: Mapping[str, str]) -> str:
    return "\n".join(f"{ours} = {theirs}" for ours, theirs in options.items())


def pressed(posted: QueryDict, draft: list[Typed]) -> list[Typed]:
    """Return the rows as the pressed button leaves them."""
    act, _, what = posted.get("do", "").partition(":")
    if act == "remove" and what.isdecimal():
        gone = int(what[:6])
        return [one for at, one in enumerate(draft) if at != gone]
    if act == "add" and len(draft) < MOST:
        remote = _clean(what, 200)
        return [*draft, Typed(Row("", remote, EMPTY.direction, EMPTY.wins))]
    return draft
