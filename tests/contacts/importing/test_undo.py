"""An import taken back: every row ends in exactly one bucket, and the reason is said."""

import pytest
from django.contrib.auth.models import User

from contacts import leases
from contacts.importing.service import NotPossible
from contacts.importing.undo import CHUNK_ROWS, run_undo, undo
from contacts.importing.work import UNDOS
from contacts.models import Company, Contact, ContactChange, Import, ImportRow, Note
from contacts.services import edit_contact
from tests.contacts.conftest import people

A, B, C = "+14155550100", "+14155550101", "+14155550102"


def undone(record):
    undo(record, rings=False)
    return run_undo(record.pk)


def buckets(record):
    return (record.reversed_count, record.kept_count, record.undo_failed_count)


def test_what_an_import_made_goes_with_its_companies(import_rows):
    record = import_rows((A, "Ada", "Acme"), (B, "Grace", "Navy"), (A, "Ada"), ("bad",))

    record = undone(record)

    assert (record.state, buckets(record)) == (Import.State.UNDONE, (2, 0, 0))
    assert (Contact.objects.count(), Company.objects.count()) == (0, 0)
    assert Import.objects.get().undone_at is not None


def test_a_contact_that_a_person_edited_is_kept(import_rows):
    record = import_rows((A, "Ada", "Acme"), (B, "Grace", "Navy"))
    ada = Contact.objects.get(phone_e164=A)
    edit_contact(ada.pk, {"city": "Salem"}, User(username="eve"), ada.revision)

    record = undone(record)

    row = ImportRow.objects.get(source=record, undo="kept")
    assert buckets(record) == (1, 1, 0)
    assert (row.line, row.undo_reason) == (2, "a person has worked on it since")
    assert (people(), Company.objects.get().name) == ([(A, "", "Ada")], "Acme")


def test_history_names_who_took_it_back(import_rows, admin_user):
    import_rows((A, "Ada", "Acme"))
    record = import_rows((A, "Ada Byron", "Acme"), mode=Import.Mode.OVERWRITE)
    ContactChange.objects.all().delete()

    undo(record, admin_user, rings=False)
    run_undo(record.pk)

    told = [(one.by, one.before, one.after) for one in ContactChange.objects.all()]
    assert told == [
        (
            "person:admin",
            {"full_name": "Ada Byron", "last_name": "Byron"},
            {"full_name": "Ada", "last_name": ""},
        )
    ]
    assert Import.objects.get(pk=record.pk).undone_by == admin_user


def test_a_contact_with_a_note_is_kept(import_rows):
    record = import_rows((A, "Ada"), (B, "Grace"))
    Note.objects.create(contact=Contact.objects.get(phone_e164=A), text="Call back on Monday")

    record = undone(record)

    assert buckets(record) == (1, 1, 0)
    assert Note.objects.count() == 1


def test_a_contact_that_another_import_brought_too_is_kept(import_rows):
    record = import_rows((A, "Ada"), (B, "Grace"))
    later = import_rows((A, "Ada"))

    record = undone(record)

    row = ImportRow.objects.get(source=record, undo="kept")
    assert buckets(record) == (1, 1, 0)
    assert row.undo_reason == f"import {later.pk} speaks of it, too"


def test_an_import_that_was_undone_keeps_nobody(import_rows):
    record = import_rows((A, "Ada"))
    undone(import_rows((A, "Ada")))

    record = undone(record)

    assert (buckets(record), Contact.objects.count()) == ((1, 0, 0), 0)


def test_an_enriched_contact_goes_and_one_in_work_stays_for_later(import_rows):
    record = import_rows((A, "Ada"), (B, "Grace"))
    Contact.objects.update(status="processing")
    Contact.objects.filter(phone_e164=A).update(status="completed")

    record = undone(record)
    assert (buckets(record), people()) == ((1, 0, 1), [(B, "", "Grace")])
    assert "a run is working on it" in ImportRow.objects.get(undo="failed").undo_reason

    Contact.objects.update(status="completed")
    record = undone(record)
    assert (buckets(record), people()) == ((2, 0, 0), [])


def test_a_contact_that_is_gone_is_said_to_be(import_rows):
    record = import_rows((A, "Ada"), (B, "Grace"))
    Contact.objects.filter(phone_e164=A).delete()

    record = undone(record)

    assert buckets(record) == (1, 0, 1)
    assert "gone" in ImportRow.objects.get(undo="failed").undo_reason


def test_updates_are_restored_with_their_provenance(import_rows):
    import_rows((A, "Ada", "Acme", "old@acme.test", ""))
    before = Contact.objects.values("email", "city", "company_id", "provenance").get()
    record = import_rows((A, "Ada", "Navy", "new@navy.test", "Austin"), mode="overwrite")

    record = undone(record)

    assert buckets(record) == (1, 0, 0)
    assert Contact.objects.values("email", "city", "company_id", "provenance").get() == before
    assert [company.name for company in Company.objects.all()] == ["Acme"]


def test_a_field_that_changed_since_is_kept(import_rows):
    import_rows((A, "Ada", "", "old@acme.test", ""))
    record = import_rows((A, "Ada", "", "new@acme.test", "Austin"), mode="overwrite")
    edit_contact(Contact.objects.get().pk, {"city": "Salem"}, User(username="eve"), 1)

    record = undone(record)

    contact = Contact.objects.get()
    row = ImportRow.objects.get(source=record)
    assert (row.undo, row.undo_reason) == ("kept", "changed since: city")
    assert (contact.email, contact.city) == ("old@acme.test", "Salem")


def test_an_undo_goes_on_where_a_lost_worker_stopped(import_rows):
    rows = [(f"+1{area}55501{at:02}", f"Ada {at}") for area in range(212, 230) for at in range(100)]
    record = import_rows(*rows)
    undo(record, rings=False)

    class Killed(BaseException):
        pass

    def die(_):
        raise Killed

    with pytest.raises(Killed):
        run_undo(record.pk, report=die)
    assert Contact.objects.count() == len(rows) - CHUNK_ROWS

    record = run_undo(record.pk)
    assert (buckets(record), Contact.objects.count()) == ((len(rows), 0, 0), 0)


def test_an_undo_has_one_worker(import_rows):
    record = import_rows((A, "Ada"))
    undo(record, rings=False)
    assert UNDOS.claim(leases.register(), 1, where="worker_id IS NULL") == [(record.pk,)]

    assert UNDOS.claim(leases.register(), 1, where="worker_id IS NULL") == []


def test_only_what_is_done_can_be_undone(import_rows):
    record = import_rows((A, "Ada"))
    undo(record, rings=False)

    with pytest.raises(NotPossible):
        undo(record, rings=False)
