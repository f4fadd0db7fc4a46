"""Addresses of the lists behind the figures."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse


def listed(model: str, **filters: object) -> str:
    """Return the list of "contacts.contact", filtered."""
    app, _, name = model.partition(".")
    address = reverse(f"admin:{app}_{name}_changelist")
    return f"{address}?{urlencode(filters)}" if filters else address


def row(model: str, pk: object) -> str:
    """Return the page of one row."""
    app, _, name = model.partition(".")
    return reverse(f"admin:{app}_{name}_change", args=[pk])
