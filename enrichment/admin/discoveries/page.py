"""The page of one discovery: its estimate, its progress while it searches, then its results."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import ModelAdmin

from contacts.admin.pages import address, page_number, show
from enrichment.admin import links
from enrichment.admin.caps import CapForm
from enrichment.admin.discoveries import access
from enrichment.admin.discoveries.forms import cap_form
from enrichment.discovery import queries
from enrichment.discovery.service import ENDED
from enrichment.models import Discovery
from integrations.models import Account
from integrations.registry import searches

COLOURS = {
    "done": "success", "working": "info", "importing": "info", "ready": "warning",
    "paused": "warning", "blocked": "danger",
}  # fmt: skip
# How often the page looks, by state; a discovery that has ended stays as it is.
EVERY_S = {"ready": 5, "working": 2, "importing": 1, "paused": 5, "blocked": 5}


def page(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    """How a discovery stands, and what can be done with it."""
    return standing(office, request, row, cap_form(row))


def standing(
    office: ModelAdmin, request: HttpRequest, row: Discovery, form: CapForm
) -> HttpResponse:
    """The page, with a form that may say what is wrong with the cap."""
    labels = {slug: one.label for slug, one in searches().items()}
    return show(
        office, request, "enrichment/discoveries/page.html", str(row), form=form,
        may=_may(request.user, row), is_ready=row.state == Discovery.State.READY,
        searches=[labels.get(slug, slug) for slug in row.searches], estimate=row.estimate,
        accounts=_accounts(request.user, row) if row.state == Discovery.State.READY else [],
        notes=[one.note for slug, one in searches().items() if slug in row.searches and one.note],
        **_live(request, row),
    )  # fmt: skip


def live(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    """The part that changes; when the state has, the whole page comes anew."""
    if request.GET.get("seen") != row.state:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if row.state == Discovery.State.READY or row.state not in EVERY_S:
        return HttpResponse(status=204)
    return show(office, request, "enrichment/discoveries/_live.html", "", **_live(request, row))


def _live(request: HttpRequest, row: Discovery) -> dict[str, Any]:
    places = queries.places(row, page_number(request))
    return {
        "row": row,
        "is_ended": row.state in ENDED,
        "colour": COLOURS.get(row.state, ""),
        "every_s": EVERY_S.get(row.state),
        "live_url": f"{address(row, 'live')}?seen={row.state}&p={places.number}",
        "share": row.finished_count / row.place_count if row.place_count else None,
        "spent_usd": queries.spent_usd(row),
        "places": places,
        "by_search": queries.by_search(row),
        "fates": queries.fates(row),
        "obstacle_url": _obstacle(request.user, row),
        "urls": _urls(request.user, row),
        "calls_may_be_seen": request.user.has_perm("integrations.view_apicall"),
    }


def companies(office: ModelAdmin, request: HttpRequest, row: Discovery) -> HttpResponse:
    """The companies without a phone that it found or made."""
    return show(
        office, request, "enrichment/discoveries/companies.html", f"Companies of {row}", row=row,
        page=queries.companies(row, page_number(request)),
        may_see=request.user.has_perm("contacts.view_company"),
    )  # fmt: skip


def _obstacle(user: Any, row: Discovery) -> str:
    kind, _, what = row.blocked_by.partition(":")
    if kind == "provider":
        return links.account_of(user, what)
    if kind == "cap" and what.startswith("account:"):
        return links.account(user, int(what.split(":")[1]))
    return ""


def _accounts(user: Any, row: Discovery) -> list[tuple[str, str]]:
    """The providers that are searched, each with the page of its account."""
    known = {slug: one for slug, one in searches().items() if slug in row.searches}
    slugs = {one.provider for one in known.values()}
    ids = dict(Account.objects.filter(provider__in=slugs).values_list("provider", "pk"))
    return [(slug, links.account(user, pk)) for slug, pk in sorted(ids.items())]


def _urls(user: Any, row: Discovery) -> dict[str, str]:
    record, run = row.record_id, row.run_id
    return {
        "import": _change(user, "contacts", "import", record),
        "contacts": links.contacts_of(user, {"import": record}) if record else "",
        "companies": address(row, "companies") if row.company_count else "",
        "run": _change(user, "enrichment", "run", run),
    }


def _change(user: Any, app: str, model: str, pk: int | None) -> str:
    if not pk or not user.has_perm(f"{app}.view_{model}"):
        return ""
    return reverse(f"admin:{app}_{model}_change", args=[pk])


def _may(user: Any, row: Discovery) -> dict[str, bool]:
    state, states = row.state, Discovery.State
    steer, is_ready = access.may_steer(user, row), row.state == states.READY
    goes_on = state in (states.WORKING, states.PAUSED, states.BLOCKED)
    return {
        "approve": is_ready and access.may_approve(user, row),
        "estimate": is_ready and access.may_add(user),
        "pause": state in (states.WORKING, states.BLOCKED) and steer,
        "resume": state in (states.PAUSED, states.BLOCKED) and steer and not row.may_be_raised,
        "cancel": (is_ready or goes_on) and steer,
        "cap": goes_on and steer,
        "again": state in ENDED and access.may_add(user),
    }
