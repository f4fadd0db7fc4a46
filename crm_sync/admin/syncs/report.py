"""A dry run's report: what would be made, changed, refused and held back, record by record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from contacts.admin.pages import page_number
from crm_sync.admin.syncs import records
from crm_sync.admin.syncs.access import sees
from crm_sync.connector import Field
from crm_sync.dry import KEPT, SHOWN
from crm_sync.models import Finding, Sync
from crm_sync.wording import OBJECTS, OF_DRY_RUNS

AT_ONCE = 50
# What people look at first.
FIRST = ("invalid", "update", "create", "held", "delete")


@dataclass(frozen=True, slots=True)
class Changed:
    """A field that would be written: what the CRM has, and what it would be given."""

    label: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Line:
    """A record, and what would become of it."""

    record: records.Named
    changes: list[Changed]
    words: str
    field: str


@dataclass(frozen=True, slots=True)
class Tab:
    """The findings of an object and a verdict, of which the first are kept."""

    object: str
    verdict: str
    name: str
    count: int

    @property
    def query(self) -> str:
        return f"object={self.object}&verdict={self.verdict}"

    @property
    def is_cut(self) -> bool:
        return self.count > KEPT


def report(request: HttpRequest, sync: Sync) -> dict[str, Any]:
    """Return the tabs, the one that is open, and a page of it; {} where nothing was found."""
    tabs = _tabs(sync.counts)
    if not tabs:
        return {}
    asked = (request.GET.get("object", ""), request.GET.get("verdict", ""))
    tab = next((one for one in tabs if (one.object, one.verdict) == asked), _first(tabs))
    rows = Finding.objects.filter(sync=sync, object=tab.object, verdict=tab.verdict)
    page = Paginator(rows.order_by("pk"), AT_ONCE).get_page(page_number(request))
    return {
        "tabs": tabs, "tab": tab, "page": page, "kept": KEPT,
        "lines": _lines(request.user, sync, tab, list(page)),
        "is_shown": sees(request.user, tab.object),
    }  # fmt: skip


def _tabs(counts: Mapping[str, Mapping[str, int]]) -> list[Tab]:
    found = []
    for obj in (one for one in OBJECTS if one in counts):
        sums: dict[str, int] = {}
        for key, count in counts[obj].items():
            if key in SHOWN and count:
                sums[SHOWN[key]] = sums.get(SHOWN[key], 0) + count
        found += [
            Tab(obj, verdict, f"{OBJECTS[obj]} {words}", sums[verdict])
            for verdict, (words, _) in OF_DRY_RUNS.items()
            if verdict in sums
        ]
    return found


def _first(tabs: list[Tab]) -> Tab:
    return min(tabs, key=lambda one: FIRST.index(one.verdict))


def _lines(user: Any, sync: Sync, tab: Tab, rows: list[Finding]) -> list[Line]:
    fields = records.described(sync.connection_id).get(tab.object, {})
    names = records.named(user, tab.object, (one.subject_id for one in rows))
    may_see = sees(user, tab.object)
    return [
        Line(
            names[one.subject_id],
            [_changed(fields, name, pair, may_see) for name, pair in one.changes.items()],
            records.said_to(user, tab.object, one.words),
            records.label_of(fields, one.field) if one.field else "",
        )
        for one in rows
    ]


def _changed(fields: Mapping[str, Field], name: str, pair: Any, may_see: bool) -> Changed:
    theirs, ours = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
    label, field = records.label_of(fields, name), fields.get(name)
    if not may_see:
        return Changed(label, records.HIDDEN, records.HIDDEN)
    return Changed(label, records.shown(theirs, field), records.shown(ours, field))
