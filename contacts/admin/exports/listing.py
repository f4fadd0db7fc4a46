"""The history of exports and of their downloads, and the addresses of their pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat, pluralize
from django.urls import URLPattern, path
from unfold.decorators import display

from contacts.admin.base import ToLookAt, ToMake
from contacts.admin.exports import access, asking, page
from contacts.admin.exports.access import opened
from contacts.admin.pages import READ, WRITE, addresses, number, signed_in
from contacts.models import Export, ExportDownload

COLOURS = {
    "waiting": "info", "working": "info", "sending": "info", "done": "success",
    "failed": "danger", "cancelled": "warning",
}  # fmt: skip
# Address, view, who may, how.
PAGES = (
    ("progress", page.progress, access.may_view, READ),
    ("download", page.download, access.may_download, READ),
    ("again", page.again, access.may_ask_again, WRITE),
    ("cancel", page.cancel, access.may_cancel, WRITE),
)


@admin.register(Export)
class ExportAdmin(ToMake):
    list_display = ("what", "stage", "rows", "size", "by", "created_at", "expires_at")
    list_filter = ("state", "format")
    list_select_related = ("created_by",)
    search_fields = ("described__istartswith",)
    search_help_text = "The beginning of a selection in words"
    change_list_template = "contacts/list.html"
    empty_title = "Nothing has been exported yet"
    empty_words = "Filter the list of contacts, then choose Export there; or export all of them."

    def get_urls(self) -> list[URLPattern]:
        pages = [(name, opened(view, may), methods) for name, view, may, methods in PAGES]
        count = signed_in(self, asking.count, READ)
        drop_set = signed_in(self, asking.delete_set, WRITE)
        return [
            path("count/", count, name="contacts_export_count"),
            path("sets/<int:pk>/delete/", drop_set, name="contacts_export_set_delete"),
            *addresses(self, pages),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Export]:
        """Everybody's for who may see them, else one's own."""
        rows: QuerySet[Export] = super().get_queryset(request)
        is_all = access.may_view_all(request.user)
        return rows if is_all else rows.filter(created_by_id=request.user.pk)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_export(request.user) or access.may_view_all(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return access.may_export(request.user)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return asking.asking(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return opened(page.page, access.may_view)(self, request, number(object_id))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponseBase:
        return opened(page.delete, access.may_delete)(self, request, number(object_id))

    @display(description="Selection", header=True)
    def what(self, export: Export) -> tuple[str, str]:
        count = len(export.columns)
        columns = f"{count} column{pluralize(count)}"
        words = export.described[:1].upper() + export.described[1:]
        return words, f"{export.get_format_display()}, {columns}"

    @display(description="State", label=COLOURS)
    def stage(self, export: Export) -> tuple[str, str]:
        return export.state, export.get_state_display()

    @display(description="Contacts")
    def rows(self, export: Export) -> str:
        return f"{export.row_count:,}"

    @display(description="Size")
    def size(self, export: Export) -> str:
        return filesizeformat(export.size_bytes) if export.size_bytes else ""


@admin.register(ExportDownload)
class ExportDownloadAdmin(ToLookAt):
    """Who was sent which file, and when; nobody changes or deletes it."""

    list_display = ("what", "username", "at")
    search_fields = ("username__istartswith",)
    search_help_text = "The beginning of a user name"
    ordering = ("-id",)
    change_list_template = "contacts/list.html"
    empty_title = "Nobody has downloaded anything yet"
    empty_words = "Whoever is sent an export's file stands here, also when the file is gone."
    fields = ("what", "username", "at")
