"""Who may see and change what of this room's pages."""

from __future__ import annotations

from django.http import Http404

from contacts.numerals import whole
from crm_sync.models import Connection
from crm_sync.signing_in import KINDS

VIEW = "crm_sync.view_connection"
ADD = "crm_sync.add_connection"
CHANGE = "crm_sync.change_connection"
SIGN_IN = "crm_sync.sign_in_connection"
SYNC = "crm_sync.sync_connection"
SEE = (VIEW, CHANGE)


def connection_or_404(pk: object) -> Connection:
    """Return a connection of a kind that we know."""
    number = whole(str(pk))
    row = Connection.objects.filter(pk=number, kind__in=KINDS).first() if number else None
    if row is None:
        raise Http404(f"there is no connection {str(pk)[:40]!r}")
    return row
