"""Which rows are one contact, in each mode, and that a file read again changes nothing."""

import pytest
from django.contrib.auth.models import User

from contacts.models import Contact, ImportRow
from contacts.services import edit_contact
from tests.contacts.conftest import counted, people

A, B = "+14155550100", "+14155550101"
MESSY = [
    (A, "", "Acme", "", ""),
    (A, "Ada Lovelace", "", "", ""),
    (f"{A} x5", "", "", "", "Austin"),
    (A, "Grace Hopper", "Navy", "grace@navy.test", ""),
    (A, "A. Lovelace", "", "ada@acme.test", ""),
    (f"{B} x1", "", "", "", ""),
    (f"{B} x2", "", "", "", ""),
    (B, "", "Acme Inc.", "", "Boston"),
    (B, "Grace Hopper", "", "g@x.test", ""),
    ("bad", "", "", "", ""),
    (A, "Lovelace, Ada", "Other", "other@acme.test", "Denver"),
]


def outcomes(record):
    rows = ImportRow.objects.filter(source=record).order_by("line")
    return [row.outcome for row in rows]


def test_people_who_share_a_number_stay_apart(import_rows):
    import_rows((A, "Ada Lovelace"), (A, "Grace Hopper"), (A, "ada lovelace"), (A, "A. Lovelace"))

    assert people() == [(A, "", "Ada Lovelace"), (A, "", "Grace Hopper")]


def test_a_row_without_a_name_is_the_contact_on_the_number(import_rows):
    import_rows((A, "Ada Lovelace"), (A, ""), (f"{A} x7", ""))

    assert people() == [(A, "7", "Ada Lovelace")]


def test_a_nameless_contact_takes_the_first_name(import_rows):
    import_rows((A, ""), (A, "Ada Lovelace"), (A, "Grace Hopper"))

    assert people() == [(A, "", "Ada Lovelace"), (A, "", "Grace Hopper")]


def test_two_extensions_without_names_are_two_desks(import_rows):
    import_rows((f"{A} x1", ""), (f"{A} x2", ""), (A, ""), (f"{A} x2", ""))

    assert people() == [(A, "1", ""), (A, "2", "")]


def test_an_extension_leads_to_its_desk(import_rows):
    record = import_rows((f"{A} x1", ""), (f"{A} x2", ""), (f"{A} x2", "", "", "", "Austin"))

    assert Contact.objects.get(phone_ext="2").city == "Austin"
    assert counted(record) == {"created": 2, "updated": 1}


@pytest.mark.parametrize("chunk_rows", [1, 3, 1000])
@pytest.mark.parametrize("mode", ["create", "fill", "overwrite"])
def test_the_same_file_again_creates_and_updates_nothing(import_rows, mode, chunk_rows):
    import_rows(*MESSY, mode=mode, chunk_rows=1000)
    before = list(Contact.objects.order_by("id").values())

    again = import_rows(*MESSY, mode=mode, chunk_rows=chunk_rows)

    assert (again.created_count, again.updated_count) == (0, 0)
    assert list(Contact.objects.order_by("id").values()) == before
    if mode != "create":
        assert counted(again) == {"repeated": 10, "rejected": 1}


@pytest.mark.parametrize("mode", ["create", "fill", "overwrite"])
def test_the_outcome_does_not_depend_on_the_chunks(import_rows, mode):
    whole = import_rows(*MESSY, mode=mode)
    seen = [outcomes(whole), people(), list(Contact.objects.order_by("id").values_list("email"))]
    Contact.objects.all().delete()

    cut = import_rows(*MESSY, mode=mode, chunk_rows=1)

    now = [outcomes(cut), people(), list(Contact.objects.order_by("id").values_list("email"))]
    assert now == seen


@pytest.mark.parametrize(
    ("mode", "counts", "city", "email"),
    [
        ("create", {"created": 1, "skipped": 1}, "Austin", ""),
        ("update", {"updated": 1, "skipped": 1}, "Boston", "ada@acme.test"),
        ("fill", {"created": 1, "updated": 1}, "Austin", "ada@acme.test"),
        ("overwrite", {"created": 1, "updated": 1}, "Boston", "ada@acme.test"),
    ],
)
def test_modes(import_rows, mode, counts, city, email):
    import_rows((A, "Ada Lovelace", "", "", "Austin"))

    second = import_rows((A, "Ada Lovelace", "", "ada@acme.test", "Boston"), (B, ""), mode=mode)

    ada = Contact.objects.get(phone_e164=A)
    assert counted(second) == counts
    assert (ada.city, ada.email) == (city, email)
    assert ada.revision == (1 if email else 0)


def test_an_empty_cell_overwrites_nothing(import_rows):
    import_rows((A, "Ada Lovelace", "Acme", "ada@acme.test", "Austin"))

    again = import_rows((A, "Ada", "", "", ""), mode="overwrite")

    contact = Contact.objects.get()
    assert counted(again) == {"repeated": 1}
    assert (contact.full_name, contact.email) == ("Ada Lovelace", "ada@acme.test")


def test_names_are_filled_together(import_rows):
    import_rows((A, "Ada"))

    import_rows((A, "Ada Lovelace"))

    contact = Contact.objects.get()
    assert (contact.first_name, contact.last_name) == ("Ada", "Lovelace")
    assert contact.full_name == "Ada Lovelace"


def test_an_update_keeps_what_it_replaced(import_rows):
    first = import_rows((A, "Ada", "", "old@acme.test", ""))

    second = import_rows((A, "Ada", "Acme", "new@acme.test", ""), mode="overwrite")

    was = Contact.objects.get().provenance
    assert was["email"]["by"] == was["company"]["by"] == f"file:{second.pk}"
    before = ImportRow.objects.get(source=second).before or {}
    assert before["email"][0] == "old@acme.test"
    assert before["email"][1]["by"] == f"file:{first.pk}"
    assert before["company"] == [None, None]


@pytest.mark.parametrize(("told", "city"), [(False, "Salem"), (True, "Boston")])
def test_a_human_edit_yields_to_a_file_only_when_told(import_rows, told, city):
    import_rows((A, "Ada", "", "", "Austin"))
    edit_contact(Contact.objects.get().pk, {"city": "Salem"}, User(username="eve"), 0)

    import_rows((A, "Ada", "", "", "Boston"), mode="overwrite", overwrite_human_edits=told)

    assert Contact.objects.get().city == city


def test_a_name_that_a_person_gave_is_left_whole(import_rows):
    import_rows((A, "Ada"))
    edit_contact(Contact.objects.get().pk, {"first_name": "Augusta"}, User(username="eve"), 0)

    import_rows((A, "Augusta King"), mode="overwrite")

    assert people() == [(A, "", "Augusta")]


def test_a_value_that_a_person_removed_is_not_filled_again(import_rows):
    import_rows((A, "Ada", "", "", "Austin"))
    edit_contact(Contact.objects.get().pk, {"city": ""}, User(username="eve"), 0)

    again = import_rows((A, "Ada", "", "", "Austin"))

    assert (Contact.objects.get().city, counted(again)) == ("", {"repeated": 1})


def test_an_unlikely_number_is_kept_and_marked(import_rows):
    import_rows(("+1 999 555 0100", "Ada"))

    contact = Contact.objects.get()
    assert (contact.phone_is_valid, contact.phone_country) == (False, "")
