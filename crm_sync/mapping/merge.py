"""Three-way: what both sides agreed on, what ours is now and what theirs is, row by row.

What differs from what was agreed has changed since. Changed on one side, it goes to the other, as
the row's direction lets it; on both, the row's `wins` decides, and a conflict is listed:

    wins      both ways                         to the CRM only          from the CRM only
    remote    theirs                            theirs stays there       theirs, always
    ours      ours                              ours, always             ours stays here
    newest    the later; theirs, if equal       ours, if later           theirs, if later
    blank     theirs; ours where it is blank    where theirs is blank    where ours is blank
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from crm_sync.connector import CONTACT, Field, Problem, Row, Value, Values
from crm_sync.mapping.fitting import Unfit
from crm_sync.mapping.payload import Line, line
from crm_sync.mapping.reverse import Back, back
from crm_sync.mapping.same import canon, is_blank

Side = Literal["ours", "theirs", ""]


@dataclass(frozen=True, slots=True)
class Clash:
    """Both had changed: `taken` is whose word stands, by the row's `rule`."""

    field: str
    remote_field: str
    ours: Value
    theirs: Value
    taken: Literal["ours", "theirs"]
    rule: str


@dataclass(slots=True)
class Merge:
    """What to write there and here. `agreed` is to be kept when both are done.

    A field that is left as it is, though both differ, keeps what was agreed before. `mine` is what
    ours comes to in each remote field, `taken` which field of ours a remote one was taken into.
    """

    push: dict[str, Value] = field(default_factory=dict)
    take: dict[str, Any] = field(default_factory=dict)
    conflicts: list[Clash] = field(default_factory=list)
    agreed: dict[str, Value] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    mine: dict[str, Value] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """When either side was last changed; None: nobody knows."""

    ours: datetime | None
    theirs: datetime | None

    @property
    def later(self) -> Literal["ours", "theirs"]:
        if self.ours is None or (self.theirs is not None and self.theirs >= self.ours):
            return "theirs"
        return "ours"


class Merging(Protocol):
    def __call__(
        self, ours: Mapping[str, Any], agreed: Values, theirs: Values, at: Moment,
        apart: Values = ..., /,
    ) -> Merge: ...  # fmt: skip


_ALIKE: Values = {}


@dataclass(frozen=True, slots=True)
class _Bases:
    """What a field was on either side when they last met; mostly the same.

    It is unknown of a field that was never read: nobody can say that ours has moved since.
    """

    ours: Value
    theirs: Value
    is_known: bool = True


class _Pair:
    """One row with both its ways."""

    def __init__(self, out: Line, way: Back | None) -> None:
        self.out, self.way, self.row = out, way, out.row
        self.form = canon(out.field)
        self.remote = out.row.remote
        self.pushes = out.row.direction != "pull" and not out.field.is_readonly

    def is_same(self, mine: Any, theirs: Any, was: Any) -> bool:
        """Tell whether they say the same: by what we would send, or by what we would keep."""
        if self.form(mine) == self.form(theirs):
            return True
        if self.way is None or is_blank(theirs) or is_blank(was):
            return False
        try:
            return bool(self.way.value(theirs, was) == was)
        except Unfit:
            return False

    def side(self, mine: Any, theirs: Any, base: _Bases, was: Any, at: Moment) -> tuple[Side, bool]:
        """Return whose value goes to the other side, and whether both had changed."""
        ours_moved = (self.pushes or base.is_known) and not self.is_same(mine, base.ours, was)
        theirs_moved = self.form(theirs) != self.form(base.theirs)
        both = ours_moved and theirs_moved
        wanted = self._wanted(mine, theirs, ours_moved, theirs_moved, at)
        if (wanted == "ours" and not self.pushes) or (wanted == "theirs" and self.way is None):
            return "", both
        return wanted, both

    def _wanted(
        self, mine: Any, theirs: Any, ours_moved: bool, theirs_moved: bool, at: Moment
    ) -> Side:
        wins = self.row.wins
        if wins == "blank":
            return self._blank(mine, theirs)
        if wins == "ours" and self.way is None:
            return "ours"
        if wins == "remote" and not self.pushes:
            return "theirs"
        if ours_moved and theirs_moved:
            return at.later if wins == "newest" else ("ours" if wins == "ours" else "theirs")
        return "ours" if ours_moved else "theirs"

    def _blank(self, mine: Any, theirs: Any) -> Side:
        if is_blank(theirs):
            return "ours"
        if self.pushes or is_blank(mine):
            return "theirs"
        return ""


def merging(obj: str, rows: Iterable[Row], fields: Mapping[str, Field]) -> Merging:
    """Return what merges records, with everything decided that is the same for all of them.

    It takes what both had agreed on, and `apart`: what ours was where the two were left apart then.
    """
    known = [(row, fields.get(row.remote)) for row in rows]
    pairs = [_Pair(line(row, one), back(obj, row, one)) for row, one in known if one is not None]

    def run(
        ours: Mapping[str, Any], agreed: Values, theirs: Values, at: Moment, apart: Values = _ALIKE
    ) -> Merge:
        found = Merge()
        for pair in pairs:
            name = pair.remote
            base = agreed.get(name)
            bases = _Bases(apart.get(name, base), base, name in agreed)
            _merge(pair, ours, bases, theirs.get(name), at, found)
        return found

    return run


def merge(
    rows: Iterable[Row],
    fields: Mapping[str, Field],
    ours_now: Mapping[str, Any],
    agreed: Values,
    theirs_now: Values,
    ours_changed_at: datetime | None = None,
    theirs_changed_at: datetime | None = None,
    *,
    obj: str = CONTACT,
) -> Merge:
    """Return what to write on either side of one record; for many, call `merging` once."""
    at = Moment(ours_changed_at, theirs_changed_at)
    return merging(obj, rows, fields)(ours_now, agreed, theirs_now, at, _ALIKE)


def _merge(
    pair: _Pair, ours: Mapping[str, Any], base: _Bases, theirs: Value, at: Moment, found: Merge
) -> None:
    was = ours.get(pair.way.field.name) if pair.way else None
    try:
        mine = pair.out.value(ours)
    except Unfit as why:
        mine = None
        if pair.pushes:
            _unsent(pair, str(why), base.theirs, theirs, was, found)
            return
    found.mine[pair.remote] = mine
    if pair.is_same(mine, theirs, was):
        found.agreed[pair.remote] = theirs
        return
    side, both = pair.side(mine, theirs, base, was, at)
    if side == "ours" and mine is None and pair.out.omits:
        side = ""
    kept = _apply(pair, side, mine, theirs, was, found)
    found.agreed[pair.remote] = base.theirs if kept == "" else mine if kept == "ours" else theirs
    if both and kept:
        found.conflicts.append(Clash(pair.row.ours, pair.remote, mine, theirs, kept, pair.row.wins))


def _unsent(pair: _Pair, why: str, base: Value, theirs: Value, was: Any, found: Merge) -> None:
    """Ours is nothing that the field takes: theirs is taken if new, else it is told."""
    has_moved = not is_blank(theirs) and pair.form(theirs) != pair.form(base)
    if has_moved and pair.way is not None and pair.row.wins != "ours":
        kept = _apply(pair, "theirs", None, theirs, was, found)
        found.agreed[pair.remote] = theirs if kept else base
        return
    found.problems.append(Problem(f"{pair.out.field.label} {why}.", pair.remote))
    found.agreed[pair.remote] = base


def _apply(pair: _Pair, side: Side, mine: Value, theirs: Value, was: Any, found: Merge) -> Side:
    if side == "ours":
        found.push[pair.remote] = mine
    elif side == "theirs" and pair.way is not None:
        try:
            value = pair.way.value(theirs, was)
        except Unfit as why:
            words = f"Our field {pair.way.field.label} {why}."
            found.problems.append(Problem(words, pair.remote))
            return ""
        found.taken[pair.remote] = pair.way.field.name
        if value != was:
            found.take[pair.way.field.name] = value
    return side
