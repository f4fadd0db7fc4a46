"""Who may do what with an import, and what every page of them is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from unfold.admin import ModelAdmin

from contacts.models import Import

Ask = Callable[[Any, Import], bool]
View = Callable[[ModelAdmin, HttpRequest, Import], HttpResponseBase]

OVERWRITE_EDITS = "contacts.overwrite_edits_import"


def may_view(user: Any, record: Import) -> bool:
    return bool(user.has_perm("contacts.view_import") or user.has_perm("contacts.change_import"))


def may_prepare(user: Any, record: Import) -> bool:
    """True for whoever may change imports, and for who may add them, on drafts of their own."""
    return is_own(user, record) or user.has_perm("contacts.change_import")


def may_delete(user: Any, record: Import) -> bool:
    """True for whoever may delete imports, and for a draft by whoever has brought it."""
    is_draft = record.state == Import.State.DRAFT
    return (is_draft and is_own(user, record)) or user.has_perm("contacts.delete_import")


def may_undo(user: Any, record: Import) -> bool:
    """True for whoever may undo imports, and for whoever has brought this one."""
    return is_own(user, record) or user.has_perm("contacts.undo_import")


def may_download(user: Any, record: Import) -> bool:
    """True for those who bring files: a rejected row is one that they take back to mend."""
    may_bring = user.has_perm("contacts.add_import") or user.has_perm("contacts.change_import")
    return may_bring and may_view(user, record)


def is_own(user: Any, record: Import) -> bool:
    """True when the person has brought this import, and may still bring others."""
    return bool(record.created_by_id == user.pk and user.has_perm("contacts.add_import"))


def opened(view: View, may: Ask) -> Callable[[ModelAdmin, HttpRequest, int], HttpResponseBase]:
    """Give the view its import, for those who may; 403 for others, 404 where there is none."""

    def ask(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponseBase:
        if not request.user.has_module_perms("contacts"):
            raise PermissionDenied
        record = Import.objects.select_related("created_by", "undone_by").filter(pk=pk).first()
        if record is None:
            raise Http404(f"there is no import {pk}")
        if not may(request.user, record):
            raise PermissionDenied
        return view(office, request, record)

    return ask


def signed_in(
    office: ModelAdmin, view: Callable[..., HttpResponseBase], methods: Sequence[str]
) -> Callable[..., Any]:
    """Ask for a signed-in person; a fragment tells the whole page to go and sign in."""
    page = office.admin_site.admin_view(require_http_methods([*methods])(partial(view, office)))

    def ask(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "HX-Request" in request.headers and not office.admin_site.has_permission(request):
            back = request.headers.get("HX-Current-URL", "")
            there = f"{reverse('admin:login')}?{urlencode({'next': back})}"
            return HttpResponse(status=401, headers={"HX-Redirect": there})
        return page(request, *args, **kwargs)

    update_wrapper(ask, page)
    return ask


def show(
    office: ModelAdmin,
    request: HttpRequest,
    template: str,
    title: str,
    **context: Any,
) -> HttpResponse:
    """Render a page of the back office."""
    whole = {
        **office.admin_site.each_context(request),
        "opts": office.opts,
        "title": title,
        **context,
    }
    return render(request, f"contacts/imports/{template}.html", whole)


def address(page: str, record: Import) -> str:
    return reverse(f"admin:contacts_import_{page}", args=[record.pk])


def go_to(page: str, record: Import) -> HttpResponse:
    return redirect(address(page, record))
