"""The pages of erasing: look first, confirm, watch, and read the receipt."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from contacts.models import Contact, Erasure
from crm_sync.models import Deletion
from tests.dashboards.erasing.conftest import EMAIL, NAME, PHONE, again, erased

CONFIRM = {"asked_by": "the person, by letter", "click": "5e8b0a4e-8f53-4b6a-9f8c-3f0d64a7a111"}


def address(contact):
    return reverse("admin:contacts_contact_erase", args=[contact.pk])


def test_contact_page_offers_it_to_who_may(house, person, client):
    page = reverse("admin:contacts_contact_change", args=[house.pk])

    person("view_contact")
    assert address(house) not in client.get(page).content.decode()
    person("view_contact", "erase_contact", name="cy")
    assert address(house) in client.get(page).content.decode()


def test_preview_shows_who_and_what_and_changes_nothing(house, admin_client):
    page = admin_client.get(address(house)).content.decode()

    assert NAME in page
    assert "Answers of providers" in page
    assert "The last 4 digits of the number" in page
    assert (Erasure.objects.count(), Contact.objects.count()) == (0, 2)


def test_other_digits_erase_nobody_and_keep_what_was_typed(house, admin_client):
    answer = admin_client.post(address(house), CONFIRM | {"ending": "0143"})

    page = answer.content.decode()
    assert "These are not its last 4 characters" in page
    assert "the person, by letter" in page
    assert Erasure.objects.count() == 0


def test_confirmed_twice_by_one_click_it_is_one_erasure(house, admin_client):
    for _ in range(2):
        answer = admin_client.post(address(house), CONFIRM | {"ending": "0142"})

    erasure = Erasure.objects.get()
    assert answer.url == reverse("admin:contacts_erasure_change", args=[erasure.pk])
    assert (erasure.asked_by, erasure.by_name) == ("the person, by letter", "admin")
    assert "Waiting for a worker" in admin_client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("whom", "words"),
    [
        ({"phone": "12"}, "That is no number: write it as +14155550100."),
        ({"email": "zelda"}, "That is no e-mail address."),
        ({"phone": "", "email": ""}, "Type a number or an e-mail address."),
    ],
)
def test_whom_is_asked_again_where_nobody_is_told(admin_client, whom, words):
    page = admin_client.get(reverse("admin:contacts_erasure_add"), whom).content.decode()

    assert words in page


def test_whoever_is_no_contact_can_be_kept_out(house, admin_client):
    whom = {"phone": "+1 415 555 0188", "email": ""}
    there = reverse("admin:contacts_erasure_add")

    assert "No contact is under +14155550188" in admin_client.get(there, whom).content.decode()
    admin_client.post(there, whom | CONFIRM | {"ending": "0188"})

    again()
    assert Erasure.objects.get().kept_out.count() == 1


def test_receipt_says_how_far_the_crms_are(house, admin_client):
    receipt = erased(house)
    page = reverse("admin:contacts_erasure_change", args=[receipt.pk])

    assert "Waiting: the connection is switched off" in admin_client.get(page).content.decode()
    Deletion.objects.update(state="done", finished_at="2026-11-23T10:00:00Z")
    assert "deleted there on 23 Nov 2026, 10:00 UTC" in admin_client.get(page).content.decode()
    Deletion.objects.update(state="failed", words="no right to delete contacts")
    assert "Failed: no right to delete contacts" in admin_client.get(page).content.decode()


def test_receipt_is_downloaded_and_names_nobody(house, admin_client):
    receipt = erased(house)

    answer = admin_client.get(reverse("admin:contacts_erasure_receipt", args=[receipt.pk]))

    text = answer.content.decode()
    rows = dict(csv.reader(io.StringIO(text)))
    assert answer["Content-Disposition"] == f'attachment; filename="erasure-{receipt.pk}.csv"'
    assert (rows["State"], rows["Of"]) == ("Erased", "a number ending in 42")
    assert rows["Gone: contacts"] == "1"
    assert [one for one in (PHONE, EMAIL, NAME) if one in text] == []


def test_one_that_was_given_up_goes_on(house, admin_client):
    receipt = erased(house, rounds=0)
    Erasure.objects.update(state="failed", words="given up: three workers were lost")
    there = reverse("admin:contacts_erasure_change", args=[receipt.pk])
    assert "Given up" in admin_client.get(there).content.decode()

    admin_client.post(reverse("admin:contacts_erasure_go_on", args=[receipt.pk]))

    assert again().state == "done"


def test_command_looks_first_and_erases_when_it_is_told(house, capsys):
    call_command("erase", "(415) 555-0142")
    assert "Nothing was erased" in capsys.readouterr().out
    assert Contact.objects.count() == 2

    call_command("erase", EMAIL, "--yes")
    assert "erased; a worker looks through all once more" in capsys.readouterr().out
    assert Contact.objects.count() == 1


def test_command_refuses_what_tells_nobody(db):
    with pytest.raises(CommandError, match="12 is no number"):
        call_command("erase", "12")
