"""Who may do what with a run, and what every page of them is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from unfold.admin import ModelAdmin

from enrichment.models import Run

Ask = Callable[[Any, Run], bool]
View = Callable[[ModelAdmin, HttpRequest, Run], HttpResponseBase]


def may_view(user: Any, run: Run) -> bool:
    """True for whoever may view or steer runs, and for whoever made this one."""
    return bool(
        user.has_perm("enrichment.view_run")
        or user.has_perm("enrichment.change_run")
        or (run.created_by_id == user.pk and user.has_perm("enrichment.add_run"))
    )


def may_add(user: Any, run: Run | None = None) -> bool:
    return bool(user.has_perm("enrichment.add_run"))


def may_approve(user: Any, run: Run) -> bool:
    return bool(user.has_perm("enrichment.approve_run"))


def may_steer(user: Any, run: Run) -> bool:
    return bool(user.has_perm("enrichment.change_run"))


def opened(view: View, may: Ask) -> Callable[[ModelAdmin, HttpRequest, int], HttpResponseBase]:
    """Give the view its run, for those who may; 403 for others, 404 where there is none."""

    def ask(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponseBase:
        if not request.user.has_module_perms("enrichment"):
            raise PermissionDenied
        run = Run.objects.select_related("recipe", "created_by").filter(pk=pk).first()
        if run is None:
            raise Http404(f"there is no run {pk}")
        if not may(request.user, run):
            raise PermissionDenied
        return view(office, request, run)

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
    return render(request, f"enrichment/{template}.html", whole)


def address(page: str, run: Run) -> str:
    return reverse(f"admin:enrichment_run_{page}", args=[run.pk])


def go_to(run: Run) -> HttpResponse:
    return redirect(address("change", run))


def number(text: str) -> int:
    """Return the id that an address names; 404 for what no row can have."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Http404(f"there is no {text!r}")
    return int(text)
