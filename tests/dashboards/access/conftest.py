"""The roles as `prepare` writes them, and browsers of people who have one."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboards.access.people import give_role
from dashboards.access.roles import ensure_roles


@pytest.fixture(autouse=True)
def in_sandbox(settings):
    settings.SANDBOX = True


@pytest.fixture
def roles(db):
    ensure_roles()


@pytest.fixture
def person(roles):
    """Makes somebody with a role and, if need be, a password; "" is nobody's role."""

    def make(role="", name="", password=None, **more):
        user = User.objects.create_user(name or role or "nobody", password=password, is_staff=True)
        give_role(user, role)
        return user

    return make


@pytest.fixture
def browser(person):
    """Makes a browser in which somebody of this role is signed in; "anonymous" is not."""

    def open_it(role):
        client = Client()
        if role != "anonymous":
            client.force_login(person(role))
        return client

    return open_it
