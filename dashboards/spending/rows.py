"""The rows of spend as a table shows them: their names, and where their figures lead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from dashboards.links import listed, row
from dashboards.spending.asked import NONE, Asked
from dashboards.spending.sums import Sum
from integrations.registry import PROVIDERS, question_labels

CALLS, RUNS, RECIPES = "integrations.view_apicall", "enrichment.view_run", "enrichment.view_recipe"
TEAMS = "enrichment.view_team"
# What a row is split into on a click; a lookup's and a run's own calls are the ledger's.
DEEPER = {
    "provider": "lookup", "lookup": "run", "recipe": "run", "team": "run", "run": "lookup",
    "day": "run",
}  # fmt: skip
NOBODY = {"recipe": "No recipe", "run": "Outside of runs", "team": "No team"}
May = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its name; a link is "" where nobody could follow it, `share` 0 to 100."""

    sum: Sum
    label: str
    link: str
    calls: str
    unknown: str
    deeper: str
    share: float


def lines(rows: list[Sum], asked: Asked, whole: Sum, may: May) -> list[Line]:
    names = question_labels()
    labels = {of.slug: of.label for of in PROVIDERS}
    found = []
    for one in rows:
        calls = calls_of(asked, one.key) if may(CALLS) else ""
        found.append(
            Line(
                one,
                label_of(one, asked.by, labels, names),
                _place(one, asked.by, may),
                calls,
                f"{calls}&outcome=unknown" if calls else "",
                _deeper(one, asked),
                float(one.spent_usd * 100 / whole.spent_usd) if whole.spent_usd else 0.0,
            )
        )
    return found


def label_of(one: Sum, by: str, labels: dict[str, str], names: dict[str, str]) -> str:
    """Return what a row is called, in words."""
    if one.key is None:
        return NOBODY.get(by, "None")
    provider, _, name = one.key.partition(".")
    if by == "provider":
        return labels.get(one.key, one.key)
    if by == "lookup":
        said = [names.get(f"{provider}.{each}", each.replace("_", " ")) for each in name.split("+")]
        return f"{labels.get(provider, provider)}: {', '.join(said)}"
    if by == "day":
        day = date.fromisoformat(one.key)
        return f"{day.day} {day:%b %Y}"
    return one.label or f"{by.capitalize()} {one.key}"


def calls_of(asked: Asked, key: str | None = None) -> str:
    """Return the list of the calls of a row; "" where the ledger knows no such list."""
    chosen = {**asked.filters, **({asked.by: key or NONE} if key is not None else {})}
    if {"recipe", "team"} & set(chosen) or NONE in chosen.values():
        return ""
    if key is None and asked.by != "provider" and not asked.filters:
        chosen = {}
    params: dict[str, str] = {"from": str(asked.period.first), "to": str(asked.period.last)}
    if day := chosen.pop("day", ""):
        params = {"day": day}
    if "+" in chosen.get("lookup", ""):  # left by a lost worker: all their names
        chosen = {**chosen, "provider": chosen.pop("lookup").partition(".")[0]}
        params["outcome"] = "unknown"
    return listed("integrations.apicall", **params, **chosen)


def _deeper(one: Sum, asked: Asked) -> str:
    changes: dict[str, str | None] = {"by": DEEPER[asked.by], asked.by: one.key or NONE}
    if asked.by == "day":
        changes = {"by": "run", "period": None, "from": one.key, "to": one.key, "day": None}
    return f"{reverse('dashboards:spend')}?{asked.query(**changes)}"


def _place(one: Sum, by: str, may: May) -> str:
    """Return the page of what a row is of."""
    if one.key is None:
        return ""
    pages = {
        "run": (RUNS, "enrichment.run"), "recipe": (RECIPES, "enrichment.recipe"),
        "team": (TEAMS, "enrichment.team"),
    }  # fmt: skip
    if by not in pages or not may(pages[by][0]):
        return ""
    return row(pages[by][1], one.key)
