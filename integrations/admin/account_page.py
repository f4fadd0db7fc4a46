"""The cards of all accounts, the page of one, and what can be done on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from unfold.admin import ModelAdmin

from integrations import services
from integrations.accounts import is_sandbox
from integrations.admin.access import CHANGE, SET_SECRETS, TEST, account_or_404, may, person
from integrations.admin.forms import SECTIONS, Section
from integrations.models import Account
from integrations.neighbours import neighbours
from integrations.queries.standings import standings
from integrations.queries.states import how_to_go_live
from integrations.registry import provider
from integrations.trials import run_trial

HISTORY = 20


def cards(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """A card for every provider, with its state at a glance."""
    services.ensure_accounts()
    in_sandbox = is_sandbox()
    found = standings(in_sandbox=in_sandbox)
    return _show(
        office, request, "cards", "Accounts",
        cards=[
            {"standing": one, "link": _address("change", one.account), **_circuit(request)}
            for one in found
        ],
        is_sandbox=in_sandbox,
        how_to_go_live=how_to_go_live(),
        may_set=may(request, SET_SECRETS),
    )  # fmt: skip


def account(office: ModelAdmin, request: HttpRequest, pk: object) -> HttpResponse:
    return _page(office, request, account_or_404(pk))


def save(office: ModelAdmin, request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Write one section; an error or another person's change comes back next to the field."""
    kind = SECTIONS.get(section)
    if kind is None:
        raise Http404(f"an account has no section {section!r}")
    if not may(request, kind.permission):
        raise PermissionDenied
    account_or_404(pk)
    form = _saved(kind, pk, request)
    if not form.can_be_saved:
        return _page(office, request, form.account, form)
    return HttpResponseRedirect(f"{_address('change', form.account)}#{section}")


def test(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the provider one free question and show what came of it; a fragment."""
    row = account_or_404(pk)
    finding = run_trial(row, person(request))
    context = {**_glance(request, account_or_404(pk)), "finding": finding}
    return render(request, "integrations/account/_tested.html", context)


def resume(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Let a stopped account be asked again, on a person's word."""
    row = account_or_404(pk)
    if services.resume_account(row, person(request)):
        messages.success(request, f"{row} is asked again. Runs that wait go on within seconds.")
    else:
        messages.info(request, f"{row} was not stopped.")
    return HttpResponseRedirect(_address("change", row))


def forget(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether, and then forget an account's secrets."""
    row = account_or_404(pk)
    if request.method == "POST":
        services.forget_secrets(row, person(request))
        messages.success(request, f"The secrets of {row} are forgotten.")
        return HttpResponseRedirect(f"{_address('change', row)}#secrets")
    back = _address("change", row)
    return _show(office, request, "forget", f"Forget the secrets of {row}?", row=row, back=back)


@transaction.atomic
def _saved(kind: type[Section], pk: int, request: HttpRequest) -> Section:
    """Return the form, written if it could be: one writer of an account at a time."""
    row = Account.objects.select_for_update().get(pk=pk)
    form = kind(row, request.POST, person(request))
    if not form.can_be_saved:
        return form
    if not (changed := form.changed):
        messages.info(request, f"{form.title}: nothing was changed.")
        return form
    said = form.in_words(changed)
    form.apply(changed)
    if not form.notes_itself:
        services.note(row, person(request), said)
    messages.success(request, f"Saved. {said}.")
    return form


def _page(
    office: ModelAdmin, request: HttpRequest, row: Account, sent: Section | None = None
) -> HttpResponse:
    forms = [
        sent if isinstance(sent, kind) else kind(row, None, person(request))
        for kind in SECTIONS.values()
    ]
    return _show(
        office, request, "account/page", f"{provider(row.provider).label}: {row.label}",
        **_glance(request, row),
        sections=[
            {
                "form": form,
                "may": may(request, form.permission),
                "action": reverse("admin:integrations_account_save", args=[row.pk, form.name]),
            }
            for form in forms
            if form.fields
        ],
        history=_history(row),
        has_errors=bool(sent),
        how_to_go_live=how_to_go_live(),
        forget_link=_address("forget", row),
    )  # fmt: skip


def _glance(request: HttpRequest, row: Account) -> dict[str, Any]:
    """What the top of the page shows, and a test shows anew."""
    (standing,) = standings([row], in_sandbox=is_sandbox())
    has_test = standing.provider.trial is not None and may(request, TEST)
    waiting = [
        run for run in neighbours().waiting_runs(row) if request.user.has_perm(run.permission)
    ]
    return {
        "standing": standing,
        "waiting": waiting,
        "calls_link": f"{reverse('admin:integrations_apicall_changelist')}?provider={row.provider}",
        "test_link": _address("test", row) if has_test else "",
        "resume_link": _address("resume", row) if may(request, CHANGE) else "",
        **_circuit(request),
    }


def _circuit(request: HttpRequest) -> dict[str, str]:
    """Return the address of the circuits page, which a room above has, for who may see it."""
    may_see = request.user.has_perm("dashboards.view_circuits")
    return {"circuits_link": reverse("dashboards:circuits") if may_see else ""}


def _history(row: Account) -> list[LogEntry]:
    kind = ContentType.objects.get_for_model(Account)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk))
    return list(entries.select_related("user").order_by("-action_time", "-pk")[:HISTORY])


def _show(
    office: ModelAdmin, request: HttpRequest, template: str, title: str, **context: Any
) -> HttpResponse:
    whole = {
        **office.admin_site.each_context(request),
        "opts": office.opts,
        "title": title,
        **context,
    }
    return render(request, f"integrations/{template}.html", whole)


def _address(name: str, row: Account) -> str:
    return reverse(f"admin:integrations_account_{name}", args=[row.pk])
