"""Numbers that must not be reached: their list, the page of one, adding some, lifting."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin
from unfold.decorators import display

from contacts.admin.base import ToMake
from contacts.admin.pages import READ, WRITE, found, number, person, show, signed_in
from contacts.admin.suppression.forms import AddForm, LiftForm
from contacts.models import Contact, Suppression
from contacts.phone import PhoneRefused, parse
from contacts.suppression import Reason, lift, standing, suppress
from contacts.suppression.queries import stale_lists

LIFT = "contacts.lift_suppression"
SHOWN = 50
COLOURS = {"stop": "danger", "complaint": "danger", "own": "warning", "reassigned": "warning"}
SUPPRESSIONS = Suppression.objects.select_related("by", "lifted_by")


def one(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The page of a number: what stands against it, its history, and who has it."""
    _ask(office, request)
    return _number_page(office, request, _read(request.GET.get("phone", "")))


def _number_page(
    office: ModelAdmin, request: HttpRequest, phone: str, form: LiftForm | None = None
) -> HttpResponse:
    if not phone:
        messages.warning(request, "That is no number: write it as +14155550100.")
        return redirect("admin:contacts_suppression_changelist")
    reasons = standing([phone])[phone]
    return show(
        office, request, "contacts/suppression/number.html", phone, phone=phone, standing=reasons,
        history=SUPPRESSIONS.filter(phone_e164=phone).exclude(lifted_at=None)[:SHOWN],
        contacts=Contact.objects.filter(phone_e164=phone).select_related("company")[:SHOWN]
        if request.user.has_perm("contacts.view_contact") else [],
        form=form or LiftForm(),
        kinds=[(kind, label) for kind, label in Reason.choices
               if kind in {reason.reason for reason in reasons}],
        may_lift=request.user.has_perm(LIFT),
    )  # fmt: skip


def lift_one(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Lift what was ticked, with a reason; the number may be on other lists still."""
    if not request.user.has_perm(LIFT):
        raise PermissionDenied
    phone, form = _read(request.POST.get("phone", "")), LiftForm(request.POST)
    if not phone or not form.is_valid():
        return _number_page(office, request, phone, form)
    asked = form.cleaned_data
    count = lift(phone, reasons=asked["reasons"], why=asked["why"], by=person(request))
    if count:
        messages.success(request, f"Lifted for {phone}: it stands in the history of the number.")
    else:
        messages.info(request, "Nothing of that stood any more.")
    return redirect(address_of(phone))


def add(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Numbers typed or pasted; kept once every line of them can be read."""
    if not request.user.has_perm("contacts.add_suppression"):
        raise PermissionDenied
    form = AddForm(request.POST or None, initial={"text": request.GET.get("phone", "")})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        new = suppress(
            asked["numbers"], asked["reason"], channel=asked["channel"],
            note=asked["note"].replace("\0", ""), by=person(request),
        )  # fmt: skip
        _tell(request, new, len(asked["numbers"]))
        return redirect("admin:contacts_suppression_changelist")
    return show(
        office, request, "contacts/suppression/add.html", "Do not contact these numbers", form=form
    )


def _tell(request: HttpRequest, new: int, total: int) -> None:
    numbers = "1 number is" if new == 1 else f"{new:,} numbers are"
    known = f" {total - new:,} stood there already." if total > new else ""
    messages.success(request, f"{numbers} not contacted from now on.{known}")


def address_of(phone: str) -> str:
    """Return where the page of a number is."""
    return f"{reverse('admin:contacts_suppression_number')}?{urlencode({'phone': phone})}"


def _ask(office: ModelAdmin, request: HttpRequest) -> None:
    if not office.has_view_permission(request):
        raise PermissionDenied


def _read(text: str) -> str:
    """The number that was typed, in E.164; "" for what is none."""
    try:
        return parse(text.replace("\0", ""), settings.DEFAULT_REGION).e164
    except PhoneRefused:
        return ""


@admin.register(Suppression)
class SuppressionAdmin(ToMake):
    list_display = ("phone", "why", "channel_shown", "since_shown", "note_shown", "stands")
    list_filter = ("reason", "channel", ("lifted_at", admin.EmptyFieldListFilter))
    list_select_related = ("by",)
    search_fields = ("phone_e164",)  # makes the box; `get_search_results` does the work
    search_help_text = "A number"
    change_list_template = "contacts/suppression/list.html"
    empty_title = "Everybody may be contacted"
    empty_words = "Numbers come here by a STOP, by hand, or by a do-not-contact list."
    empty_act = "Add numbers"

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("number/", signed_in(self, one, READ), name="contacts_suppression_number"),
            path("lift/", signed_in(self, lift_one, WRITE), name="contacts_suppression_lift"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        """With the page of the very number that was searched for, also where only a list has it."""
        phone = _read(request.GET.get("q", "")) if request.GET.get("q") else ""
        found_by_lists = bool(phone and standing([phone])[phone])
        context = {
            "number_url": address_of(phone) if found_by_lists else "",
            "number": phone,
            "stale": stale_lists()
            if request.user.has_perm("contacts.view_suppressionlist")
            else [],
        }
        return super().changelist_view(request, {**(extra_context or {}), **context})

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[Suppression], term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        if not term.strip():
            return rows, False
        return rows.filter(phone_e164=_read(term) or term.strip()), False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return add(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        _ask(self, request)
        return redirect(address_of(found(SUPPRESSIONS, number(object_id)).phone_e164))

    @display(description="Number", ordering="phone_e164")
    def phone(self, row: Suppression) -> str:
        return row.phone_e164

    @display(description="Why", label=COLOURS)
    def why(self, row: Suppression) -> tuple[str, str]:
        return row.reason, row.get_reason_display()

    @display(description="Not reached by")
    def channel_shown(self, row: Suppression) -> str:
        return row.get_channel_display()

    @display(description="Since")
    def since_shown(self, row: Suppression) -> Any:
        return row.since

    @display(description="Note")
    def note_shown(self, row: Suppression) -> str:
        return row.note

    @display(description="Stands", label={"yes": "danger"})
    def stands(self, row: Suppression) -> tuple[str, str]:
        return ("yes", "Yes") if row.is_standing else ("", "Lifted")
