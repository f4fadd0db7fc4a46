"""Sets of columns: those that a person has named, and those used last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import User

from contacts.exports import columns
from contacts.models import ColumnSet, Export

LAST_USED = ""
SETS_LIMIT = 50


class TooManySets(ValueError):
    """A person has as many sets as one list can show."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How an export looks: its columns in their order, and the format."""

    columns: Sequence[str] = columns.DEFAULT
    format: str = Export.Format.CSV
    with_sources: bool = False


@dataclass(frozen=True, slots=True)
class Sets:
    """The sets of a person: `named` by name, and the layout that was used last."""

    named: Sequence[ColumnSet] = field(default_factory=list)
    last: Layout = field(default_factory=Layout)

    def layout(self, pk: str) -> Layout:
        """Return the named set's layout, or the last one used where there is no such set."""
        return next((layout_of(one) for one in self.named if str(one.pk) == pk), self.last)


def sets_of(user: User) -> Sets:
    own = list(ColumnSet.objects.filter(owner=user).order_by("name")[: SETS_LIMIT + 1])
    last = next((layout_of(one) for one in own if one.name == LAST_USED), Layout())
    return Sets([one for one in own if one.name != LAST_USED], last)


def layout_of(one: ColumnSet) -> Layout:
    """Return its layout, without columns that there are no more."""
    chosen = columns.known(one.columns) or list(columns.DEFAULT)
    return Layout(chosen, one.format, one.with_sources)


def remember(user: User, layout: Layout) -> None:
    """Keep the layout as the one used last."""
    _write(user, LAST_USED, layout)


def save(user: User, name: str, layout: Layout) -> ColumnSet:
    """Keep the layout under a name, over what had that name. Raises TooManySets."""
    named = ColumnSet.objects.filter(owner=user).exclude(name=LAST_USED)
    if not named.filter(name__iexact=name).exists() and named.count() >= SETS_LIMIT:
        raise TooManySets(f"{SETS_LIMIT} sets are enough: delete one first")
    return _write(user, name, layout)


def _write(user: User, name: str, layout: Layout) -> ColumnSet:
    values = {
        "columns": list(layout.columns),
        "format": layout.format,
        "with_sources": layout.with_sources,
    }
    kept, _ = ColumnSet.objects.update_or_create(
        owner=user, name__iexact=name, defaults=values, create_defaults={"name": name, **values}
    )
    return kept


def delete(user: User, pk: int) -> bool:
    """Delete a person's own set; False when it is not theirs, or gone."""
    own = ColumnSet.objects.filter(owner=user, pk=pk).exclude(name=LAST_USED)
    return bool(own.delete()[0])
