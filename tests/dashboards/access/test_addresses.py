"""Every address and every role: what it answers, and that whoever is refused changes nothing."""

import pytest
import redis
from django.db import transaction
from django.test import Client

from tests.dashboards.access.addresses import GET, POST, ROLES, WRITES
from tests.dashboards.access.world import Visits, addresses, fill, written

# Enough to make most forms act.
BODY = {
    "_form_submitted": "on", "post": "yes", "what": "open", "reason": "a test", "text": "a note",
    "name": "vip", "value": "Ann", "seen": "", "mode": "fill", "region": "US",
}  # fmt: skip


@pytest.fixture
def world(db, settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    settings.UPLOADS.mkdir()
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
    fill()
    yield
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()  # circuits that were opened


def answers(browser, method, body=None):
    """What each address answers to this browser, and which of those wrote something."""
    found, wrote, visits = {}, set(), Visits()
    for address in sorted(addresses()):
        client = Client(raise_request_exception=False)
        client.cookies = browser.cookies.copy()
        with transaction.atomic():
            there, before = visits.to(address), written()
            response = getattr(client, method)(there, body)
            found[address] = response.status_code
            list(response)  # a file is closed at its end
            if written() != before:
                wrote.add(address)
            transaction.set_rollback(True)
    return found, wrote


def expected(table, role):
    return {address: statuses[ROLES.index(role)] for address, statuses in table.items()}


@pytest.mark.parametrize("role", ROLES)
def test_page_answers_as_its_role_may_and_changes_nothing(world, browser, role):
    found, wrote = answers(browser(role), "get")

    assert found == expected(GET, role)
    assert wrote == set()


@pytest.mark.parametrize("role", ROLES)
def test_action_is_for_its_roles_and_changes_nothing_for_others(world, browser, role):
    found, wrote = answers(browser(role), "post", BODY)

    assert found == expected(POST, role)
    allowed = ROLES[: ROLES.index(role) + 1]
    assert wrote == {address for address, least in WRITES.items() if least in allowed}
