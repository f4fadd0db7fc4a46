"""Filters in the addresses of lists: one that means nothing is left out, with a notice."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import get_fields_from_path, prepare_lookup_value
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.text import capfirst
from unfold.admin import ModelAdmin

from contacts.admin import ContactAdmin
from integrations.admin import AccountAdmin, ApiCallAdmin

# What is no filter, though it stands in an address.
OTHERS = frozenset((ALL_VAR, ERROR_FLAG, IS_POPUP_VAR, ORDER_VAR, PAGE_VAR, SEARCH_VAR))
# These read their addresses themselves.
OWN = (AccountAdmin, ApiCallAdmin, ContactAdmin)
SHOWN = 40


class SoundFilters:
    """Reads the addresses of Django's lists before they do.

    Django itself empties the whole list of filters without a word, shows an empty list, or takes a
    NUL as far as PostgreSQL.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        office = getattr(view, "model_admin", None)
        match = request.resolver_match
        is_list = match is not None and (match.url_name or "").endswith("_changelist")
        if not is_list or office is None or isinstance(office, OWN):
            return
        if not office.admin_site.has_permission(request):
            return
        broken = [name for name in request.GET if _means_nothing(office, request, name)]
        if not broken:
            return
        kept = request.GET.copy()
        for name in broken:
            said = f"{request.GET[name][:SHOWN]!r} means nothing"
            messages.warning(request, f"The filter “{_label(office, name)}” was left out: {said}.")
            del kept[name]
        request.GET = kept  # type: ignore[assignment]  # a copy: the stubs want it immutable


def _means_nothing(office: ModelAdmin, request: HttpRequest, name: str) -> bool:
    value = request.GET[name]
    if name in OTHERS:
        return name != SEARCH_VAR and "\0" in value
    if "\0" in value or "\0" in name:
        return True
    own = _own_filters(office).get(name)
    if own is not None:
        choices = own(request, {name: [value]}, office.model, office).lookup_choices
        return value not in {str(key) for key, _ in choices}
    return not office.lookup_allowed(name, value, request) or not _fits(office, name, value)


def _own_filters(office: ModelAdmin) -> dict[str, type[SimpleListFilter]]:
    """Return the filters that are no fields, by their names in the address."""
    return {
        str(one.parameter_name): one
        for one in office.list_filter
        if isclass(one) and issubclass(one, SimpleListFilter)
    }


def _fits(office: ModelAdmin, name: str, value: str) -> bool:
    """Whether the rows can be asked for this; nothing is asked."""
    try:
        office.model._default_manager.filter(**{name: prepare_lookup_value(name, value)})
        field = get_fields_from_path(office.model, name.removesuffix("__exact"))[-1]
    except FieldDoesNotExist:
        return True  # another lookup than "exact"
    except (FieldError, ValueError, ValidationError):
        return False
    choices = {str(key) for key, _ in getattr(field, "flatchoices", ())}
    return not choices or value in choices


def _label(office: ModelAdmin, name: str) -> str:
    try:
        field = get_fields_from_path(office.model, name.partition("__")[0])[0]
    except FieldDoesNotExist:
        return name[:SHOWN]
    return capfirst(str(getattr(field, "verbose_name", name)))
