"""The home page: how many contacts stand where, what runs, what it costs, what needs a person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from dashboards import attention, figures, first_steps, queries, tallies
from dashboards.links import listed, row
from dashboards.redis_state import open_circuits
from dashboards.views.access import fragment, page
from integrations.wording import lookup_names, said

PERMISSION = "dashboards.view_home"
PERIODS = (7, 30)
UNDER_WAY = {
    "run": ("draft", "starting", "working", "paused", "blocked"),
    "import": ("waiting", "working", "undoing"),
    "discovery": ("working", "paused", "blocked", "importing"),
}
PAGES = {"run": "enrichment.run", "import": "contacts.import", "discovery": "enrichment.discovery"}
UNITS = {"run": "contacts", "import": "lines", "discovery": "places"}
COLOURS = {
    "working": "info",
    "importing": "info",
    "undoing": "info",
    "blocked": "danger",
    "paused": "warning",
}


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the figures to the context of the admin's index; whoever may not see them gets none."""
    context["title"] = "Home"
    if not request.user.has_perm(PERMISSION):
        return context
    days = _period(request)
    is_sandbox = bool(context.get("environment"))  # what the badge says, asked once
    tally, work, accounts = tallies.read(), queries.work(), list(queries.accounts())
    asked = queries.lookup_days(days, is_sandbox=is_sandbox)
    return {
        **context,
        "home": {
            "may": _permissions(request),
            "tally": tally,
            "steps": first_steps.first_steps(request.user, work, is_sandbox=is_sandbox),
            "statuses": figures.statuses(tally),
            "all_contacts": listed("contacts.contact"),
            "tops": [
                ("Line types", figures.tops(tally, "line_type", "line_type", is_word=True)),
                ("Top carriers", figures.tops(tally, "carrier_name", "carrier")),
            ],
            "days": days,
            "periods": PERIODS,
            "chart": figures.lookups_chart(queries.by_day(asked, days)),
            "all_calls": listed("integrations.apicall"),
            "spends": figures.spends(accounts, queries.by_provider(asked.items())),
            "failures": _failures(request),
            "failed_calls": listed("integrations.apicall", outcome="failed"),
            "failed_contacts": listed("contacts.contact", status="failed"),
        },
        **_live(request, tally, work, accounts),
    }


@fragment(PERMISSION)
def live(request: HttpRequest) -> HttpResponse:
    """What runs and what needs a person, for the home page to fetch again and again."""
    work, accounts = queries.work(), list(queries.accounts())
    context = _live(request, tallies.read(), work, accounts)
    return render(request, "dashboards/_live.html", context)


@require_POST
@page(PERMISSION)
def dismiss(request: HttpRequest) -> HttpResponse:
    """Show the first steps to this person no more."""
    first_steps.dismiss(request.user)
    return HttpResponseRedirect(reverse("admin:index"))


def _live(request: HttpRequest, tally: Any, work: Any, accounts: Any) -> dict[str, Any]:
    found = attention.needs(work, accounts, tally, open_circuits())
    return {
        "needs": [need for need in found if request.user.has_perm(need.permission)],
        "under_way": [
            {
                "work": one,
                "link": row(PAGES[one.kind], one.id),
                "unit": UNITS[one.kind],
                "state": one.state.capitalize(),
                "colour": COLOURS.get(one.state, ""),
            }
            for one in work
            if one.state in UNDER_WAY[one.kind]
            and request.user.has_perm(PAGES[one.kind].replace(".", ".view_"))
        ],
    }


def _failures(request: HttpRequest) -> list[dict[str, Any]]:
    may = _permissions(request)
    models = {"call": "integrations.apicall", "contact": "contacts.contact"}
    return [
        {
            "failure": one,
            "what": lookup_names(one.what) if one.kind == "call" else one.what,
            "said": said(one.error, one.error_class),
            "link": row(models[one.kind], one.id),
        }
        for one in queries.failures()
        if may[f"{one.kind}s"]
    ]


def _permissions(request: HttpRequest) -> dict[str, bool]:
    """Return which lists this person may follow a figure to: no others are shown."""
    asked = {
        "contacts": "contacts.view_contact",
        "calls": "integrations.view_apicall",
        "accounts": "integrations.view_account",
    }
    return {name: request.user.has_perm(permission) for name, permission in asked.items()}


def _period(request: HttpRequest) -> int:
    """Return the chosen number of days; anything else is the first choice."""
    asked = request.GET.get("days", "")
    return next((days for days in PERIODS if asked == str(days)), PERIODS[0])
