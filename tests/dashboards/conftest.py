"""The back office as an administrator sees it."""

import pytest
import redis
from django.urls import reverse


@pytest.fixture(autouse=True)
def in_sandbox(settings):
    settings.SANDBOX = True


@pytest.fixture
def no_circuits(settings):
    """A Redis that knows of no circuit."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()


@pytest.fixture
def redis_away(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"


@pytest.fixture
def page(admin_client):
    """Fetches a page of the back office by the last part of its name; returns its HTML."""

    def fetch(name, *args, **query):
        response = admin_client.get(reverse(f"admin:{name}", args=args), query)
        assert response.status_code == 200
        return response.content.decode()

    return fetch
