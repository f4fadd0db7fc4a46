"""Flower's pages under /flower/, for whoever is signed in and may see the workers."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from csp.decorators import csp_exempt
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dashboards import flower
from dashboards.views.access import page

PERMISSION, STEER = "dashboards.view_flower", "dashboards.steer_flower"

log = structlog.get_logger(__name__)


@csp_exempt()  # Flower's own pages live on inline scripts
@page(PERMISSION)
@csrf_exempt  # Flower's scripts know no token of ours: `_is_from_here` asks the browser instead
@require_http_methods(["GET", "HEAD", "POST"])
def pages(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """Hand the request on; only some POSTs, only from our own pages, only by who may steer."""
    at = flower.address(path, request.META.get("QUERY_STRING", ""))
    if at is None:
        raise Http404
    if request.method == "POST":
        _refuse_unless_fit(request, path)
    try:
        return flower.hand_on(request, at)
    except flower.FlowerAway as away:
        log.warning("flower_away", why=str(away))
        context = {**admin.site.each_context(request), "title": "Workers, live"}
        return render(request, "dashboards/flower_away.html", context, status=502)


def _refuse_unless_fit(request: HttpRequest, path: str) -> None:
    if not _is_from_here(request):
        raise PermissionDenied
    if path in flower.READ_BY_POST:
        return
    if not (request.user.has_perm(STEER) and flower.may_be_steered(path)):
        raise PermissionDenied
    log.warning("workers_steered", path=path, user=request.user.pk)


def _is_from_here(request: HttpRequest) -> bool:
    """Tell whether a page of ours sent the request, by what browsers say and pages cannot."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()
