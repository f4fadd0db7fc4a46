"""The embedded PostgreSQL and Redis are up for the whole session, whoever runs the tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

# Each test process has a Redis database of its own (0 belongs to development).
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")

_entered = []


def pytest_configure(config: pytest.Config) -> None:
    """Bring the servers up before Django connects; the controller keeps them for its workers."""
    from django.conf import settings

    if hasattr(config, "workerinput"):
        return
    _entered.append(settings.SERVICES.enter())


def pytest_unconfigure(config: pytest.Config) -> None:
    from django.conf import settings

    while _entered:
        settings.SERVICES.leave(_entered.pop())


@pytest.fixture(scope="session", autouse=True)
def own_redis_database() -> None:
    """Keep what tests put into Redis apart from development and from each other."""
    from django.conf import settings

    number = 1 + int(WORKER.removeprefix("gw")) % 15
    settings.REDIS_URL = settings.REDIS_URL.replace("db=0", f"db={number}")
    settings.CELERY_BROKER_URL = "memory://"


@pytest.fixture
def person(client: Client, db: None) -> Callable[..., User]:
    """Signs somebody in who has these permissions; returns the user."""
    from django.contrib.auth.models import Permission, User

    def sign_in(*permissions: str, name: str = "bo") -> User:
        user = User.objects.create_user(name, password="x", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client.force_login(user)
        return user

    return sign_in
