"""The page of an import: progress, every row by outcome, undo, delete."""

from html import unescape

import pytest

from contacts.models import Contact, Import
from tests.contacts.wizard.conftest import EVIL, url


def test_page_links_each_outcome_to_its_rows(done, fetch):
    record = done(("+14155550100", "Ann", "", "", ""), ("12", "", "", "", ""))

    html = fetch("change", record)

    assert f"{url('rows', record)}?outcome=created" in html
    assert f"{url('rows', record)}?outcome=rejected" in html
    assert f"{url('rows', record)}?outcome=updated" not in html
    assert url("rejects", record) in html and url("undo", record) in html


def test_draft_says_that_nothing_was_imported(draft, fetch):
    record = draft()

    html = fetch("change", record)

    assert "Nothing of this file has been imported" in html and url("mapping", record) in html


def test_progress_goes_on_while_it_works_then_brings_the_page_anew(draft, done, admin_client):
    record = draft()
    Import.objects.update(state="working", read_line=1)

    busy = admin_client.get(url("progress", record))
    Import.objects.update(state="done")
    over = admin_client.get(url("progress", record))

    assert 'hx-trigger="every 1s"' in busy.content.decode() and "HX-Refresh" not in busy
    assert over["HX-Refresh"] == "true"


def test_failed_import_says_why(draft, fetch):
    record = draft()
    Import.objects.update(state="failed", error="the file is damaged")

    assert "The file is damaged" in fetch("change", record)


def test_rows_show_contact_raw_text_and_reason(done, fetch):
    record = done(("+14155550100", "Ann", "", "", ""), ("12", EVIL, "", "", ""))

    html = fetch("rows", record)

    contact = Contact.objects.get()
    assert f"/admin/contacts/contact/{contact.pk}/change/" in html
    assert "12 | &lt;script&gt;alert(1)&lt;/script&gt;" in html and "<script>alert" not in html
    assert "phone number too short: 2 digits" in html


def test_filter_of_rows_that_means_nothing_is_left_out_with_a_notice(done, fetch):
    record = done(("+14155550100", "Ann", "", "", ""))

    html = unescape(fetch("rows", record, outcome="lost", undo="kept\0"))

    assert "The filter “outcome” was left out: 'lost' means nothing." in html
    assert "The filter “undo” was left out" in html and "+14155550100" in html


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ({}, [2, 3, 4]),
        ({"outcome": "rejected"}, [4]),
        ({"outcome": "nonsense"}, [2, 3, 4]),
        ({"outcome": "updated"}, []),
        ({"q": "too short"}, [4]),
        ({"q": "OTTO"}, [4]),
        ({"q": "+1415555010"}, [2, 3]),
        ({"q": "3"}, [3]),
        ({"q": "%"}, []),
        ({"q": "\0"}, [2, 3, 4]),
        ({"after": "3"}, [4]),
        ({"after": "9" * 30}, [2, 3, 4]),
    ],
)
def test_rows_are_filtered_and_searched(done, admin_client, query, lines):
    record = done(
        ("+14155550100", "Ann", "", "", ""),
        ("+14155550101", "Bo", "", "", ""),
        ("12", "Otto", "", "", ""),
    )

    page = admin_client.get(url("rows", record), query).context["page"]

    assert [one.row.line for one in page.rows] == lines


def test_long_search_goes_on_where_it_ended(done, admin_client, monkeypatch):
    record = done(*[(f"+1415555{n:04}", "", "", "", "") for n in range(100, 110)])
    monkeypatch.setattr("contacts.importing.outcomes.SEARCHED", 4)

    first = admin_client.get(url("rows", record), {"q": "+14155550106"}).context
    second = admin_client.get(url("rows", record) + first["next_query"]).context

    assert (first["page"].rows, first["page"].searched_to) == ([], 5)
    assert [one.row.line for one in second["page"].rows] == [8]


def test_undo_asks_then_takes_back_into_buckets(done, fetch, admin_client):
    record = done()

    asked = fetch("undo", record)
    response = admin_client.post(url("undo", record))

    assert "Take this import back?" in asked
    assert response["Location"] == url("change", record)
    assert Import.objects.get().state == "undoing"
    assert 'hx-trigger="every 1s"' in fetch("change", record)


def test_undone_import_shows_its_buckets(done, fetch):
    from contacts.importing.undo import run_undo, undo

    record = done()
    undo(record, rings=False)
    run_undo(record.pk)

    html = fetch("change", record)

    assert f"{url('rows', record)}?undo=reversed" in html and url("undo", record) not in html
    assert "the contact is gone" in fetch("rows", record, undo="reversed")
    assert Contact.objects.count() == 0


def test_undo_of_what_was_not_done_is_refused(draft, admin_client):
    record = draft()

    got, posted = admin_client.get(url("undo", record)), admin_client.post(url("undo", record))

    assert got["Location"] == posted["Location"] == url("change", record)
    assert Import.objects.get().state == "draft"


def test_delete_takes_rows_and_copy_and_leaves_contacts(done, fetch, admin_client, uploads):
    record = done()

    asked = fetch("delete", record)
    admin_client.post(url("delete", record))

    assert "Its contacts stay" in asked
    assert (Import.objects.count(), Contact.objects.count()) == (0, 1)
    assert not list(uploads.iterdir())


def test_import_at_work_is_not_deleted(draft, admin_client):
    record = draft()
    Import.objects.update(state="working")

    response = admin_client.post(url("delete", record))

    assert response["Location"] == url("change", record) and Import.objects.count() == 1


def test_contacts_of_an_import_can_be_exported_by_who_may(done, person, client, fetch):
    record = done()
    address = f"/admin/contacts/export/add/?import={record.pk}"

    assert address in fetch("change", record)

    person("view_import")
    assert address not in client.get(url("change", record)).content.decode()
