"""The page on which an export is asked for: selection, format, columns, and what is sent."""

import pytest
from django.utils.http import urlencode

from contacts.exports.columns import DEFAULT
from contacts.models import ColumnSet, Contact, Export, ExportDownload
from tests.contacts.exports.conftest import left, make, make_many, number_of, url

pytestmark = pytest.mark.django_db

WISH = {"format": "csv", "column": ["phone_e164", "email"], "order": "email,phone_e164",
        "do": "export"}  # fmt: skip


@pytest.fixture
def olga(person):
    return person("export_contact", name="olga")


def ask(client, query=None, **changes):
    return client.post(f"{url('add')}?{urlencode(query or {})}", {**WISH, **changes})


def html(response):
    assert response.status_code == 200
    return response.content.decode()


def test_a_small_selection_is_sent_at_once_and_kept(olga, client, folder):
    make(0, email="a@x.test", line_type="mobile")
    make(1, email="b@x.test")

    response = ask(client, {"line_type": "mobile"})

    assert response.streaming and response["Content-Type"] == "text/csv; charset=utf-8"
    body = b"".join(response.streaming_content)
    assert body.decode("utf-8-sig") == f"E-mail,Phone\r\na@x.test,{number_of(0)}\r\n"
    record = Export.objects.get()
    assert response["Content-Disposition"] == f'attachment; filename="{record.file_name}"'
    assert (record.state, record.described, record.row_count) == ("done", "line type mobile", 1)
    assert (record.size_bytes, record.created_by) == (len(body), olga)
    assert left(folder) == [record.file]
    assert ExportDownload.objects.get().what == "CSV: line type mobile"


def test_a_large_one_is_a_workers_and_a_second_click_finds_it(olga, client, folder, small_limit):
    make_many(3)

    first, second = ask(client), ask(client)

    record = Export.objects.get()
    assert (first.status_code, first["Location"]) == (302, url("change", record.pk))
    assert second["Location"] == first["Location"]
    assert (record.state, record.columns) == ("waiting", ["email", "phone_e164"])
    assert ExportDownload.objects.count() == 0
    assert not folder.exists()


def test_the_page_shows_what_is_selected(olga, client):
    make(0, line_type="mobile")
    make(1)

    page = html(client.get(url("add"), {"line_type": "mobile"}))
    counted = html(client.get(url("count"), {"line_type": "mobile"}))

    assert "Line type mobile" in page
    assert f"{url('count')}?line_type=mobile" in page
    assert "<strong>1</strong> contact" in counted


def test_nobody_selected_is_said_before(olga, client):
    assert "would hold nobody" in html(client.get(url("count"), {"status": "failed"}))


def test_a_broken_filter_exports_nothing(olga, client, folder):
    make(0)

    page = html(ask(client, {"status": "purple"}))

    assert "Nothing was exported" in page and "&#x27;purple&#x27; means nothing" in page
    assert Export.objects.count() == 0
    assert 'value="email,phone_e164"' in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"column": []}, "Choose at least one column."),
        ({"column": ["phone_e164", "password"]}, "password is not one of the available choices"),
        ({"format": "exe"}, "exe is not one of the available choices"),
        ({"do": "save"}, "Give the set a name."),
        ({"do": "save", "set_name": "x" * 61}, "at most 60 characters"),
        ({"order": "x," * 5000}, "at most 5000 characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(olga, client, changes, said):
    page = html(ask(client, **changes))

    assert said in page
    assert Export.objects.count() == ColumnSet.objects.count() == 0


def test_columns_are_remembered_for_each_person(olga, client, person):
    b"".join(ask(client).streaming_content)

    mine = html(client.get(url("add")))
    person("export_contact", name="sam")
    theirs = html(client.get(url("add")))

    assert 'name="order" value="email,phone_e164"' in mine
    assert f'name="order" value="{",".join(DEFAULT)}"' in theirs


def test_a_named_set_is_kept_used_replaced_and_deleted(olga, client):
    saved = ask(client, {"line_type": "mobile"}, do="save", set_name=" Callers ")
    kept = ColumnSet.objects.get()
    again = ask(client, do="save", set_name="callers", column=["phone_e164"], order="")
    kept.refresh_from_db()

    assert saved["Location"] == f"{url('add')}?line_type=mobile&set={kept.pk}"
    assert again["Location"] == f"{url('add')}?set={kept.pk}"
    assert (kept.name, kept.columns) == ("Callers", ["phone_e164"])
    assert 'name="order" value="phone_e164"' in html(client.get(url("add"), {"set": kept.pk}))
    assert client.post(url("set_delete", kept.pk)).status_code == 302
    assert ColumnSet.objects.count() == 0


def test_a_set_is_its_owners_alone(olga, client, person):
    ask(client, do="save", set_name="Callers")
    kept = ColumnSet.objects.get()

    person("export_contact", name="sam")

    assert "Callers" not in html(client.get(url("add"), {"set": kept.pk}))
    assert client.post(url("set_delete", kept.pk)).status_code == 404
    assert ColumnSet.objects.count() == 1


@pytest.mark.parametrize("query", [{"set": "²"}, {"set": "-1"}, {"ids": "1,x"}, {"q": "\0"}])
def test_broken_addresses_show_the_page(olga, client, query):
    assert client.get(url("add"), query).status_code == 200


def test_names_are_text(olga, client):
    ask(client, do="save", set_name="<script>alert(1)</script>")

    page = html(client.get(url("add"), {"q": "<script>alert(2)</script>"}))

    assert "<script>alert" not in page


def test_exporting_changes_no_contact(olga, client):
    before = make(0)

    b"".join(ask(client).streaming_content)

    assert Contact.objects.get().updated_at == before.updated_at
