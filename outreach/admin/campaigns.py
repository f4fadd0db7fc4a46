"""Campaigns in the back office: drafted, estimated, approved, watched, paused, stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from unfold.admin import ModelAdmin
from unfold.decorators import display

from contacts import selection
from contacts.admin import pages
from contacts.admin.base import ToMake
from contacts.admin.pages import READ, WRITE, addresses, go_to, number, person, show
from contacts.queries import count_of
from integrations.money import usd
from outreach import figures
from outreach.admin.campaign_forms import MINE, CampaignForm, CapForm
from outreach.campaigns import service
from outreach.models import Campaign

COLOURS = {
    "done": "success", "working": "info", "estimating": "info", "ready": "warning",
    "paused": "warning",
}  # fmt: skip
# How often a page asks how it stands; one that waits is approved by somebody else.
EVERY_S = {"estimating": 2, "ready": 5, "working": 2, "paused": 2}
ROWS = Campaign.objects.select_related("template", "created_by", "approved_by")


def may_view(user: Any, row: Campaign) -> bool:
    return bool(user.has_perm("outreach.view_campaign"))


def may_draft(user: Any, row: Campaign) -> bool:
    return bool(user.has_perm("outreach.add_campaign"))


def may_approve(user: Any, row: Campaign) -> bool:
    return bool(user.has_perm("outreach.approve_campaign"))


def may_steer(user: Any, row: Campaign) -> bool:
    return bool(user.has_perm("outreach.change_campaign"))


def page(office: ModelAdmin, request: HttpRequest, row: Campaign) -> HttpResponse:
    """How a campaign stands, and what can be done with it."""
    made_at = (row.estimate or {}).get("made_at", "")
    cap = CapForm(initial={"cap_usd": row.cap_usd, "seen": made_at})
    return standing(office, request, row, cap)


def standing(
    office: ModelAdmin, request: HttpRequest, row: Campaign, form: CapForm
) -> HttpResponse:
    """The page, with a form that may say what is wrong with the cap."""
    return show(
        office, request, "outreach/campaign.html", str(row), form=form, may=_may(request.user, row),
        said=selection.in_words(row.selection), **_live(request, row),
    )  # fmt: skip


def live(office: ModelAdmin, request: HttpRequest, row: Campaign) -> HttpResponse:
    """The part that changes; when the state has, the whole page comes anew."""
    if request.GET.get("seen") != row.state:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return show(office, request, "outreach/_live.html", "", **_live(request, row))


def _live(request: HttpRequest, row: Campaign) -> dict[str, Any]:
    listed = reverse("admin:outreach_message_changelist")
    refusals = [(one, _list(listed, row, reason__exact=one.code)) for one in figures.refusals(row)]
    return {
        "campaign": row, "colour": COLOURS.get(row.state, ""), "results": figures.results(row),
        "refusals": refusals, "failures": figures.failures(row),
        "every_s": EVERY_S.get(row.state, 0),
        "live_url": f"{pages.address(row, 'live')}?{urlencode({'seen': row.state})}",
        "messages_url": _list(listed, row),
    }  # fmt: skip


def _list(address: str, row: Campaign, **more: str) -> str:
    return f"{address}?{urlencode({'campaign__id__exact': row.pk, **more})}"


def _may(user: Any, row: Campaign) -> dict[str, bool]:
    states, steer = Campaign.State, may_steer(user, row)
    going = row.state in (states.WORKING, states.PAUSED)
    return {
        "approve": row.state == states.READY and may_approve(user, row),
        "estimate": row.state in (states.DRAFT, states.READY) and may_draft(user, row),
        "pause": row.state == states.WORKING and steer,
        "resume": row.state == states.PAUSED and steer,
        "stop": row.state not in service.ENDED and steer,
        "cap": going and may_approve(user, row),
    }


def estimate(office: ModelAdmin, request: HttpRequest, row: Campaign) -> HttpResponse:
    return _take(office, request, row, lambda: service.estimate(row), "estimated")


def pause(office: ModelAdmin, request: HttpRequest, row: Campaign) -> HttpResponse:
    return _take(office, request, row, lambda: service.pause(row), "paused")


def resume(office: ModelAdmin, request: HttpRequest, row: Campaign) -> HttpResponse:
    return _take(office, request, row, lambda: service.resume(row), "resumed")


def stop(office: ModelAdmin, request: HttpRequest, row: Campaign) -> HttpResponse:
    return _take(office, request, row, lambda: service.stop(row), "stopped")


def approve(office: ModelAdmin, request: HttpRequest, row: Campaign) -> HttpResponse:
    """Let the campaign send, up to the cap that was typed."""
    form = CapForm(request.POST)
    if not form.is_valid():
        return standing(office, request, row, form)
    cap, seen = form.cleaned_data["cap_usd"], form.cleaned_data["seen"]
    user = person(request)
    return _take(
        office, request, row,
        lambda: service.approve(row, cap_usd=cap, user=user, seen=seen), "approved",
    )  # fmt: skip


def cap(office: ModelAdmin, request: HttpRequest, row: Campaign) -> HttpResponse:
    """Change the cap of a campaign that sends."""
    form = CapForm(request.POST)
    if not form.is_valid():
        return standing(office, request, row, form)
    wanted = form.cleaned_data["cap_usd"]
    return _take(office, request, row, lambda: service.set_cap(row, wanted), "given another cap")


def _take(
    office: ModelAdmin, request: HttpRequest, row: Campaign, act: Callable[[], None], what: str
) -> HttpResponse:
    try:
        act()
        office.log_change(request, row, what)
        messages.success(request, f"The campaign is {what}.")
    except service.CampaignRefused as refused:
        messages.warning(request, str(refused))
    return go_to(row)


# Address, view, who may, how.
PAGES = (
    ("live", live, may_view, READ),
    ("estimate", estimate, may_draft, WRITE),
    ("approve", approve, may_approve, WRITE),
    ("pause", pause, may_steer, WRITE),
    ("resume", resume, may_steer, WRITE),
    ("stop", stop, may_steer, WRITE),
    ("cap", cap, may_approve, WRITE),
)


def opened(view: pages.View[Campaign], may: Callable[[Any, Campaign], bool]) -> pages.Opened:
    """Give the view its campaign, for those who may."""
    return pages.opened(view, may, ROWS, "outreach")


@admin.register(Campaign)
class CampaignAdmin(ToMake):
    form = CampaignForm
    list_display = ("name", "state_shown", "template", "about", "by", "created_at")
    list_filter = ("state", "channel")
    list_select_related = ("template", "created_by")
    search_fields = ("name__istartswith",)
    search_help_text = "The beginning of a name"
    fields = MINE

    class Media:
        css = {"all": ["contacts/imports.css"]}

    change_form_before_template = "outreach/whom.html"
    change_list_template = "contacts/list.html"
    empty_title = "No campaign yet"
    empty_words = (
        "A campaign sends a template's words to contacts that you choose. First write a template;"
        " then filter the list of contacts, and take “Write to them” there."
    )
    empty_act = "Write to all contacts"

    def get_urls(self) -> list[URLPattern]:
        own = [(name, opened(view, may), methods) for name, view, may, methods in PAGES]
        return [*addresses(self, own), *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        """Say whom it goes to; with a filter left out it would go to more than were seen."""
        chosen, notices = selection.read(request.GET)
        if notices:
            messages.warning(request, f"No campaign was started. {' '.join(notices)}")
            return redirect(reverse("admin:outreach_campaign_changelist"))
        listed = reverse("admin:contacts_contact_changelist")
        shown = {
            "said": selection.in_words(chosen), "count": count_of(chosen), "is_all": not chosen,
            "listed": f"{listed}?{selection.as_query(chosen)}", "all_listed": listed,
            "show_save_and_add_another": False, "show_save_and_continue": False,
        }  # fmt: skip
        answer: HttpResponseBase = super().add_view(request, form_url, shown)
        return answer

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return opened(page, may_view)(self, request, number(object_id))

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        """Make it over what the address selects, and have it estimated."""
        chosen, _ = selection.read(request.GET)
        given = {name: form.cleaned_data[name] for name in MINE[2:]}
        made = service.create(obj.name, obj.template, chosen, user=person(request), **given)
        service.estimate(made)
        obj.pk = made.pk
        obj.refresh_from_db()

    def response_add(
        self, request: HttpRequest, obj: Campaign, post_url_continue: str | None = None
    ) -> HttpResponse:
        return go_to(obj)

    @display(description="State", label=COLOURS)
    def state_shown(self, row: Campaign) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description="Estimate")
    def about(self, row: Campaign) -> str:
        known = row.estimate or {}
        if "go" not in known:
            return ""
        return f"{known['go']:,} of {known['contacts']:,} contacts, {usd(known['max_usd'])}"
