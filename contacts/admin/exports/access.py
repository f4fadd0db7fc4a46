"""Who may do what with an export, and what every page of them is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from unfold.admin import ModelAdmin

from contacts.models import Export

Ask = Callable[[Any, Export], bool]
View = Callable[[ModelAdmin, HttpRequest, Export], HttpResponseBase]


def may_export(user: Any) -> bool:
    return bool(user.has_perm("contacts.export_contact"))


def may_view_all(user: Any) -> bool:
    return bool(user.has_perm("contacts.view_export"))


def may_view(user: Any, export: Export) -> bool:
    """True for one's own, and for who may see everybody's; its file is another question."""
    return may_view_all(user) or _is_own(user, export)


def may_download(user: Any, export: Export) -> bool:
    """True for one's own, as long as one may export at all, and for who may fetch everybody's."""
    any_export = user.has_perm("contacts.download_any_export")
    return may_export(user) and (any_export or _is_own(user, export))


def may_ask_again(user: Any, export: Export) -> bool:
    return may_export(user) and may_view(user, export)


def may_cancel(user: Any, export: Export) -> bool:
    return _is_own(user, export) or may_delete(user, export)


def may_delete(user: Any, export: Export) -> bool:
    return bool(user.has_perm("contacts.delete_export")) and may_view(user, export)


def _is_own(user: Any, export: Export) -> bool:
    return export.created_by_id == user.pk and may_export(user)


def opened(view: View, may: Ask) -> Callable[[ModelAdmin, HttpRequest, int], HttpResponseBase]:
    """Give the view its export, for those who may; 403 for others, 404 where there is none."""

    def ask(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponseBase:
        user = request.user
        if not (may_export(user) or user.has_module_perms("contacts")):
            raise PermissionDenied
        export = Export.objects.select_related("created_by").filter(pk=pk).first()
        if export is None:
            raise Http404(f"there is no export {pk}")
        if not may(user, export):
            raise PermissionDenied
        return view(office, request, export)

    return ask


def show(
    office: ModelAdmin, request: HttpRequest, template: str, title: str, **context: Any
) -> HttpResponse:
    """Render a page of the back office."""
    whole = {
        **office.admin_site.each_context(request),
        "opts": office.opts,
        "title": title,
        **context,
    }
    return render(request, f"contacts/exports/{template}.html", whole)


def go_to(export: Export) -> HttpResponse:
    return redirect("admin:contacts_export_change", export.pk)
