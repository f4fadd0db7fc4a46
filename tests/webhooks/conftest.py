"""The door as senders find it: requests in, rows in the database."""

import threading
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
import redis
from django.conf import settings as settings_of_django
from django.db import connection
from twilio.request_validator import RequestValidator

from integrations.models import Account
from integrations.services import ensure_accounts, set_secrets
from webhooks import keys, tokens
from webhooks.door.inbox import Inbox
from webhooks.door.wsgi import Door
from webhooks.limits.counts import PREFIX

SITE = "https://office.test"
TOKEN = "t" * 32


class Bell:
    """Counts its rings."""

    def __init__(self) -> None:
        self.rings = 0
        self.has_rung = threading.Event()

    def ring(self) -> None:
        self.rings += 1
        self.has_rung.set()


@pytest.fixture
def bell():
    return Bell()


@pytest.fixture
def door(transactional_db, settings, bell):
    settings.SITE_URL = SITE
    ensure_accounts()
    tokens.forget()
    keys.forget()
    nothing_is_counted()
    inbox = Inbox(bell.ring)
    yield Door(pages, inbox)
    inbox.close()


@pytest.fixture
def http(door):
    with httpx2.Client(transport=httpx2.WSGITransport(app=door), base_url=SITE) as client:
        yield client


@pytest.fixture
def account(door):
    """Twilio's account, with a token of ours."""
    row = Account.objects.get(provider="twilio")
    set_secrets(row, {"account_sid": "AC" + "1" * 32, "auth_token": TOKEN})
    tokens.forget()
    return row


def nothing_is_counted() -> None:
    """Forget what was posted in the last minute."""
    client = redis.Redis.from_url(settings_of_django.REDIS_URL)
    for name in client.scan_iter(PREFIX + "*"):
        client.delete(name)
    client.close()


Post = Callable[..., httpx2.Response]


@pytest.fixture
def post(http, account) -> Post:
    """Post as Twilio does: a form, signed with a token."""

    def post(path: str, token: str = TOKEN, **form: Any) -> httpx2.Response:
        signature = RequestValidator(token).compute_signature(SITE + path, form)
        return http.post(path, data=form, headers={"X-Twilio-Signature": signature})

    return post


def pages(environ: Any, start: Any) -> list[bytes]:
    """What stands behind the door."""
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"a page"]


@pytest.fixture
def away():
    """End the database's other sessions at a word."""

    def end_sessions() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )

    return end_sessions
