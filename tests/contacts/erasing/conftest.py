"""People to erase, and the way of an erasure to its end."""

import pytest

from contacts.erasing import service, work
from contacts.models import Contact
from tests.contacts.conftest import import_rows, run, uploads, write

__all__ = ["import_rows", "run", "uploads", "write"]


@pytest.fixture
def erase(settings, tmp_path):
    """Erases the person of a contact, with the second look at once, and returns the receipt."""
    settings.ERASURE_AGAIN_S = 0
    settings.EXPORTS = tmp_path / "exports"

    def erase_contact(contact):
        preview = service.preview_contact(contact)
        erasure = service.start(preview.person, asked_by="the person, by e-mail")
        return worked(erasure)

    return erase_contact


def worked(erasure, rounds=4):
    """Work an erasure as often as it takes."""
    for _ in range(rounds):
        erasure = work.run(erasure.pk)
        if erasure.is_over:
            break
    return erasure


def ann():
    return Contact.objects.get(full_name="Ann Lee")
