"""The back office of the ledger: a list over millions of calls, and the page of one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from unfold.admin import ModelAdmin

from integrations.admin.access import READ, VIEW_CALLS, VIEW_EXCHANGE, may, page
from integrations.admin.forms.section import usd
from integrations.models import ApiCall
from integrations.neighbours import neighbours
from integrations.queries import calls
from integrations.queries.filters import STATUSES, Wanted, error_classes, read
from integrations.registry import question_labels
from integrations.trials import CONNECTION_TEST
from integrations.wording import PROVIDER_LABELS, error_label

COLOURS = {"answered": "success", "failed": "danger", "unknown": "warning"}
# What the list of a request looks like in the ledger: "GET /path → 200, 512 bytes: words".
ARROW = " → "


@admin.register(ApiCall)
class ApiCallAdmin(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        return page(self, overview, READ, [VIEW_CALLS])(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return page(self, one, READ, [VIEW_CALLS])(request, object_id)


def overview(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The list, filtered and newest first; for htmx only its rows."""
    wanted = read(request.GET.dict())
    found = calls.page(wanted, _uuid(request.GET.get("before", "")))
    context = {
        "rows": _rows(request, found.rows),
        "page": found,
        "wanted": wanted.params,
        "next_query": urlencode({**wanted.params, "before": found.after}) if found.after else "",
        "notices": wanted.notices,
    }
    if "HX-Request" in request.headers:
        return render(request, "integrations/calls/_rows.html", context)
    return _show(office, request, "list", "API calls", filters=_filters(wanted), **context)


def one(office: ModelAdmin, request: HttpRequest, pk: str) -> HttpResponse:
    """One call: what came of it, what it belongs to, and the redacted exchange."""
    number = _uuid(pk)
    call = ApiCall.objects.select_related("account").filter(pk=number).first() if number else None
    if call is None:
        raise Http404(f"there is no API call {pk[:40]!r}")
    (shown,) = _rows(request, [call])
    asked, _, answered = call.exchange.partition(ARROW)
    return _show(
        office, request, "one", f"{shown['provider']}: {', '.join(shown['lookups'])}",
        **shown,
        may_see_exchange=may(request, VIEW_EXCHANGE),
        asked=asked,
        answered=answered,
        account_link=_link(request, "integrations_account_change", "view_account", call.account_id),
        run_link=_link(request, "enrichment_run_change", "view_run", call.run_id),
    )  # fmt: skip


def _rows(request: HttpRequest, found: Any) -> list[dict[str, Any]]:
    ids = {call.contact_id for call in found if call.contact_id}
    may_see = request.user.has_perm("contacts.view_contact")
    names = neighbours().contact_names(ids) if ids and may_see else {}
    labels = question_labels()
    return [
        {
            "call": call,
            "price": usd(call.price_usd, "") if call.price_usd else "free",
            "colour": COLOURS[call.outcome],
            "lookups": [
                labels.get(f"{call.provider}.{name}", name.replace("_", " "))
                for name in call.lookup.split("+")
            ],
            "provider": PROVIDER_LABELS.get(call.provider, call.provider),
            "link": reverse("admin:integrations_apicall_change", args=[call.pk]),
            "contact": names.get(call.contact_id, call.contact_id),
            "contact_link": _link(
                request, "contacts_contact_change", "view_contact",
                call.contact_id if call.contact_id in names else None,
            ),
        }
        for call in found
    ]  # fmt: skip


def _filters(wanted: Wanted) -> list[dict[str, Any]]:
    """Return the selects above the list: name, label and choices of each."""
    known = [
        (slug, f"{PROVIDER_LABELS[slug.partition('.')[0]]}: {label}")
        for slug, label in question_labels().items()
    ]
    filters = (
        ("provider", "Provider", list(PROVIDER_LABELS.items())),
        ("lookup", "Lookup", [*known, (CONNECTION_TEST, "Connection test")]),
        ("outcome", "Outcome", ApiCall.Outcome.choices),
        ("status", "HTTP status", [(text, text) for text in STATUSES]),
        (
            "error",
            "Error",
            sorted(((name, error_label(name)) for name in error_classes()), key=_label),
        ),
    )
    return [
        {"name": name, "label": label, "choices": _with_chosen(choices, wanted.params.get(name))}
        for name, label, choices in filters
    ]


def _label(choice: tuple[str, str]) -> str:
    return choice[1]


def _with_chosen(choices: Any, chosen: str | None) -> list[tuple[str, str, bool]]:
    """Return the choices with the chosen one marked; one that is not listed, such as 404, joins."""
    found = [(value, label, value == chosen) for value, label in choices]
    if chosen and not any(is_chosen for *_, is_chosen in found):
        found.append((chosen, chosen, True))
    return found


def _link(request: HttpRequest, page_name: str, permission: str, pk: object) -> str:
    room = page_name.partition("_")[0]
    if pk is None or not request.user.has_perm(f"{room}.{permission}"):
        return ""
    return reverse(f"admin:{page_name}", args=[pk])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _show(
    office: ModelAdmin, request: HttpRequest, template: str, title: str, **context: Any
) -> HttpResponse:
    for notice in context.pop("notices", ()):
        messages.warning(request, notice)
    whole = {
        **office.admin_site.each_context(request), "opts": office.opts, "title": title, **context,
    }  # fmt: skip
    return render(request, f"integrations/calls/{template}.html", whole)
