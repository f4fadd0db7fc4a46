"""Accounts and people for the pages of this room."""

import pytest
import redis
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from integrations.models import Account


@pytest.fixture(autouse=True)
def in_sandbox(settings):
    settings.SANDBOX = True
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()


@pytest.fixture
def account(db):
    return Account.objects.create(provider="twilio")


@pytest.fixture
def person(db):
    """Makes a browser of somebody who holds just these permissions, such as "view_account"."""

    def sign_in(*codenames, name="bo"):
        user = User.objects.create_user(name, password="x", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def at(account):
    """Gives the address of a page of the account."""

    def address(page="change", *more):
        return reverse(f"admin:integrations_account_{page}", args=[account.pk, *more])

    return address


@pytest.fixture
def form(admin_client, at):
    """Gives what the browser of an administrator would send of a section, with some changed."""

    def read(section, **changed):
        context = admin_client.get(at()).context
        found = next(s["form"] for s in context["sections"] if s["form"].name == section)
        fields = {name: found[name].value() for name in found.fields}
        sent = {
            name: "on" if value is True else value
            for name, value in fields.items()
            if value not in (None, False)
        }
        sent |= {"seen": found.seen, **changed}
        return {name: value for name, value in sent.items() if value is not None}

    return read


@pytest.fixture
def save(admin_client, at, form, account):
    """Saves a section as an administrator does."""

    def send(section, **changed):
        response = admin_client.post(at("save", section), form(section, **changed))
        account.refresh_from_db()
        return response

    return send
