"""Charts of spend as chart.js reads them; each has its table beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dashboards.figures import CHART_OPTIONS, GREY
from dashboards.spending.asked import Period
from dashboards.spending.sums import Sum, total

SHOWN = 10
LONGEST = 24  # characters of a label beside its bar
KNOWN, UNKNOWN = "var(--color-primary-500)", "var(--color-orange-500)"


def of_days(rows: Sequence[Sum], period: Period) -> dict[str, Any]:
    """Return columns, one for each day of the period."""
    known = {row.key: row for row in rows}
    days = [known.get(str(day), Sum(str(day), None)) for day in period.days]
    return _chart([short(day) for day in period.days], days, CHART_OPTIONS)


def of_rows(rows: Sequence[Sum], labels: Sequence[str]) -> dict[str, Any]:
    """Return bars, one below the other: the first of the rows, and all others in one."""
    shown, names = list(rows[:SHOWN]), [_cut(label) for label in labels[:SHOWN]]
    if len(rows) > SHOWN:
        shown.append(total(rows[SHOWN:]))
        names.append("All others")
    scales: Mapping[str, Any] = CHART_OPTIONS["scales"]  # type: ignore[assignment]
    sideways = {
        **CHART_OPTIONS,
        "indexAxis": "y",
        "scales": {
            "x": {**scales["y"], "border": {"display": False}},
            "y": {**scales["x"], "ticks": {"color": GREY, "autoSkip": False}},
        },
    }
    return _chart(names, shown, sideways)


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1].rstrip()}…"


def short(day: date) -> str:
    return f"{day:%b} {day.day}"


def _chart(labels: list[str], rows: Sequence[Sum], options: Mapping[str, Any]) -> dict[str, Any]:
    sets = [("Outcome known, $", KNOWN, [float(row.known_usd) for row in rows])]
    if any(row.unknown_usd for row in rows):
        sets.append(("Outcome unknown, $", UNKNOWN, [float(row.unknown_usd) for row in rows]))
    data = {
        "labels": labels,
        "datasets": [
            {"label": label, "backgroundColor": colour, "data": values}
            for label, colour, values in sets
        ],
    }
    return {"data": json.dumps(data), "options": json.dumps(options)}
