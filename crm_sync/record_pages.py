"""Where people open a record in a CRM's own pages, as far as the connection's address tells."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from crm_sync.models import Connection

# By CRM and object; an app whose address takes an account's number is not among them.
PAGES: Mapping[str, Mapping[str, str]] = {
    "salesforce": {"contact": "/{id}", "company": "/{id}", "lead": "/{id}"},
    "pipedrive": {"contact": "/person/{id}", "company": "/organization/{id}"},
    "dynamics": {
        "contact": "/main.aspx?pagetype=entityrecord&etn=contact&id={id}",
        "company": "/main.aspx?pagetype=entityrecord&etn=account&id={id}",
        "lead": "/main.aspx?pagetype=entityrecord&etn=lead&id={id}",
    },
}


def record_page(of: Connection, obj: str, remote_id: str) -> str:
    """Return the address of a record's page in the CRM, "" where it is not known.

    A sandbox connection has none: what plays the CRM has no pages.
    """
    page = PAGES.get(of.kind, {}).get(obj)
    there = urlsplit(of.address)
    if not page or not remote_id or of.is_sandbox or there.scheme != "https" or not there.hostname:
        return ""
    return f"https://{there.netloc}{page.format(id=quote(remote_id, safe=''))}"
