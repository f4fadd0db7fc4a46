"""The page of spend: by provider, lookup, recipe, run, team or day, as a table, a chart, a file."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from dashboards.spending import charts, download, rows, sums
from dashboards.spending.asked import GROUPINGS, PERIODS, Asked, read
from dashboards.views.access import page
from integrations.accounts import is_sandbox

PERMISSION = "dashboards.view_spend"
SHOWN = 50


@page(PERMISSION)
def overview(request: HttpRequest) -> HttpResponse:
    """The sums of a period, grouped as asked."""
    asked = read(request.GET.dict())
    for notice in asked.notices:
        messages.warning(request, notice)
    in_sandbox = is_sandbox()
    found = sums.sums(asked, is_sandbox=in_sandbox)
    whole = sums.total(found)
    shown = rows.lines(found[:SHOWN], asked, whole, request.user.has_perm)
    labels = [line.label for line in shown]
    is_by_day = asked.by == "day"
    chart = charts.of_days(found, asked.period) if is_by_day else charts.of_rows(found, labels)
    context = {
        **admin.site.each_context(request),
        "title": "Spend",
        "tab": "spend",
        "asked": asked,
        "query": asked.query(),
        "choices": _choices(asked),
        "whole": whole,
        "outcomes": _outcomes(request, asked, whole, is_sandbox=in_sandbox),
        "lines": shown,
        "others": sums.total(found[SHOWN:]) if len(found) > SHOWN else None,
        "other_count": len(found) - SHOWN,
        "chart": chart,
        "by": GROUPINGS[asked.by],
        "has_contacts": sums.counts_contacts(asked),
        "chosen": _chosen(asked),
        "is_sandbox": in_sandbox,
    }
    return render(request, "dashboards/spend/page.html", context)


@page(PERMISSION)
def as_file(request: HttpRequest) -> HttpResponseBase:
    """The same rows, all of them, as CSV."""
    asked = read(request.GET.dict())
    return download.response(asked, is_sandbox=is_sandbox())


def _outcomes(
    request: HttpRequest, asked: Asked, whole: sums.Sum, *, is_sandbox: bool
) -> list[dict[str, Any]]:
    """Return the lines that the whole is made of, each with the calls behind it."""
    twice, twice_usd = 0, sums.ZERO
    if whole.unknown and "lookup" not in asked.filters:
        twice, twice_usd = sums.paid_twice(asked, is_sandbox=is_sandbox)
    link = rows.calls_of(asked) if request.user.has_perm(rows.CALLS) else ""
    parts = (
        ("Outcome known", whole.asked - whole.unknown, whole.known_usd, ""),
        ("Outcome unknown, counted as spent", whole.unknown - twice,
         whole.unknown_usd - twice_usd, "&outcome=unknown"),
        ("Perhaps paid twice: outcome unknown, and asked and paid again", twice, twice_usd,
         "&again=paid"),
    )  # fmt: skip
    return [
        {"label": label, "count": count, "usd": usd, "link": link and f"{link}{more}"}
        for label, count, usd, more in parts
        if count or usd or not more
    ]


def _choices(asked: Asked) -> dict[str, list[dict[str, Any]]]:
    """Return the periods and groupings one can choose, each with its address."""
    typed = {"from": None, "to": None}
    return {
        "periods": [
            {"label": label, "query": asked.query(period=name, **typed),
             "is_chosen": asked.period.name == name}
            for name, label in PERIODS.items()
        ],
        "groupings": [
            {"label": label, "query": asked.query(by=name), "is_chosen": asked.by == name}
            for name, label in GROUPINGS.items()
        ],
    }  # fmt: skip


def _chosen(asked: Asked) -> list[dict[str, str]]:
    """Return the filters in words, each with the address that leaves it out."""
    return [
        {"label": f"{name.capitalize()}: {text}", "query": asked.query(**{name: None})}
        for name, text in asked.filters.items()
    ]
