"""The list of imports, and the addresses of their pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin
from unfold.decorators import display

from contacts.admin.base import ToMake
from contacts.admin.imports import page, wizard
from contacts.admin.imports.access import (
    may_delete,
    may_download,
    may_prepare,
    may_undo,
    may_view,
    opened,
)
from contacts.admin.pages import READ, WRITE, addresses, number, signed_in
from contacts.models import Import

COLOURS = {
    "draft": "warning", "done": "success", "waiting": "info", "working": "info",
    "undoing": "info", "failed": "danger", "stopped": "warning",
}  # fmt: skip
# Address, view, who may, how.
PAGES = (
    ("mapping", wizard.mapping, may_prepare, READ + WRITE),
    ("preview", wizard.preview, may_prepare, WRITE),
    ("summary", wizard.summary, may_prepare, READ),
    ("forecast", wizard.foreseen, may_prepare, READ),
    ("start", wizard.start, may_prepare, WRITE),
    ("progress", page.progress, may_view, READ),
    ("rows", page.rows, may_view, READ),
    ("rejected", page.rejected, may_view, READ),
    ("stop", page.stop, may_prepare, WRITE),
    ("go_on", page.go_on, may_prepare, WRITE),
    ("undo", page.undo, may_undo, READ + WRITE),
)


@admin.register(Import)
class ImportAdmin(ToMake):
    list_display = ("file", "stage", "how_far", "rows", "rejected", "by", "created_at")
    list_filter = ("state", "mode")
    list_select_related = ("created_by",)
    search_fields = ("name__istartswith",)
    search_help_text = "The beginning of a file's name"
    change_list_template = "contacts/list.html"
    empty_title = "No import yet"
    empty_words = "Bring a file of phone numbers, or paste some: CSV, TSV, XLSX or a zip of one."

    def get_urls(self) -> list[URLPattern]:
        pages = [(name, opened(view, may), methods) for name, view, may, methods in PAGES]
        rejects = signed_in(self, opened(page.rejects, may_download), READ)
        return [
            path("<int:pk>/rejected.csv", rejects, name="contacts_import_rejects"),
            *addresses(self, pages),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(ModelAdmin.has_delete_permission(self, request, obj))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return wizard.upload(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return opened(page.page, may_view)(self, request, number(object_id))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponseBase:
        return opened(page.delete, may_delete)(self, request, number(object_id))

    @display(description="File", header=True)
    def file(self, record: Import) -> tuple[str, str]:
        return record.name, record.get_mode_display()

    @display(description="State", label=COLOURS)
    def stage(self, record: Import) -> tuple[str, str]:
        return record.state, record.get_state_display()

    @display(description="Progress")
    def how_far(self, record: Import) -> str:
        if record.state == Import.State.DRAFT:
            return "Not started"
        done = record.progress
        return f"{done:.0%}" if done is not None else f"line {record.read_line:,}"

    @display(description="Rows")
    def rows(self, record: Import) -> str:
        return f"{record.total_count:,}"

    @display(description="Rejected")
    def rejected(self, record: Import) -> str:
        return f"{record.rejected_count:,}"
