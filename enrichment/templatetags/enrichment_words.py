"""Money, time and lookups in the words of people, for templates."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django import template

from enrichment import wording
from integrations.registry import UnknownLookup, lookup

register = template.Library()


@register.filter
def usd(amount: object) -> str:
    try:
        return wording.usd(Decimal(str(amount)))
    except InvalidOperation:
        return ""


@register.filter
def duration(seconds: object) -> str:
    return wording.duration(seconds) if isinstance(seconds, int | float) else ""


@register.filter
def percent(share: object) -> str:
    """0.256 is "26 %"."""
    return f"{share:.0%}".replace("%", " %") if isinstance(share, int | float) else ""


@register.filter
def lookup_label(slug: str) -> str:
    try:
        return lookup(slug).label
    except UnknownLookup:
        return slug


@register.filter
def field_label(name: str) -> str:
    return name.replace("_", " ").capitalize()
