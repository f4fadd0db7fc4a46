"""Step 1 of the wizard: a file or a paste, taken in once, or refused with the reason."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contacts.models import Contact, Import
from tests.contacts.wizard.conftest import url

ADD = "/admin/contacts/import/add/"
GOOD = b"Phone,Name\n+14155550100,Ann\n"


def send(client, body=b"", text="", name="people.csv"):
    form = {"text": text}
    if body:
        form["file"] = SimpleUploadedFile(name, body)
    return client.post(ADD, form)


def test_file_becomes_a_draft_and_nothing_is_imported(uploads, admin_client, admin_user):
    response = send(admin_client, GOOD)

    record = Import.objects.get()
    assert response["Location"] == url("mapping", record)
    assert (record.state, record.name, record.created_by) == ("draft", "people.csv", admin_user)
    assert record.mapping == {"phone": 0, "full_name": 1}
    assert Contact.objects.count() == 0


def test_large_file_is_read_from_the_disk(uploads, admin_client, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10

    send(admin_client, GOOD)

    assert Import.objects.get().size_bytes == len(GOOD)


def test_paste_becomes_a_draft(uploads, admin_client):
    send(admin_client, text="+1 415 555 0100, +1 415 555 0101")

    record = Import.objects.get()
    assert (record.name, record.mapping) == ("Pasted numbers", {"phone": 0})


@pytest.mark.parametrize(
    ("body", "text", "name", "says"),
    [
        (b"", "", "", "Choose a file, or paste some numbers."),
        (GOOD, "+14155550100", "a.csv", "Both a file and pasted numbers"),
        (b"%PDF-1.7\n\x00\x01", "", "a.pdf", "imp-error"),
        (b"PK\x03\x04 broken", "", "a.xlsx", "imp-error"),
        (b"\xff\xfe\x00", "", "a.pasted", "imp-error"),
        (b" ", "", "a.csv", "imp-error"),
    ],
)
def test_what_cannot_be_read_is_refused_here(uploads, admin_client, body, text, name, says):
    response = send(admin_client, body, text, name)

    assert response.status_code == 200
    assert says in response.content.decode()
    assert Import.objects.count() == 0 and not list(uploads.iterdir())


def test_refused_paste_is_kept_and_is_no_markup(uploads, admin_client):
    response = send(admin_client, GOOD, "</textarea><script>alert(1)</script>")

    html = response.content.decode()
    assert "&lt;/textarea&gt;&lt;script&gt;" in html and "<script>alert" not in html


def test_second_click_makes_no_second_draft(uploads, admin_client):
    first, second = send(admin_client, GOOD), send(admin_client, GOOD)

    assert first["Location"] == second["Location"]
    assert Import.objects.count() == len(list(uploads.iterdir())) == 1


def test_drafts_of_ones_own_can_be_resumed(draft, person, client):
    others = draft()
    mine = draft(user=person("add_import", "view_import"))

    html = client.get(ADD).content.decode()

    assert url("mapping", mine) in html and url("mapping", others) not in html


def test_remembered_rules_come_back(done, draft):
    first = done()
    first.refresh_from_db()

    from contacts.models import SavedMapping

    SavedMapping.objects.update(region="NO", mode="update")
    again = draft()

    assert (again.region, again.mode, again.mapping) == ("NO", "update", first.mapping)


def test_list_leads_to_the_first_step(uploads, admin_client):
    html = admin_client.get(reverse("admin:contacts_import_changelist")).content.decode()

    assert ADD in html
