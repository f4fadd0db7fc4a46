"""Time and lookups in the words of people, for templates."""

from __future__ import annotations

from django import template

from enrichment import wording
from integrations.money import usd
from integrations.provider import Price
from integrations.registry import UnknownLookup, UnknownSearch, lookup, provider, search
from integrations.wording import PROVIDER_LABELS

register = template.Library()

SHORT = {
    "sms": "SMS", "sim": "SIM", "rpv": "RPV", "5g": "5G", "lte": "LTE", "mx": "MX", "spf": "SPF",
    "dkim": "DKIM", "dmarc": "DMARC", "ip": "IP", "id": "ID", "url": "URL", "linkedin": "LinkedIn",
    "email": "e-mail", "usd": "in US dollars",
}  # fmt: skip


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
def provider_label(slug: str) -> str:
    return PROVIDER_LABELS.get(slug, slug)


@register.filter
def search_label(slug: str) -> str:
    try:
        return search(slug).label
    except UnknownSearch:
        return slug


@register.filter
def provider_of(slug: str) -> str:
    """Return the provider's name of a lookup that exists."""
    return provider(lookup(slug).provider).label


@register.filter
def price_words(price: Price) -> str:
    """Return "$0.0080", "$0.0340 per hit" or "free"."""
    if not price.usd:
        return "free"
    return usd(price.usd) + (" per hit" if price.on_hit_only else "")


@register.filter
def field_label(name: str) -> str:
    """Return "Line type" of line_type, "Company domain" of company.domain."""
    words = name.replace(".company_", ".").replace("_", " ").replace(".", " ").lower().split(" ")
    said = " ".join(SHORT.get(word, word) for word in words)
    return said[:1].upper() + said[1:]
