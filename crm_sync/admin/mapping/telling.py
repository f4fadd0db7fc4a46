"""What is said when a mapping has been saved, and what stays written of it."""

from __future__ import annotations

from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest

from contacts.admin.pages import person
from crm_sync.admin.mapping.access import Place
from crm_sync.mapping import service
from crm_sync.models import Connection, Mapping


def told(saved: Mapping) -> str:
    """Return what saving came to, in sentences."""
    said = f"Version {saved.version} is saved. The next sync uses it."
    if saved.problems:
        said += " Nothing is sent before what is listed above the rows is mended."
    elif count := service.older(saved):
        said += f" {_records(count)} last sent with an earlier version; see below."
    return said


def _records(count: int) -> str:
    if count >= service.OLDER_MOST:
        return f"{count:,} records or more were"
    return "1 record was" if count == 1 else f"{count:,} records were"


def log(request: HttpRequest, place: Place, what: str) -> None:
    """Write into the connection's history who did what."""
    rows = Connection.objects.filter(pk=place.connection.pk)
    said = f"Mapping of {place.words}: {what}"
    LogEntry.objects.log_actions(person(request).pk, rows, CHANGE, said, single_object=True)
