"""The import by command: what it says, and how it ends."""

import pytest
from django.core.management import CommandError, call_command

from contacts.models import Contact, Import

A = "+14155550100"


def test_a_file_is_imported_and_its_rejects_written(uploads, write, tmp_path, capsys):
    path = write((A, "Ada"), (A, "Ada"), ("bad", "Row"))

    call_command("import_contacts", path, rejects=tmp_path / "rejects.csv")

    said = capsys.readouterr().out
    assert "1 created, 0 updated, 1 repeated, 0 left out, 1 rejected" in said
    assert "bad,Row" in (tmp_path / "rejects.csv").read_text()
    assert Contact.objects.get().full_name == "Ada"


def test_a_preview_keeps_nothing(uploads, write, capsys):
    call_command("import_contacts", write(("(415) 555-0100", "Ada")), preview=True)

    assert A in capsys.readouterr().out
    assert (Import.objects.count(), Contact.objects.count()) == (0, 0)
    assert list(uploads.iterdir()) == []


def test_a_mapping_can_be_given(uploads, write):
    path = write((A, "Ada", "Acme", "", "Austin"))

    call_command("import_contacts", path, map=["phone=Phone", "position=City"])

    contact = Contact.objects.get()
    assert (contact.position, contact.full_name, contact.company) == ("Austin", "", None)


@pytest.mark.parametrize(
    ("row", "options", "message"),
    [
        (("Ada", "Austin"), {}, "no column holds phone numbers"),
        ((A, "Ada"), {"region": "XX"}, "unknown region"),
        ((A, "Ada"), {"map": ["phone=Fax"]}, "no column 'Fax'"),
        ((), {}, "no rows below its header"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(uploads, write, row, options, message):
    path = write(row, header=("Number", "Name") if A in row else ("Name", "City"))

    with pytest.raises(CommandError, match=message):
        call_command("import_contacts", path, **options)

    assert (Import.objects.count(), list(uploads.iterdir())) == (0, [])
