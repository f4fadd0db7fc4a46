"""The page of one run: its estimate, its progress while it works, then its results."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from contacts.admin.pages import address, show
from contacts.selection import in_words
from enrichment import progress, troubles
from enrichment.admin import links, steps
from enrichment.admin.caps import CapForm
from enrichment.admin.runs import access
from enrichment.admin.runs.forms import MODES, cap_form
from enrichment.models import Run
from enrichment.services import ENDED
from integrations.models import Account
from integrations.registry import PROVIDERS

COLOURS = {
    "done": "success", "working": "info", "starting": "info", "draft": "info", "ready": "warning",
    "paused": "warning", "blocked": "danger",
}  # fmt: skip
# How often the page looks, by state; a run that has ended stays as it is.
EVERY_S = {"draft": 1, "starting": 1, "working": 2, "ready": 5, "paused": 5, "blocked": 5}


def page(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    """How a run stands, and what can be done with it."""
    return standing(office, request, run, cap_form(run))


def standing(office: ModelAdmin, request: HttpRequest, run: Run, form: CapForm) -> HttpResponse:
    """The page, with a form that may say what is wrong with the cap."""
    user = request.user
    return show(
        office, request, "enrichment/runs/page.html", str(run), form=form, may=_may(user, run),
        is_ended=run.state in ENDED, is_ready=run.state == Run.State.READY,
        is_at_its_cap=_is_at_its_cap(run),
        said=in_words(run.selection), mode_text=dict(MODES)[Run.Mode(run.mode)],
        listed=links.contacts_of(user, run.selection),
        estimate=_estimate(run), accounts=_accounts(user, run) if run.state == "ready" else [],
        urls=_urls(user, run), steps=steps.taken(run), **_live(request, run, []),
    )  # fmt: skip


def live(office: ModelAdmin, request: HttpRequest, run: Run) -> HttpResponse:
    """The part that changes; when the state has, the whole page comes anew."""
    if request.GET.get("seen") != _seen(run):
        return HttpResponse(headers={"HX-Refresh": "true"})
    if run.state in (Run.State.READY, *ENDED):
        return HttpResponse(status=204)
    earlier = progress.read_samples(request.GET.get("samples", ""))
    return show(office, request, "enrichment/runs/_live.html", "", **_live(request, run, earlier))


def _live(request: HttpRequest, run: Run, earlier: list[progress.Sample]) -> dict[str, Any]:
    samples = progress.look(run, earlier)
    found = troubles.troubles(run) if run.failed_count else []
    obstacle = troubles.obstacle(run)
    query = urlencode({"seen": _seen(run), "samples": progress.write_samples(samples)})
    return {
        "run": run,
        "colour": COLOURS.get(run.state, ""),
        "every_s": EVERY_S.get(run.state),
        "live_url": f"{address(run, 'live')}?{query}",
        "pace": progress.pace(run, samples),
        "share": progress.share_done(run),
        "share_spent": progress.share_spent(run),
        "results": progress.results(run),
        "troubles": [(one, _place(request.user, one.place, one.provider)) for one in found],
        "troubles_are_some": run.failed_count > troubles.LOOKED_AT,
        "obstacle": obstacle,
        "obstacle_url": _obstacle_url(request.user, obstacle) if obstacle else "",
        "workers_url": links.workers(request.user),
    }


def _seen(run: Run) -> str:
    """What the page shows of the run: another state or another estimate is another page."""
    made = (run.estimate or {}).get("made_at", "") if run.state == Run.State.READY else ""
    cap = "" if run.cap_usd is None else run.cap_usd
    return f"{run.state} {made} {cap}"


def _estimate(run: Run) -> dict[str, Any] | None:
    """The estimate with its sums in numbers; None while there is none."""
    known = run.estimate or {}
    if "lookups" not in known:
        return None
    rows = [{**one, "to_ask": one["questions"] - one["fresh"]} for one in known["lookups"]]
    free = sum(one["fresh"] for one in rows)
    is_nobody = not known.get("contacts", 1)
    return {**known, "lookups": rows, "free": free, "is_nobody": is_nobody}


def _accounts(user: Any, run: Run) -> list[tuple[str, str]]:
    """The providers that the recipe asks, each with the page of its account."""
    slugs = {slug.partition(".")[0] for _, _, steps in run.plan.get("wanted", ()) for slug in steps}
    rows = Account.objects.filter(provider__in=slugs, is_enabled=True)
    ids = dict(rows.values_list("provider", "pk"))
    return [
        (each.label, links.account(user, ids[each.slug])) for each in PROVIDERS if each.slug in ids
    ]


def _obstacle_url(user: Any, found: troubles.Obstacle) -> str:
    if found.account_id:
        return links.account(user, found.account_id)
    return _place(user, found.place, found.provider)


def _place(user: Any, place: str, provider: str) -> str:
    if place == "account" and provider:
        return links.account_of(user, provider)
    known = {"held": links.held_answers, "circuits": links.circuits, "workers": links.workers}
    return known[place](user) if place in known else ""


def _may(user: Any, run: Run) -> dict[str, bool]:
    state, states = run.state, Run.State
    steer, is_ready = access.may_steer(user, run), run.state == states.READY
    return {
        "approve": is_ready and access.may_approve(user, run),
        "estimate": is_ready and access.may_add(user),
        "pause": state in (states.WORKING, states.BLOCKED) and steer,
        "resume": state in (states.PAUSED, states.BLOCKED) and steer and not _is_at_its_cap(run),
        "cancel": state not in (states.STARTING, *ENDED) and steer,
        "cap": state in (states.WORKING, states.PAUSED, states.BLOCKED) and steer,
        "again": state in ENDED and run.failed_count > 0 and access.may_add(user),
    }


def _is_at_its_cap(run: Run) -> bool:
    return bool(run.blocked_by.startswith("cap:run"))


def _urls(user: Any, run: Run) -> dict[str, str]:
    return {
        "contacts": links.contacts_of(user, {"run": run.pk}),
        "failed": links.contacts_of(user, {"failed_in": run.pk}),
        "export": links.export_of(user, {"run": run.pk}),
        "items": links.items_of(user, run.pk),
        "failed_items": links.items_of(user, run.pk, "failed"),
    }
