"""Files to import, and the way of one through the importer."""

import csv
import io

import pytest

from contacts.importing.service import create_import, start
from contacts.importing.work import run_import
from contacts.models import Contact, Import, ImportRow

HEADER = ("Phone", "Name", "Company", "Email", "City")


@pytest.fixture
def uploads(transactional_db, settings, tmp_path):
    """Where copies go: a folder of this test's own."""
    settings.UPLOADS = tmp_path / "uploads"
    settings.UPLOADS.mkdir()
    return settings.UPLOADS


@pytest.fixture
def write(tmp_path):
    """Writes rows below a header and returns the file."""

    def write_file(*rows, header=HEADER, name="people.csv"):
        text = io.StringIO()
        csv.writer(text).writerows([header, *rows])
        path = tmp_path / name
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
        return path

    return write_file


@pytest.fixture
def run(uploads):
    """Imports a file or a paste in this process."""

    def run_file(source, chunk_rows=1000, **options) -> Import:
        record = create_import(source, **options)
        start(record, ring=False)
        return run_import(record.pk, chunk_rows=chunk_rows)

    return run_file


@pytest.fixture
def import_rows(run, write):
    """Imports rows of (phone, name, company, e-mail, city), as many as are given of each."""

    def import_them(*rows, **options) -> Import:
        return run(write(*rows), **options)

    return import_them


def counted(record: Import) -> dict[str, int]:
    """The counters that are not zero."""
    counts = {name: getattr(record, f"{name}_count") for name in ImportRow.Outcome.values}
    return {name: count for name, count in counts.items() if count}


def people() -> list[tuple[str, str, str]]:
    """Number, extension and name of every contact, in the order of their making."""
    return list(Contact.objects.order_by("id").values_list("phone_e164", "phone_ext", "full_name"))
