"""The back office of imports: what each made of its rows, and every row that it rejected."""

from __future__ import annotations

import io
import tempfile
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from contacts.admin.base import ToLookAt, table
from contacts.importing.service import describe, write_rejects
from contacts.models import Import, ImportRow

COLOURS = {"done": "success", "working": "info", "undoing": "info", "failed": "danger"}
PAGE = 100


@admin.register(Import)
class ImportAdmin(ToLookAt):
    list_display = ("file", "stage", "how_far", "total_count", "rejected_count", "created_at")
    list_filter = ("state", "mode")
    search_fields = ("name__istartswith",)
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": ("name", "state", "error", "how_far", "outcomes", "rejects")}),
        ("How it was read", {"fields": (
            "mode", "region", "overwrite_human_edits", "mapped", "file_format", "encoding",
            "delimiter", "header_row", "digest",
        )}),
        ("When", {"fields": (
            "created_by", "created_at", "started_at", "finished_at", "undone_at",
        )}),
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/rejected/", view(self.rejected), name="contacts_import_rejected"),
            path("<int:pk>/rejected.csv", view(self.download), name="contacts_import_rejects"),
            *super().get_urls(),
        ]

    def rejected(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A page of rejected rows; `after` is the line that the page before ended with."""
        record = self._viewable(request, pk)
        after = request.GET.get("after", "")
        rows = ImportRow.objects.filter(
            source=record,
            outcome=ImportRow.Outcome.REJECTED,
            line__gt=int(after) if after.isdecimal() and len(after) < 19 else -1,
        )
        found = list(rows.order_by("line")[: PAGE + 1])
        cells = [(r.line, r.reason, " | ".join(map(str, r.raw or []))) for r in found[:PAGE]]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Rejected rows of {record}",
            "record": record,
            "rows": table(("line", "reason", "as it stood in the file"), cells),
            "after": found[PAGE - 1].line if len(found) > PAGE else None,
        }
        return render(request, "contacts/rejected.html", context)

    def download(self, request: HttpRequest, pk: int) -> FileResponse:
        """All rejected rows, however many, in the columns of the file."""
        record = self._viewable(request, pk)
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        write_rejects(record, text)
        text.detach()
        file.seek(0)
        return FileResponse(
            file, as_attachment=True, filename=f"rejected-{record.pk}.csv", content_type="text/csv"
        )

    def _viewable(self, request: HttpRequest, pk: int) -> Import:
        record = get_object_or_404(Import, pk=pk)
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        return record

    @display(description="File", header=True)
    def file(self, record: Import) -> tuple[str, str]:
        return record.name, record.get_mode_display()

    @display(description="State", label=COLOURS)
    def stage(self, record: Import) -> tuple[str, str]:
        return record.state, record.get_state_display()

    @display(description="Progress")
    def how_far(self, record: Import) -> str:
        done = record.progress
        return f"{done:.0%}" if done is not None else f"line {record.read_line:,}"

    @display(description="Rows")
    def outcomes(self, record: Import) -> SafeString:
        labels = dict(ImportRow.Outcome.choices)
        rows: list[tuple[Any, Any]] = [
            (labels[name], count) for name, count in describe(record).items()
        ]
        if record.undone_at or record.state == Import.State.UNDOING:
            rows += [
                ("Undone: reversed", record.reversed_count),
                ("Undone: kept", record.kept_count),
                ("Undone: failed", record.undo_failed_count),
            ]
        return table(("outcome", "rows"), rows)

    @display(description="Rejected rows")
    def rejects(self, record: Import) -> str:
        if not record.rejected_count:
            return "None"
        return format_html(
            '<a class="text-primary-600" href="{}">Look at them</a> · '
            '<a class="text-primary-600" href="{}">Download all {}</a>',
            reverse("admin:contacts_import_rejected", args=[record.pk]),
            reverse("admin:contacts_import_rejects", args=[record.pk]),
            record.rejected_count,
        )

    @display(description="Columns")
    def mapped(self, record: Import) -> SafeString:
        rows = [
            (name, record.columns[at] if at < len(record.columns) else at + 1)
            for name, at in sorted(record.mapping.items(), key=lambda pair: pair[1])
        ]
        return table(("field", "column of the file"), rows)
