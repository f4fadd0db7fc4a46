"""Pages beside that of spend: what the money was worth, and how providers answer over time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboards.figures import CHART_OPTIONS, GREY
from dashboards.links import listed
from dashboards.spending import answers, sums, worth
from dashboards.spending.asked import PERIODS, Asked, read
from dashboards.spending.charts import short
from dashboards.spending.rows import CALLS
from dashboards.views.access import page
from dashboards.views.spend import PERMISSION
from integrations.accounts import is_sandbox
from integrations.registry import PROVIDERS, question_labels

FIRST, SECOND = "var(--color-primary-500)", "var(--color-orange-500)"


@page(PERMISSION)
def usable(request: HttpRequest) -> HttpResponse:
    """Usable contacts of all recipes or one, by day and by field, and the price of each."""
    asked = _read(request, ("recipe",))
    in_sandbox = is_sandbox()
    known = worth.recipes()
    days = sums.sums(replace(asked, by="day"), is_sandbox=in_sandbox)
    whole = sums.total(days)
    by_day = worth.by_day(
        asked, {str(row.key): row.spent_usd for row in days}, is_sandbox=in_sandbox
    )
    each = [float(one.each_usd) if one.each_usd is not None else None for one in by_day]
    context = {
        "whole": whole,
        "has_any": bool(whole.done),
        "fields": worth.by_field(asked, whole.spent_usd, is_sandbox=in_sandbox),
        "days": [(one, date.fromisoformat(one.name)) for one in reversed(by_day) if one.done],
        "chart": _lines(asked, [("Price of a usable contact, $", FIRST, each)]),
        "filters": [_filter("recipe", "Recipe", [(str(one.pk), one.name) for one in known], asked)],
    }
    return _show(request, asked, "usable", "Usable contacts", context)


@page(PERMISSION)
def answered(request: HttpRequest) -> HttpResponse:
    """Hit rates and times of all providers, of one, or of one lookup."""
    asked = _read(request, ("provider", "lookup"))
    found = answers.rows(asked, is_sandbox=is_sandbox())
    by_day = answers.by_day(found)
    known = {one.name: one for one in by_day}
    every = [known.get(str(day), answers.Answered(str(day))) for day in asked.period.days]
    context = {
        "has_any": bool(found),
        "groups": [
            ("Provider", _named(request, asked, answers.by_provider(found), "provider")),
            ("Lookup", _named(request, asked, answers.by_lookup(found), "lookup")),
        ],
        "days": [(one, date.fromisoformat(one.name)) for one in reversed(by_day)],
        "rates": _lines(asked, [
            ("Hit rate, %", FIRST, [_percent(one.hit_rate) for one in every]),
            ("Failed, %", SECOND, [_percent(one.error_rate) for one in every]),
        ]),
        "times": _lines(asked, [
            ("Half within (p50), ms", FIRST, [one.p50_ms for one in every]),
            ("19 of 20 within (p95), ms", SECOND, [one.p95_ms for one in every]),
        ]),
        "filters": [
            _filter("provider", "Provider", [(of.slug, of.label) for of in PROVIDERS], asked),
            _filter("lookup", "Lookup", list(_lookups().items()), asked),
        ],
    }  # fmt: skip
    return _show(request, asked, "answers", "How providers answer", context)


def _read(request: HttpRequest, filters: tuple[str, ...]) -> Asked:
    """Return what is asked for, with the filters that this page has."""
    asked = read({name: str(text) for name, text in request.GET.items() if name != "by"})
    asked.filters = {name: text for name, text in asked.filters.items() if name in filters}
    for notice in asked.notices:
        messages.warning(request, notice)
    return asked


def _show(
    request: HttpRequest, asked: Asked, name: str, title: str, context: dict[str, Any]
) -> HttpResponse:
    typed = {"from": None, "to": None, "by": None}
    periods = [
        {"label": label, "query": asked.query(period=each, **typed),
         "is_chosen": asked.period.name == each}
        for each, label in PERIODS.items()
    ]  # fmt: skip
    whole = {
        **admin.site.each_context(request), "title": title, "tab": name, "asked": asked,
        "choices": {"periods": periods}, "is_sandbox": is_sandbox(), **context,
    }  # fmt: skip
    return render(request, f"dashboards/spend/{name}.html", whole)


def _named(
    request: HttpRequest, asked: Asked, found: Sequence[answers.Answered], what: str
) -> list[dict[str, Any]]:
    labels = {of.slug: of.label for of in PROVIDERS} if what == "provider" else _lookups()
    span = {"from": str(asked.period.first), "to": str(asked.period.last)}
    may = request.user.has_perm(CALLS)
    return [
        {
            "one": one,
            "label": labels.get(one.name, one.name),
            "query": asked.query(by=None, **{"lookup": None, what: one.name}),
            "calls": listed("integrations.apicall", **span, **{what: one.name}) if may else "",
        }
        for one in found
    ]


def _lookups() -> dict[str, str]:
    labels = {of.slug: of.label for of in PROVIDERS}
    return {
        slug: f"{labels[slug.partition('.')[0]]}: {label}"
        for slug, label in question_labels().items()
    }


def _filter(
    name: str, label: str, choices: Sequence[tuple[str, str]], asked: Asked
) -> dict[str, Any]:
    chosen = asked.filters.get(name)
    options = [(value, said, value == chosen) for value, said in choices]
    return {"name": name, "label": label, "options": options}


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


def _lines(asked: Asked, sets: Sequence[tuple[str, str, Sequence[float | None]]]) -> dict[str, str]:
    """Return a chart with a line for each of the sets over the days; a day of nothing is a gap."""
    data = {
        "labels": [short(day) for day in asked.period.days],
        "datasets": [
            {"label": label, "borderColor": colour, "backgroundColor": colour, "data": list(values),
             "borderWidth": 2, "pointRadius": 2, "tension": 0, "spanGaps": True}
            for label, colour, values in sets
        ],
    }  # fmt: skip
    ticks = {"color": GREY, "maxTicksLimit": 6}
    scales = {
        "x": CHART_OPTIONS["scales"]["x"],  # type: ignore[index]
        "y": {"beginAtZero": True, "border": {"display": False}, "ticks": ticks},
    }
    return {"data": json.dumps(data), "options": json.dumps({**CHART_OPTIONS, "scales": scales})}
