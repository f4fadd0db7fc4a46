"""What pages cost in queries."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboards.models import AlertRound


def costs(client, addresses):
    """How many queries each address takes; a first visit may take more."""
    found = {}
    client.get(addresses[0])  # a session is touched once a minute, which costs three
    for address in addresses:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        found[address] = len(captured)
    return found


def nobody_stands_in():
    """Else a page does the missing beat's work once 75 s have passed, which costs it queries."""
    AlertRound.objects.create(looked_at=timezone.now() + timedelta(days=1))
