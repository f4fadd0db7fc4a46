"""The back office as an administrator sees it."""

import pytest
from django.urls import reverse


@pytest.fixture(autouse=True)
def in_sandbox(settings):
    settings.SANDBOX = True


@pytest.fixture
def page(admin_client):
    """Fetches a page of the back office by the last part of its name; returns its HTML."""

    def fetch(name, *args, **query):
        response = admin_client.get(reverse(f"admin:{name}", args=args), query)
        assert response.status_code == 200
        return response.content.decode()

    return fetch
