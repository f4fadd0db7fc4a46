"""Who acts: what a person changes is told under their name in the history of contacts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import connection, transaction

from contacts.services import PERSON


@contextmanager
def acting_as(user: User) -> Iterator[None]:
    """Run a transaction whose changes to contacts, bulk ones too, are this person's."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('switchboard.actor', %s, true)", [_name(user)])
        yield
        with connection.cursor() as cursor:  # an outer transaction may go on as somebody else
            cursor.execute("SELECT set_config('switchboard.actor', '', true)")


def _name(user: User) -> str:
    return f"{PERSON}{user.get_username()}"
