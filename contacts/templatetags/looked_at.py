"""Draws the rows of a list that is to look at, in django-unfold's look and far faster.

There each row finds the headers anew and renders a template for each label and each two-line cell,
which is most of what a list of 50 rows takes. Here that is done once for a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import lookup_field
from django.contrib.admin.views.main import ChangeList
from django.db.models import DateField, ForeignKey, Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.templatetags.unfold_list import LINK_CLASSES, ROW_CLASSES, result_headers
from unfold.utils import display_for_field, display_for_label, display_for_value

register = template.Library()

Drawn = Callable[[Model], Any]
TWO_LINES = (
    '<span class="flex gap-4 items-center"><span class="flex flex-col text-right lg:text-left">'
    "{}{}</span></span>"
)


@register.inclusion_tag("contacts/list/_table.html", takes_context=True)
def looked_at(context: Any, cl: ChangeList) -> dict[str, Any]:
    """The table of a list without actions whose first column leads to the row's page."""
    headers = list(result_headers(cl))
    columns = [
        (name, _classes(cl, name), header["text"], _drawing(cl, name))
        for name, header in zip(map(str, cl.list_display), headers, strict=True)
    ]
    return {
        "cl": cl,
        "result_headers": headers,
        "rows": [SafeString("".join(_cells(cl, columns, row))) for row in cl.result_list],
        "has_add_permission": cl.model_admin.has_add_permission(context["request"]),
    }


def _cells(cl: ChangeList, columns: Any, row: Model) -> Iterator[SafeString]:
    for at, (_, classes, label, draw) in enumerate(columns):
        drawn, tag = draw(row), "td"
        if at == 0:
            kept: Any = {"preserved_filters": cl.preserved_filters, "opts": cl.opts}
            url = add_preserved_filters(kept, cl.url_for_result(row))
            link, tag = " ".join(LINK_CLASSES), "th"
            drawn = format_html('<a href="{}" class="{}" >{}</a>', url, link, drawn)
        yield format_html('<{} class="{}" data-label="{}">{}</{}>', tag, classes, label, drawn, tag)


def _classes(cl: ChangeList, name: str) -> str:
    field = _field(cl, name)
    whole = isinstance(field, DateField | ForeignKey)
    return " ".join([f"field-{name}", *ROW_CLASSES, *["nowrap"] * whole])


def _field(cl: ChangeList, name: str) -> Any:
    """Return the column of the table that the name stands for; None for a method of the admin."""
    if hasattr(cl.model_admin, name):
        return None
    return cl.model._meta.get_field(name)


def _drawing(cl: ChangeList, name: str) -> Drawn:
    """Return what draws this column's cell of a row."""
    office, empty = cl.model_admin, cl.model_admin.get_empty_value_display()
    field, method = _field(cl, name), getattr(cl.model_admin, name, None)
    if isinstance(field, ForeignKey):
        return lambda row: _or(getattr(row, name), empty)
    if field is not None:
        return lambda row: display_for_field(getattr(row, name), field, empty)
    if getattr(method, "header", False):
        return lambda row: _two_lines(lookup_field(name, row, office)[2])
    if colours := getattr(method, "label", None):
        return _labels(lambda row: lookup_field(name, row, office)[2], colours)
    return lambda row: display_for_value(lookup_field(name, row, office)[2], empty)


def _or(value: Any, empty: str) -> Any:
    return empty if value is None else value


def _two_lines(value: tuple[str, str]) -> SafeString:
    above, below = value
    return format_html(
        TWO_LINES,
        above and format_html('<strong class="block font-normal">{}</strong>', above),
        below and format_html('<p class="text-base-500">{}</p>', below),
    )


def _labels(said: Callable[[Model], Any], colours: Any) -> Drawn:
    """Draw each label once: a list of fifty rows has a handful of states."""
    drawn: dict[Any, SafeString] = {}

    def draw(row: Model) -> SafeString:
        value = said(row)
        if value not in drawn:
            drawn[value] = display_for_label(value, "", colours)
        return drawn[value]

    return draw
