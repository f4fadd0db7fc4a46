"""Money, time and lookups in the words of people, for templates."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django import template

from enrichment import wording
from integrations.registry import UnknownLookup, UnknownSearch, lookup, search

register = template.Library()

SHORT = {"sms": "SMS", "sim": "SIM", "rpv": "RPV"}


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
    """0.256 is "25 %"; nothing is 0 % that has begun, nor 100 % that has not ended."""
    if not isinstance(share, int | float):
        return ""
    return "under 1 %" if 0 < share < 0.01 else f"{int(share * 100)} %"


@register.filter
def lookup_label(slug: str) -> str:
    try:
        return lookup(slug).label
    except UnknownLookup:
        return slug


@register.filter
def search_label(slug: str) -> str:
    try:
        return search(slug).label
    except UnknownSearch:
        return slug


@register.filter
def field_label(name: str) -> str:
    words = name.replace("_", " ").capitalize().split(" ")
    return " ".join(SHORT.get(word.lower(), word) for word in words)
