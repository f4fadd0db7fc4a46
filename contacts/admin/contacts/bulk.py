"""Bulk actions: chosen on the list, and confirmed on a page that says how many are meant."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from unfold.admin import ModelAdmin

from contacts import queries, selection
from contacts.admin.contacts.forms import FORMS, ConfirmForm
from contacts.admin.pages import go_to, person, show
from contacts.bulk import service
from contacts.models import BulkAction, Note
from contacts.paging import COUNTED

Kind = BulkAction.Kind


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done with a selection; `page` is where another room does it."""

    name: str
    label: str
    permission: str
    page: str = ""
    is_dangerous: bool = False


ACTIONS = (
    Action("look_up", "Look up", "enrichment.add_run", "admin:enrichment_run_add"),
    Action("campaign", "Write to them", "outreach.add_campaign", "admin:outreach_campaign_add"),
    Action("export", "Export", "contacts.export_contact", "admin:contacts_export_add"),
    Action(Kind.ADD_TAG, "Add a tag", "contacts.add_contacttag"),
    Action(Kind.REMOVE_TAG, "Remove a tag", "contacts.delete_contacttag"),
    Action(Kind.REPROCESS, "Open completed again", "contacts.reprocess_contact"),
    Action(Kind.RETRY, "Try failed again", "contacts.retry_contact"),
    Action(Kind.SUPPRESS, "Do not contact", "contacts.add_suppression"),
    Action(Kind.DELETE, "Delete", "contacts.delete_contact", is_dangerous=True),
)
BY_NAME = {action.name: action for action in ACTIONS}


def actions_of(user: User) -> list[Action]:
    """Return what the person may do with contacts; another room's only where its page exists."""
    return [
        action for action in ACTIONS
        if user.has_perm(action.permission) and (not action.page or _address(action.page))
    ]  # fmt: skip


def choose(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Lead from the list to the page of the action that was chosen, with what was selected.

    What is ticked is posted, and goes on in short: a request line may have 4,094 bytes.
    """
    if not office.has_view_permission(request):
        raise PermissionDenied
    action = BY_NAME.get(request.POST.get("do", ""))
    back = request.POST.get("back", "")
    if action is None:
        return _back(request, back, "Choose what to do.")
    if not request.user.has_perm(action.permission):
        raise PermissionDenied
    if request.POST.get("scope") == "all":
        chosen, notices = selection.read(dict(parse_qsl(back)))
    else:
        chosen, notices = selection.read({"ids": ",".join(request.POST.getlist("id"))})
        if not chosen and not notices:
            return _back(request, back, "Tick the contacts first, or choose all that match.")
    if notices:  # left out, it would mean more contacts than were seen
        return _back(request, back, f"Nothing was done. {' '.join(notices)}")
    page = _address(action.page) if action.page else _confirm_address(action.name)
    query = selection.as_query(chosen)
    return redirect(f"{page}?{query}" if query else page)


def confirm(office: ModelAdmin, request: HttpRequest, kind: str) -> HttpResponse:
    """Say how many contacts are meant, ask, and do it."""
    action = BY_NAME.get(kind)
    if action is None or action.page:
        raise Http404(f"there is no bulk action {kind!r}")
    if not (office.has_view_permission(request) and request.user.has_perm(action.permission)):
        raise PermissionDenied
    chosen, notices = selection.read(request.GET.dict())
    if notices:
        return _back(request, "", f"Nothing was done. {' '.join(notices)}")
    form = _form(kind, request)
    if request.method == "POST" and form.is_valid():
        below, click = form.marks
        wish = service.Wish(kind, chosen, below, click, **form.wish())
        try:
            return go_to(service.start(wish, person(request)))
        except ValidationError as refused:
            form.add_error("tag", refused.messages)
    count = queries.count_of(chosen)
    return show(
        office, request, "contacts/bulk/confirm.html", action.label, action=action, form=form,
        count=count, words=selection.in_words(chosen),
        back=f"{reverse('admin:contacts_contact_changelist')}?{selection.as_query(chosen)}",
        is_large=count.number > COUNTED or count.is_about,
        noted=_noted(chosen, count.number) if kind == Kind.DELETE else None,
    )  # fmt: skip


def _form(kind: str, request: HttpRequest) -> ConfirmForm:
    if request.method == "POST":
        return FORMS[kind](request.POST)
    return FORMS[kind](initial={"below": service.newest_id(), "click": uuid4()})


def _noted(chosen: selection.Selection, count: int) -> int | None:
    """How many of them have notes; None where that would take a look at very many."""
    if count > COUNTED:
        return None
    rows = selection.contacts(chosen).values("pk")
    return Note.objects.filter(contact__in=rows).order_by().values("contact").distinct().count()


def _back(request: HttpRequest, query: str, why: str) -> HttpResponse:
    messages.warning(request, why)
    chosen, _ = selection.read(dict(parse_qsl(query)))
    address = reverse("admin:contacts_contact_changelist")
    return redirect(f"{address}?{selection.as_query(chosen)}" if chosen else address)


def _address(page: str) -> str:
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def _confirm_address(kind: str) -> str:
    return reverse("admin:contacts_contact_bulk", args=[kind])
