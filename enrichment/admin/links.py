"""Addresses of pages in other rooms; "" where there is none, or none for this person."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

from contacts.selection import Selection, as_query
from integrations.models import Account


def contacts_of(user: Any, selection: Selection) -> str:
    return _page(user, "contacts.view_contact", "contacts_contact_changelist", as_query(selection))


def export_of(user: Any, selection: Selection) -> str:
    return _page(user, "contacts.export_contact", "contacts_export_add", as_query(selection))


def items_of(user: Any, run_id: int, state: str = "") -> str:
    query = f"run__id__exact={run_id}" + (f"&state__exact={state}" if state else "")
    return _page(user, "enrichment.view_runitem", "enrichment_runitem_changelist", query)


def held_answers(user: Any) -> str:
    query = "outcome__exact=unknown"
    return _page(user, "enrichment.view_answer", "enrichment_answer_changelist", query)


def circuits(user: Any) -> str:
    if not user.has_perm("dashboards.view_circuits"):
        return ""
    try:
        return reverse("dashboards:circuits")
    except NoReverseMatch:
        return ""


def workers(user: Any) -> str:
    return _page(user, "contacts.view_worker", "contacts_worker_changelist")


def import_page(user: Any) -> str:
    return _page(user, "contacts.add_import", "contacts_import_add")


def account(user: Any, pk: int) -> str:
    if not user.has_perm("integrations.view_account"):
        return ""
    return reverse("admin:integrations_account_change", args=[pk])


def account_of(user: Any, provider: str) -> str:
    """The page of the provider's account, the one in use first."""
    rows = Account.objects.filter(provider=provider).order_by("-is_enabled", "pk")
    pk = rows.values_list("pk", flat=True).first()
    return account(user, pk) if pk else ""


def _page(user: Any, permission: str, name: str, query: str = "") -> str:
    if not user.has_perm(permission):
        return ""
    try:
        url = reverse(f"admin:{name}")
    except NoReverseMatch:
        return ""
    return f"{url}?{query}" if query else url
