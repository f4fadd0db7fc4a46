"""Money and errors in templates; all of them know it without {% load %} (the settings)."""

from __future__ import annotations

from decimal import InvalidOperation

from django import template

from integrations import money, wording

register = template.Library()


@register.filter
def usd(amount: object) -> str:
    """Return an amount of dollars in words, nothing for what is none."""
    try:
        return money.usd(str(amount))
    except (InvalidOperation, ValueError):
        return ""


@register.filter
def error_words(text: object) -> str:
    """Return an error as it is kept ("ServerFailed: twilio.line_type: …") in words."""
    return wording.in_words(str(text or ""))


@register.filter
def error_label(name: object) -> str:
    """Return what the class of an error is called."""
    return wording.error_label(str(name or ""))
