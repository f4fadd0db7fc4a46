"""What the lists of this room share: they are to look at, and never count a big table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from contacts.paging import EstimatedPaginator


def table(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> SafeString:
    """Return a table in the back office's look; every cell is escaped."""
    context = {"table": {"headers": headers, "rows": rows}}
    return render_to_string("unfold/components/table.html", context)


class ToLookAt(ModelAdmin):
    """Rows that people read and the machine writes."""

    show_full_result_count = False
    paginator = EstimatedPaginator
    list_per_page = 50
    list_filter_submit = True
    sortable_by = ()  # sorting a big table by a column without an index takes seconds

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        """PostgreSQL takes no text with a NUL: what an address asks for is read without it."""
        query = request.GET.urlencode()
        if "%00" in query:
            request.GET = QueryDict(query.replace("%00", ""))
        answer: HttpResponseBase = super().changelist_view(request, extra_context)
        return answer

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ToMake(ToLookAt):
    """Rows that people have made on a page of their own, for a worker to work on; newest first."""

    ordering = ("-id",)
    actions = None

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return bool(ModelAdmin.has_add_permission(self, request))

    @display(description="By")
    def by(self, row: Any) -> str:
        return str(row.created_by or "")
