"""Do-not-contact lists: taken in, read, replaced by a newer issue, deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin
from unfold.decorators import display

from contacts.admin.base import ToMake
from contacts.admin.pages import (
    READ,
    WRITE,
    addresses,
    go_to,
    number,
    opened,
    person,
    show,
    signed_in,
)
from contacts.admin.suppression.forms import AgeForm, ListForm
from contacts.importing import drafts
from contacts.importing.table import FileRefused
from contacts.models import SuppressionList
from contacts.suppression import lists as listing

State = SuppressionList.State
BUSY = (State.WAITING, State.WORKING)
LIVE = (*BUSY, State.STANDING, State.FAILED)
COLOURS = {
    "waiting": "info", "working": "info", "standing": "success", "failed": "danger",
    "stale": "warning",
}  # fmt: skip
LISTS = SuppressionList.objects.select_related("created_by", "ended_by", "replaces")


def may_view(user: Any, record: SuppressionList) -> bool:
    return bool(user.has_perm("contacts.view_suppressionlist"))


def may_change(user: Any, record: SuppressionList) -> bool:
    return bool(user.has_perm("contacts.change_suppressionlist"))


def may_delete(user: Any, record: SuppressionList) -> bool:
    return bool(user.has_perm("contacts.delete_suppressionlist"))


def may_download(user: Any, record: SuppressionList) -> bool:
    """True for those who bring lists: a refused line is one that they take back to mend."""
    return bool(may_view(user, record) and user.has_perm("contacts.add_suppressionlist"))


def upload(
    office: ModelAdmin, request: HttpRequest, old: SuppressionList | None = None
) -> HttpResponse:
    """Take a list in, or the newer issue of one, or say why not."""
    form = ListForm(request.POST or None, request.FILES or None, initial=_initial(old))
    if request.method == "POST" and form.is_valid():
        try:
            record = _take_in(form.cleaned_data, request, old)
        except FileRefused as refused:
            said = f"{str(refused)[:1].upper()}{str(refused)[1:]}."
            form.add_error("file" if form.cleaned_data["file"] else "text", said)
        except listing.NotPossible as refused:
            messages.error(request, f"Nothing was replaced: {refused}.")
            return redirect("admin:contacts_suppressionlist_changelist")
        else:
            return go_to(record)
    title = f"A newer issue of {old}" if old else "A do-not-contact list"
    return show(office, request, "contacts/suppression/upload.html", title, form=form, old=old)


def _initial(old: SuppressionList | None) -> dict[str, Any]:
    if old is None:
        return {}
    return {
        "name": old.name, "days": old.max_age_days, "channel": old.channel, "region": old.region,
    }  # fmt: skip


def _take_in(
    asked: dict[str, Any], request: HttpRequest, old: SuppressionList | None
) -> SuppressionList:
    rules = {
        "name": asked["name"].replace("\0", ""), "as_of": asked["as_of"], "user": person(request),
        "channel": asked["channel"], "max_age_days": asked["days"], "region": asked["region"],
        "replaces": old,
    }  # fmt: skip
    if not asked["file"]:
        return listing.take_in(asked["text"], **rules)
    with drafts.as_path(asked["file"]) as file:
        return listing.take_in(file, **rules)


def page(office: ModelAdmin, request: HttpRequest, record: SuppressionList) -> HttpResponse:
    """How a list stands, and what can be done with it."""
    user = request.user
    return show(
        office, request, "contacts/suppression/page.html", str(record),
        age=AgeForm(initial={"days": record.max_age_days}),
        may={
            "change": record.state == State.STANDING and may_change(user, record),
            "delete": record.state in LIVE and may_delete(user, record),
            "download": bool(record.refused_count) and record.state in LIVE
            and may_download(user, record),
        },
        **_standing(record),
    )  # fmt: skip


def progress(office: ModelAdmin, request: HttpRequest, record: SuppressionList) -> HttpResponse:
    """The part that changes; when it has been read the whole page comes anew."""
    if record.state not in BUSY:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return show(
        office, request, "contacts/suppression/_progress.html", str(record), **_standing(record)
    )


def _standing(record: SuppressionList) -> dict[str, Any]:
    done = record.progress
    percent = None if done is None else int(done * 100)
    return {"record": record, "is_busy": record.state in BUSY, "percent": percent}


def age(office: ModelAdmin, request: HttpRequest, record: SuppressionList) -> HttpResponse:
    form = AgeForm(request.POST)
    if form.is_valid():
        listing.set_age(record, form.cleaned_data["days"])
        messages.success(request, f"It is stale after {form.cleaned_data['days']:,} days.")
    else:
        messages.error(request, "Nothing was changed: type a number of days from 1 to 3,660.")
    return go_to(record)


def delete(office: ModelAdmin, request: HttpRequest, record: SuppressionList) -> HttpResponse:
    """Ask, and take the list away with all that it suppresses."""
    if request.method == "POST":
        try:
            count = listing.delete(record, person(request))
            messages.success(request, f"{count:,} numbers are on “{record}” no more.")
        except listing.NotPossible as refused:
            messages.error(request, f"Nothing was deleted: {refused}.")
        return redirect("admin:contacts_suppressionlist_changelist")
    return show(
        office, request, "contacts/suppression/delete.html", f"Delete {record}", record=record
    )


def refused(
    office: ModelAdmin, request: HttpRequest, record: SuppressionList
) -> StreamingHttpResponse:
    """All lines without a number, however many, sent while they are read."""
    disposition = f'attachment; filename="refused-{record.pk}.csv"'
    return StreamingHttpResponse(
        listing.refused(record),
        content_type="text/csv",
        headers={"Content-Disposition": disposition},
    )


# Address, view, who may, how.
PAGES = (
    ("progress", progress, may_view, READ),
    ("replace", upload, may_change, READ + WRITE),
    ("age", age, may_change, WRITE),
)


@admin.register(SuppressionList)
class SuppressionListAdmin(ToMake):
    list_display = ("what", "stage", "numbers", "drawn_on", "until", "by", "created_at")
    list_filter = ("state",)
    list_select_related = ("created_by",)
    search_fields = ("name__istartswith",)
    search_help_text = "The beginning of a list's name"
    change_list_template = "contacts/list.html"
    empty_title = "No list yet"
    empty_words = "Bring a register of numbers that must not be reached: a file, or a paste."
    empty_act = "Bring a list"

    def get_urls(self) -> list[URLPattern]:
        pages = [
            (name, opened(view, may, LISTS, "contacts"), how) for name, view, may, how in PAGES
        ]
        download = signed_in(self, opened(refused, may_download, LISTS, "contacts"), READ)
        return [
            path("<int:pk>/refused.csv", download, name="contacts_suppressionlist_refused"),
            *addresses(self, pages),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(ModelAdmin.has_delete_permission(self, request, obj))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return upload(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return opened(page, may_view, LISTS, "contacts")(self, request, number(object_id))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponseBase:
        return opened(delete, may_delete, LISTS, "contacts")(self, request, number(object_id))

    @display(description="List", header=True)
    def what(self, record: SuppressionList) -> tuple[str, str]:
        return record.name, record.get_channel_display()

    @display(description="State", label=COLOURS)
    def stage(self, record: SuppressionList) -> tuple[str, str]:
        if record.state == State.STANDING and record.is_stale:
            return "stale", "Stale"
        return record.state, record.get_state_display()

    @display(description="Numbers")
    def numbers(self, record: SuppressionList) -> str:
        return f"{record.number_count:,}"

    @display(description="Drawn up on")
    def drawn_on(self, record: SuppressionList) -> Any:
        return record.as_of

    @display(description="Stale from")
    def until(self, record: SuppressionList) -> Any:
        return record.stale_from
