"""What pages cost in queries."""

import time
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboards.models import AlertRound


class Cost(int):
    """A number of queries that says what they were, where it is shown."""

    def __new__(cls, queries):
        made = super().__new__(cls, len(queries))
        made.queries = [one["sql"][:120] for one in queries]
        return made

    def __repr__(self):
        return "\n".join([f"{int(self)} queries", *self.queries])


def costs(client, addresses):
    """How many queries each address takes; a first visit may take more."""
    found = {}
    used_now(client)
    client.get(addresses[0])
    for address in addresses:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        found[address] = Cost(captured.captured_queries)
    return found


def used_now(client):
    """Else its session is touched once a minute, which costs a page three queries more."""
    session = client.session
    session["used_at"] = int(time.time()) + 3600
    session.save()


def nobody_stands_in():
    """Else a page does the missing beat's work once 75 s have passed, which costs it queries."""
    AlertRound.objects.create(looked_at=timezone.now() + timedelta(days=1))
