"""The editor of mappings: looked at, rearranged, saved, brought back, carried from file to file."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contacts.models import Contact
from crm_sync.connector import CONTACT, Field, Row
from crm_sync.mapping import service
from crm_sync.models import Connection, Link, Mapping, OutboxItem
from tests.crm_sync.mapping.acme import CONTACT_FIELDS

pytestmark = pytest.mark.django_db
EDITOR = ("view_mapping", "change_mapping", "view_contact")
FAMILY, MAIL = Row("last_name", "Family"), Row("email", "Mail")


@pytest.fixture
def at(connection):
    def address(page="page", **more):
        kwargs = {"connection_id": connection.pk, "obj": CONTACT, **more}
        return reverse(f"mapping:{page}", kwargs=kwargs)

    return address


def form(*rows, cuts=(), omits=(), **more):
    """What the browser posts for these rows."""
    return {
        "ours": [row.ours for row in rows],
        "remote": [row.remote for row in rows],
        "direction": [row.direction for row in rows],
        "wins": [row.wins for row in rows],
        "transform": [row.transform for row in rows],
        "options": ["\n".join(f"{a} = {b}" for a, b in row.options.items()) for row in rows],
        "cuts": list(cuts), "omits": list(omits), **more,
    }  # fmt: skip


def text(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def kept(connection):
    return service.rows_of(service.find(connection, CONTACT))


def test_page_shows_the_defaults_and_keeps_nothing(client, person, at):
    person(*EDITOR)

    page = text(client.get(at()))

    assert "Our defaults, not saved yet" in page
    assert "The CRM has not told its fields yet" in page
    assert 'value="name.last"' in page
    assert Mapping.objects.count() == 0


def test_page_shows_what_the_crm_described(client, person, at, described):
    person(*EDITOR)

    page = text(client.get(at()))

    assert "Family name: text, up to 80 characters, required" in page
    assert "Contact: First name, text, up to 100 characters" in page
    assert "Mobile (1)" in page
    assert "To be mended" not in page


def test_viewer_sees_the_rows_without_controls(client, person, at, described):
    person("view_mapping")

    page = text(client.get(at()))

    assert "<strong>email</strong> ↔ <strong>Mail</strong>" in page
    assert 'name="ours"' not in page and "Set back" not in page
    assert client.post(at(), form(FAMILY)).status_code == 403


def test_ar_69_saving_makes_a_version_and_writes_who_did_it(client, person, at, connection,
                                                            described):  # fmt: skip
    user = person(*EDITOR)
    row = Row("line_type", "Kind", "push", "ours", "lower", {"mobile": "1"})

    response = client.post(at(), form(FAMILY, row, cuts=["1"], omits=["1"], seen="1"))

    assert response.status_code == 302
    assert kept(connection) == (
        FAMILY, Row("line_type", "Kind", "push", "ours", "lower truncate omit", {"mobile": "1"}),
    )  # fmt: skip
    assert LogEntry.objects.get().change_message == "Mapping of contacts: saved as version 2"
    assert (service.find(connection, CONTACT).created_by, LogEntry.objects.get().user) == (
        user, user,
    )  # fmt: skip


def test_saving_what_did_not_change_makes_no_version(client, person, at, described):
    person(*EDITOR)

    rows = service.rows_of(described)
    plain = [Row(r.ours, r.remote, r.direction, r.wins, "", r.options)
             if r.transform == "truncate" else r for r in rows]  # fmt: skip
    cuts = [str(n) for n, row in enumerate(rows) if row.transform == "truncate"]
    client.post(at(), form(*plain, cuts=cuts, seen="1"))

    assert (Mapping.objects.count(), LogEntry.objects.count()) == (1, 0)


def test_wrong_row_is_told_beside_it_and_what_was_typed_stays(client, person, at, described):
    person(*EDITOR)

    page = text(client.post(at(), form(FAMILY, Row("email", "Mial"), seen="1")))

    assert "Nothing was saved yet" in page
    assert "The CRM has no field Mial." in page and 'value="Mial"' in page
    assert Mapping.objects.count() == 1


def test_line_of_values_that_is_none_is_told(client, person, at, described):
    person(*EDITOR)
    body = form(FAMILY, Row("line_type", "Kind", "push"), seen="1")
    body["options"][1] = "mobile"

    page = text(client.post(at(), body))

    assert "this is not one: mobile" in page and ">mobile</textarea>" in page
    assert Mapping.objects.count() == 1


def test_required_field_that_is_not_covered_is_listed_first(client, person, at, described):
    person(*EDITOR)

    client.post(at(), form(MAIL, seen="1"))
    page = text(client.get(at()))

    assert page.index("is required in the CRM") < page.index('name="ours"')
    assert "Add a row for Family name" in page and "Stops syncs" in page


def test_who_saved_meanwhile_is_told_with_the_differences(client, person, at, connection,
                                                          described):  # fmt: skip
    person(*EDITOR)
    service.save(connection, CONTACT, [FAMILY, MAIL])

    page = text(client.post(at(), form(FAMILY, seen="1")))

    assert "has saved version 2 meanwhile" in page
    assert "Removed: email ↔ Mail, the newest" in page
    assert 'name="seen" value="2"' in page
    assert kept(connection) == (FAMILY, MAIL)

    client.post(at(), form(FAMILY, seen="2"))
    assert kept(connection) == (FAMILY,)


def test_who_edits_defaults_that_somebody_has_saved_meanwhile_is_told(client, person, at,
                                                                      connection):  # fmt: skip
    person(*EDITOR)
    service.save(connection, CONTACT, [FAMILY, MAIL])

    page = text(client.post(at(), form(FAMILY, seen="0")))

    assert "has saved version 2 meanwhile" in page
    assert kept(connection) == (FAMILY, MAIL)


def test_rows_are_added_and_removed_without_saving(client, person, at, described):
    person(*EDITOR)
    rows = (FAMILY, Row("", ""), MAIL)

    removed = text(client.post(at("arrange"), form(*rows, do="remove:0")))
    added = text(client.post(at("arrange"), form(*rows, do="add:Given")))
    nothing = text(client.post(at("arrange"), form(*rows, do="remove:99")))

    assert 'value="last_name" list' not in removed
    assert removed.count('name="ours"') == 2
    assert 'value="Given"' in added and added.count("autofocus") == 1
    assert nothing.count('name="ours"') == 3
    assert Mapping.objects.count() == 1


def test_look_says_what_is_wrong_and_draws_no_control(client, person, at, described):
    person(*EDITOR)

    said = text(client.post(at("look"), form(Row("", ""), Row("email", "Mial"))))

    assert said.count('hx-swap-oob="true"') == 3
    assert "<input" not in said and "<select" not in said
    assert said.index('id="said-1"') < said.index("The CRM has no field Mial.")
    assert "Choose a field" not in said


def test_defaults_are_set_back_without_saving(client, person, at, connection, described):
    person(*EDITOR)
    service.save(connection, CONTACT, [FAMILY])

    page = text(client.post(at(), form(FAMILY, do="reset", seen="2")))

    assert "These are our defaults. Nothing is saved until you save." in page
    assert 'value="name.last"' in page
    assert kept(connection) == (FAMILY,)


def test_preview_shows_what_the_newest_would_send(client, person, at, described):
    person(*EDITOR)
    Contact.objects.create(phone_raw="x", phone_e164="+14155550100", last_name="Lovelace",
                           email="ada@example.test", sms_pumping_risk_level="high")  # fmt: skip
    rows = (FAMILY, MAIL, Row("quality_score", "Score", "push"), Row("position", "Job"),
            Row("{phone_e164}", "Kind", "push"))  # fmt: skip

    shown = text(client.post(at("preview"), form(*rows)))

    assert "Lovelace" in shown and "ada@example.test" in shown and ">0</td>" in shown
    assert "is cleared" in shown
    assert "Kind of line has no value" in shown and "It could not be sent: 1 field" in shown


@pytest.mark.parametrize(
    ("whom", "found"),
    [("+14155550101", True), ("B@example.test", True), ("5", False), ("99" * 20, False),
     ("x' or 1=1", False)],
)  # fmt: skip
def test_preview_finds_another_contact(client, person, at, described, whom, found):
    person(*EDITOR)
    for n, mail in enumerate(["a@example.test", "b@example.test", "c@example.test"]):
        Contact.objects.create(id=100 + n, phone_raw="x", phone_e164=f"+1415555010{n}", email=mail)

    shown = text(client.post(at("preview"), form(MAIL, whom=whom)))

    assert ("b@example.test" in shown) is found
    assert ("Nobody here has" in shown) is not found


def test_preview_is_for_who_may_see_contacts(client, person, at, described):
    person("view_mapping")

    assert client.post(at("preview"), form(MAIL)).status_code == 403


def test_older_version_is_brought_back(client, person, at, connection, described):
    person(*EDITOR)
    service.save(connection, CONTACT, [FAMILY])

    response = client.post(at("restore", version=1), {"seen": "2"})

    assert response.status_code == 302
    assert kept(connection) == service.rows_of(described)
    assert LogEntry.objects.get().change_message == (
        "Mapping of contacts: version 1 brought back as version 3"
    )


def test_version_that_cannot_be_used_any_more_says_why(client, person, at, connection, described):
    person(*EDITOR)
    service.save(connection, CONTACT, [FAMILY])
    service.describe(connection, CONTACT, [Field("Family", "Family name")])

    page = text(client.post(at("restore", version=1), {"seen": "2"}, follow=True))

    assert "Version 1 cannot be used any more." in page
    assert kept(connection) == (FAMILY,)
    assert client.post(at("restore", version=10**30)).status_code == 404


def test_ar_40_what_older_versions_sent_is_sent_again(client, person, at, connection, described):
    person(*EDITOR)
    ada = Contact.objects.create(phone_raw="x", phone_e164="+14155550100")
    Link.objects.create(connection=connection, object=CONTACT, contact=ada, state="linked",
                        remote_id="1", mapping_version=1)  # fmt: skip
    service.save(connection, CONTACT, [FAMILY])
    assert "1 record was last" in text(client.get(at()))

    client.post(at("again"))

    assert OutboxItem.objects.get().subject_id == ada.pk


def test_file_goes_out_and_comes_in_without_being_saved(client, person, at, connection, described):
    person(*EDITOR)
    exported = client.get(at("export"))
    service.save(connection, CONTACT, [FAMILY])

    file = SimpleUploadedFile("m.json", exported.content)
    page = text(client.post(at("import"), {"file": file}))

    assert exported["Content-Disposition"] == 'attachment; filename="mapping-acme-contact-1.json"'
    assert json.loads(exported.content)["rows"] == described.rows
    assert "These are the rows of the file. Nothing is saved until you save." in page
    assert 'value="name.last"' in page
    assert kept(connection) == (FAMILY,)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\xff\xfe", "The file is no JSON."),
        (b"[" * 100_000, "The file is no JSON."),
        (b"[]", "The file holds no mapping"),
        (b'{"rows": [{"ours": 1}]}', "Row 1: ours is a text"),
        (b'{"object": "company", "rows": []}', "The file maps another object, not contacts."),
        (b'{"rows": []}' + b" " * 1_000_000, "A mapping&#x27;s file has at most 1 MB."),
        (None, "Choose a file that was exported here."),
    ],
)
def test_file_that_is_no_mapping_is_refused_in_words(client, person, at, described, body, words):
    person(*EDITOR)
    data = {} if body is None else {"file": SimpleUploadedFile("m.json", body)}

    page = text(client.post(at("import"), data))

    assert words in page
    assert Mapping.objects.count() == 1


def test_what_the_crm_says_is_shown_as_text_only(client, person, at, connection):
    person(*EDITOR)
    evil = '"><script>alert(1)</script>'
    service.describe(connection, CONTACT, [Field("x", evil, "option", options={evil: evil}),
                                           *CONTACT_FIELDS])  # fmt: skip
    rows = (FAMILY, Row(evil, "x", "push", options={evil: evil}))

    page = text(client.post(at(), form(*rows, seen="1")))

    assert evil not in page and "<script>alert" not in page


def test_no_script_style_or_handler_stands_in_the_page(client, person, at, described):
    person(*EDITOR)

    page = text(client.get(at()))
    ours = page[page.index('class="imp"') :]

    for part in (" style=", "<script>", " onclick=", " onchange=", "javascript:"):
        assert part not in ours


def test_queries_do_not_grow(client, person, at, connection, described,
                             django_assert_max_num_queries):  # fmt: skip
    person(*EDITOR)
    for n in range(30):
        service.save(connection, CONTACT, [FAMILY, Row(f'"{n}"', "Note", "push")])

    with django_assert_max_num_queries(12):
        text(client.get(at()))


def test_other_objects_are_not_there(client, person, at, connection, acme):
    person(*EDITOR)

    assert client.get(at(obj="lead")).status_code == 404
    assert client.get(at(obj="company")).status_code == 200
    assert client.get(at(connection_id=10**30)).status_code == 404


def test_crm_that_is_not_known_here_has_a_page(client, person, at, db):
    there = Connection.objects.create(kind="gone", label="Gone")
    person(*EDITOR)

    assert "Nothing is mapped yet" in text(client.get(at(connection_id=there.pk)))


def test_fragment_without_a_session_leads_to_the_whole_page(client, at):
    response = client.post(at("look"), headers={"HX-Request": "true"})

    assert response.headers["HX-Redirect"] == at()
