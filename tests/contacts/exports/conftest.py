"""Contacts to export, and the way of a file through the exporter."""

import pytest
from django.urls import reverse

from contacts.exports import service, work
from contacts.exports.columns import DEFAULT
from contacts.exports.files import path_of
from contacts.exports.sending import sent
from contacts.exports.service import Wish
from contacts.models import Contact, Export


def number_of(at):
    """One of 80,000 reserved numbers."""
    return f"+1{200 + at // 100}55501{at % 100:02}"


def make(at, **values):
    number = number_of(at)
    return Contact.objects.create(**{"phone_raw": number, "phone_e164": number, **values})


def make_many(count):
    Contact.objects.bulk_create(
        Contact(phone_raw=number_of(at), phone_e164=number_of(at), full_name=f"Ada {at}")
        for at in range(count)
    )


@pytest.fixture
def folder(settings, tmp_path):
    """Where files of exports go: a folder of this test's own."""
    settings.EXPORTS = tmp_path / "exports"
    return settings.EXPORTS


@pytest.fixture
def owner(django_user_model):
    return django_user_model.objects.create_user("olga", password="x", is_staff=True)


@pytest.fixture
def export(folder, owner):
    """Exports a selection directly, and returns its row and the bytes that were sent."""

    def run(selection=None, columns=DEFAULT, **options) -> tuple[Export, bytes]:
        asked = service.ask(Wish(selection or {}, columns, **options), owner)
        sent_bytes = b"".join(sent(asked))
        asked.refresh_from_db()
        return asked, sent_bytes

    return run


@pytest.fixture
def small_limit(settings):
    """What a worker does is seen with few contacts, too."""
    settings.EXPORT_DIRECT_ROWS = 2


@pytest.fixture
def waiting(folder, owner, small_limit):
    """An export of three contacts and more, which waits for a worker."""

    def ask(count=3, columns=DEFAULT, selection=None, **options) -> Export:
        make_many(count)
        return service.ask(Wish(selection or {}, columns, **options), owner)

    return ask


@pytest.fixture
def work_off():
    """Works what waits in this process, and returns the export as it stands then."""

    def run(record) -> Export:
        work.work_exports()
        record.refresh_from_db()
        return record

    return run


def left(folder):
    """Names of all files among the exports."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def content(record):
    return path_of(record.file).read_bytes()


def url(page, *args):
    return reverse(f"admin:contacts_export_{page}", args=args)


@pytest.fixture
def person(person, folder, settings):
    settings.SANDBOX = True
    return person


@pytest.fixture
def done(folder, owner):
    """An export of Olga's whose file is there."""

    def make(user=None, columns=("phone_e164",)) -> Export:
        asked = service.ask(Wish({}, columns), user or owner)
        b"".join(sent(asked))
        asked.refresh_from_db()
        return asked

    return make


def read(response):
    """Read a file to its end: closing it instead would close the test's connection, too."""
    if response.streaming:
        b"".join(response.streaming_content)
    return response
