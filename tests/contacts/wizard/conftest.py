"""People who may do some things with imports, and addresses of its pages."""

import pytest
from django.urls import reverse

from contacts.importing.drafts import take_in
from contacts.importing.service import start
from contacts.importing.work import run_import

EVIL = "<script>alert(1)</script>"


def url(page, record):
    return reverse(f"admin:contacts_import_{page}", args=[record.pk])


@pytest.fixture(autouse=True)
def in_sandbox(settings):
    settings.SANDBOX = True


@pytest.fixture
def person(person, uploads):
    return person


@pytest.fixture
def draft(uploads, write, admin_user):
    """A draft of rows of (phone, name, company, e-mail, city)."""

    def make(*rows, user=None, **options):
        given = rows or [("+14155550100", EVIL, "Acme", "ann@example.test", "Oslo")]
        return take_in(write(*given, **options), name="people.csv", user=user or admin_user)

    return make


@pytest.fixture
def done(draft):
    """An import that has run."""

    def make(*rows, **options):
        record = draft(*rows, **options)
        start(record, ring=False)
        return run_import(record.pk)

    return make


@pytest.fixture
def fetch(admin_client):
    """The HTML of a page of an import, as the administrator gets it."""

    def get(page, record, **query):
        response = admin_client.get(url(page, record), query)
        assert response.status_code == 200
        return response.content.decode()

    return get
