"""Making a discovery: where, what kind, by which searches; then it is estimated."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from contacts.admin.pages import go_to, person, show
from enrichment.admin.discoveries.access import may_add
from enrichment.admin.discoveries.forms import DiscoveryForm
from enrichment.discovery import service
from enrichment.models import Discovery


def add(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Choose, then have it estimated; nothing is asked and nothing is paid yet."""
    if not may_add(request.user):
        raise PermissionDenied
    form = DiscoveryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return go_to(_make(office, request, form))
        except service.DiscoveryRefused as refused:
            field = "search_1" if refused.field == "searches" else refused.field
            form.add_error(field or None, str(refused))
    point = [form[name] for name in ("latitude", "longitude", "radius_km")]
    return show(
        office, request, "enrichment/discoveries/add.html", "New discovery", form=form, point=point
    )


def _make(office: ModelAdmin, request: HttpRequest, form: DiscoveryForm) -> Discovery:
    chosen = form.cleaned_data
    row = service.create(
        form.wanted, searches=form.chosen, per_place=chosen["per_place"], name=chosen["name"],
        recipe=chosen["recipe"], user=person(request),
    )  # fmt: skip
    for notice in form.found.notices:
        messages.info(request, notice)
    office.log_addition(request, row, f"made over {row.place_count:,} places")
    return row
