"""Adding a connection, signing it in, by consent or by code, and out again."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from unfold.admin import ModelAdmin

from contacts.admin.pages import show
from crm_sync.admin.access import connection_or_404
from crm_sync.admin.connection_page import address, callback_uri
from crm_sync.admin.forms.adding import AddForm
from crm_sync.admin.forms.general import TAKEN
from crm_sync.connecting import consenting, devices, setting_up
from crm_sync.models import Connection, SignIn
from crm_sync.signing_in import KINDS, Way, kind
from integrations.accounts import is_sandbox
from integrations.admin.access import person
from integrations.errors import CallError


def add(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """First the CRM and the way, then what that has typed."""
    of, way = KINDS.get(request.GET.get("kind", "")), None
    if of is None:
        return show(office, request, "crm_sync/choose.html", "Connect a CRM", kinds=KINDS.values())
    try:
        way = of.way(request.GET.get("way", of.ways[0].slug))
    except LookupError as none:
        raise Http404(str(none)[:200]) from none
    form = AddForm(of, way, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (row := _added(form, request)):
        messages.success(request, f"{row.label} is added. {_next(way)}")
        return HttpResponseRedirect(address("change", row))
    return show(
        office, request, "crm_sync/add.html", f"Connect {of.label}", form=form, of=of, way=way,
        callback_uri=callback_uri(request) if way.grant == "code" else "", is_sandbox=is_sandbox(),
    )  # fmt: skip


def sign_in(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Send the person to the CRM, or show a code to type at Microsoft."""
    row = connection_or_404(pk)
    user, grant = person(request), kind(row.kind).way_or_first(row.way).grant
    try:
        if grant == "device_code":
            devices.begin(row, user)
            return HttpResponseRedirect(address("code", row))
        if grant == "code":
            session = str(request.session.session_key)
            url = consenting.begin(row, user, session, callback_uri(request))
            return _sent(office, request, row, url)
        messages.info(request, "Nobody signs in to this connection: test it.")
    except CallError as why:
        messages.error(request, f"The sign-in could not be started. {why}")
    return HttpResponseRedirect(address("change", row))


def code(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The code that the person types, and whether they have."""
    row = connection_or_404(pk)
    attempt = _attempt(row)
    if attempt is None:
        messages.info(request, "No code is waiting to be typed: sign in to get one.")
        return HttpResponseRedirect(address("change", row))
    return show(
        office, request, "crm_sync/code.html", f"Sign in: {row.label}", row=row,
        back=address("change", row), **_attempt_context(request, row, attempt),
    )  # fmt: skip


def ask(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether the code was typed; a fragment, which leads on when the sign-in is done."""
    row = connection_or_404(pk)
    attempt = _attempt(row)
    if attempt is not None:
        attempt = devices.poll(attempt)
    if attempt is None or attempt.state == SignIn.State.DONE:
        if attempt is not None:
            messages.success(request, f"{row.label} is signed in. Test the connection now.")
        return HttpResponse(headers={"HX-Redirect": address("change", row)})
    return render(request, "crm_sync/_code.html", _attempt_context(request, row, attempt))


def sign_out(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the tokens."""
    row = connection_or_404(pk)
    setting_up.sign_out(row, person(request))
    messages.success(request, f"{row.label} is signed out. The CRM itself may still list the app.")
    return HttpResponseRedirect(address("change", row))


def forget(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether, and then forget tokens and secrets."""
    row = connection_or_404(pk)
    if request.method == "POST":
        setting_up.forget(row, person(request))
        messages.success(request, f"The secrets and tokens of {row.label} are forgotten.")
        return HttpResponseRedirect(f"{address('change', row)}#secrets")
    return show(
        office, request, "crm_sync/forget.html", f"Forget the secrets of {row.label}?",
        row=row, back=address("change", row),
    )  # fmt: skip


def _added(form: AddForm, request: HttpRequest) -> Connection | None:
    try:
        with transaction.atomic():
            return setting_up.add(
                of=form.of.slug, way=form.way.slug, label=form.cleaned_data["label"],
                address=form.address, typed=form.typed, user=person(request),
            )  # fmt: skip
    except IntegrityError:  # two people at once
        form.add_error("label", TAKEN)
        return None


def _next(way: Way) -> str:
    return "Sign in now." if way.asks_a_person else "Test the connection now."


def _sent(office: ModelAdmin, request: HttpRequest, row: Connection, url: str) -> HttpResponse:
    """Lead there; where no script does, by a link: our policy lets no form lead to strangers."""
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": url})
    return show(
        office, request, "crm_sync/go_on.html", f"Sign in: {row.label}",
        url=url, of=kind(row.kind), back=address("change", row),
    )  # fmt: skip


def _attempt(row: Connection) -> SignIn | None:
    """Return the newest attempt with a code, waiting or over."""
    rows = SignIn.objects.filter(connection=row, grant="device_code")
    return rows.select_related("connection", "user").first()


def _attempt_context(request: HttpRequest, row: Connection, attempt: SignIn) -> dict[str, object]:
    is_own = attempt.user_id == person(request).pk
    return {
        "attempt": attempt,
        "user_code": devices.code_of(attempt) if is_own else "",
        "is_waiting": attempt.state == SignIn.State.WAITING,
        "ask_link": address("code_ask", row),
        "sign_in_link": address("sign_in", row),
        "of": kind(row.kind),
    }
