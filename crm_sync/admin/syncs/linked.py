"""What a record of ours is in each CRM: for the pages of contacts and companies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from contacts.models import Company
from crm_sync.admin.syncs import access
from crm_sync.admin.syncs.shelf import place
from crm_sync.models import Link
from crm_sync.record_pages import record_page

COLOURS = {"linked": "success", "several": "warning", "new": "info"}


@dataclass(frozen=True, slots=True)
class Linked:
    """A record's link, where its CRM shows it, and where it is chosen anew; "" where neither."""

    link: Link
    colour: str
    connection: str
    page: str
    choose: str


def linked(user: Any, **of: int) -> list[Linked]:
    """Return the links of a contact or a company, by connection; one query."""
    rows = Link.objects.filter(**of).select_related("connection")
    rows = rows.defer("agreed", "connection__secrets", "connection__token")
    ordered = rows.order_by("connection__label", "connection_id", "object")
    return [_linked(one, access.connection_link(user, one.connection)) for one in ordered]


def _linked(link: Link, connection: str) -> Linked:
    of = link.connection
    choose = f"{place(of, 'choose')}?link={link.pk}" if connection else ""
    page = record_page(of, link.object, link.remote_id)
    return Linked(link, COLOURS.get(link.state, ""), connection, page, choose)


def panel(request: HttpRequest, company: Company) -> SafeString | str:
    """Show on a company's page what it is in each CRM; nothing where it is in none."""
    if not request.user.has_perm(access.LINKS):
        return ""
    rows = linked(request.user, company=company.pk)
    return render_to_string("crm_sync/syncs/_panel.html", {"links": rows}) if rows else ""
