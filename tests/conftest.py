"""The embedded PostgreSQL and Redis are up for the whole session, whoever runs the tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as examples

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django import DjangoDbBlocker

# The same examples in every run, however long one of them takes.
examples.load_profile("ci")

# Each test process has a Redis database of its own (0 belongs to development).
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")

_entered = []


def pytest_configure(config: pytest.Config) -> None:
    """Bring the servers up before Django connects; the controller keeps them for its workers."""
    from django.conf import settings

    # A password that is slow to guess takes 0.3 s to set, and most tests have somebody sign in.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Else each new Client has whitenoise read 185 static files before its first request.
    settings.WHITENOISE_AUTOREFRESH = True
    if hasattr(config, "workerinput"):
        return
    _entered.append(settings.SERVICES.enter())


def pytest_unconfigure(config: pytest.Config) -> None:
    from django.conf import settings

    while _entered:
        settings.SERVICES.leave(_entered.pop())


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Give this process a database of its own, as pytest-django does, but migrated only once."""
    from django.db import connection

    from tests.lab.template import drop_database, make_database

    # Not by WORKER: a test that starts a pytest of its own leaves it in the environment.
    worker = getattr(request.config, "workerinput", {}).get("workerid", "alone")
    before, own = connection.settings_dict["NAME"], f"test_switchboard_{worker}"
    with django_db_blocker.unblock():
        make_database(own, anew=request.config.getoption("create_db"))
    yield
    with django_db_blocker.unblock():
        drop_database(own, before)


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> None:
    """Have what a test has committed deleted in a twentieth of the time that Django's way takes."""
    from django.test import TransactionTestCase

    from tests.lab.emptying import empty

    TransactionTestCase._fixture_teardown = lambda _: empty()


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
