"""An erasure from its beginning to its receipt."""

from contacts.models import Contact, ImportRow, KeptOut
from tests.contacts.conftest import counted
from tests.contacts.erasing.conftest import ann

ROW = ("+14155550101", "Ann Lee", "Acme", "ann@acme.test", "Oslo")
OTHER = ("+14155550102", "Bob Ray", "Acme", "bob@acme.test", "Oslo")


def test_erased_person_is_gone_and_the_receipt_names_nobody(import_rows, erase):
    import_rows(ROW, OTHER)

    receipt = erase(ann())

    assert receipt.state == "done"
    assert receipt.person == {}
    assert receipt.counts == {"contacts": 1, "rows of imports": 1, "files of imports": 1}
    assert list(Contact.objects.values_list("full_name", flat=True)) == ["Bob Ray"]
    assert KeptOut.objects.filter(erasure=receipt).count() == 2


def test_the_same_file_again_leaves_the_person_out(import_rows, erase):
    import_rows(ROW, OTHER)
    erase(ann())

    again = import_rows(ROW, OTHER)

    assert counted(again) == {"repeated": 1, "rejected": 1}
    (row,) = ImportRow.objects.filter(source=again, outcome="rejected")
    assert row.reason.startswith("held back: this person was erased on ")
    assert row.raw == []
