"""Bulk actions from the list: choosing, confirming, permissions, sent twice, undone."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
from django.urls import reverse

from contacts import selection
from contacts.models import BulkAction, Contact, ContactTag, Note, Tag
from tests.dashboards.people import signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:contacts_contact_changelist")
CHOOSE = reverse("admin:contacts_contact_choose")


def make(number: int = 100, **values: object) -> Contact:
    phone = f"+1415555{number:04d}"
    return Contact.objects.create(phone_raw=phone, phone_e164=phone, **values)


def address(kind: str, query: str = "") -> str:
    return f"{reverse('admin:contacts_contact_bulk', args=[kind])}?{query}"


def confirmed(client, kind: str, query: str = "", **typed: str):
    """Send the confirmation as the page gives it."""
    form = client.get(address(kind, query)).context["form"]
    return client.post(address(kind, query), {**form.initial, **typed})


def test_ticked_contacts_lead_to_the_confirmation(admin_client):
    response = admin_client.post(CHOOSE, {"do": "delete", "scope": "page", "id": ["3", "1"]})

    assert response["Location"] == address("delete", "ids=~1.2")


@pytest.mark.parametrize("do", ["delete", "export", "look_up", "campaign"])
def test_a_long_page_of_the_biggest_ids_fits_a_request_line(admin_client, do):
    ids = [2**63 - 1 - step * 10**16 for step in range(200)]
    refused_from = 4094  # bytes, gunicorn's limit_request_line

    response = admin_client.post(CHOOSE, {"do": do, "scope": "page", "id": ids})

    assert len(f"POST {response['Location']} HTTP/1.1\r\n") < refused_from
    chosen, notices = selection.read(dict(parse_qsl(urlsplit(response["Location"]).query)))
    assert (chosen, notices) == ({"ids": sorted(ids)}, [])


def test_choosing_is_for_who_may_see_contacts():
    client = signed_in("contacts.view_company", "contacts.delete_contact")

    assert client.post(CHOOSE, {"do": "delete", "scope": "all"}).status_code == 403


def test_all_that_match_lead_there_as_the_lists_selection(admin_client):
    response = admin_client.post(
        CHOOSE, {"do": "retry", "scope": "all", "id": ["3"], "back": "status=failed&p=2"}
    )

    assert response["Location"] == address("retry", "status=failed")


@pytest.mark.parametrize(
    "query",
    [
        {"do": "delete", "scope": "page"},
        {"do": "delete", "scope": "all", "back": "status=purple"},
        {"do": "delete", "scope": "page", "id": "x"},
        {"do": "dance", "scope": "all"},
        {},
    ],
)
def test_what_is_not_clear_leads_back(admin_client, query):
    response = admin_client.post(CHOOSE, query)

    assert response["Location"] == LIST


def test_broken_filter_does_not_widen_what_is_deleted(admin_client):
    make()

    response = admin_client.post(
        address("delete", "status=purple"), {"typed": "delete", "below": 9**9, "click": uuid4()}
    )

    assert response["Location"] == LIST
    assert (Contact.objects.count(), BulkAction.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("kind", "permission"),
    [
        ("add_tag", "contacts.add_contacttag"),
        ("remove_tag", "contacts.delete_contacttag"),
        ("reprocess", "contacts.reprocess_contact"),
        ("retry", "contacts.retry_contact"),
        ("delete", "contacts.delete_contact"),
    ],
)
def test_each_action_asks_for_its_permission(kind, permission):
    viewer = signed_in("contacts.view_contact")
    person = signed_in("contacts.view_contact", permission)

    assert viewer.post(CHOOSE, {"do": kind, "scope": "all"}).status_code == 403
    assert viewer.get(address(kind)).status_code == 403
    assert viewer.post(address(kind)).status_code == 403
    assert person.get(address(kind)).status_code == 200
    assert [one.name for one in person.get(LIST).context["actions"]] == [kind]


def test_confirmation_says_how_many_and_who_is_meant(admin_client):
    noted = make(line_type="mobile")
    make(101)
    Note.objects.create(contact=noted, text="call back")

    html = admin_client.get(address("delete", "line_type=mobile")).content.decode()

    assert "1 contact\n" in html or "1 contact<" in html
    assert "Line type mobile." in html and "<strong>1</strong> of them has notes" in html


def test_tag_is_added_and_taken_back(admin_client):
    contact = make()

    done = confirmed(admin_client, "add_tag", f"ids={contact.pk}", tag="  VIP ")
    record = BulkAction.objects.get()

    assert done["Location"] == reverse("admin:contacts_bulkaction_change", args=[record.pk])
    assert (record.state, record.changed_count, str(record.tag)) == ("done", 1, "VIP")
    assert contact.tags.get().name == "VIP"
    admin_client.post(reverse("admin:contacts_bulkaction_undo", args=[record.pk]))
    assert not contact.tags.exists()
    assert "Undone" in admin_client.get(done["Location"]).content.decode()


def test_form_that_is_sent_twice_is_done_once(admin_client):
    make()
    sent = {"below": 9**9, "click": uuid4(), "tag": "VIP"}

    first, second = (admin_client.post(address("add_tag"), sent) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert (BulkAction.objects.count(), ContactTag.objects.count()) == (1, 1)


def test_contact_that_came_after_the_count_is_not_meant(admin_client):
    old = make()
    form = admin_client.get(address("delete")).context["form"]
    new = make(101)

    admin_client.post(address("delete"), {**form.initial, "typed": "Delete"})

    assert list(Contact.objects.all()) == [new]
    assert not Contact.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize(
    ("kind", "typed", "error"),
    [
        ("delete", {"typed": "yes"}, "Type “delete”, without the quotation marks."),
        ("delete", {}, "Type “delete” to confirm."),
        ("add_tag", {"tag": " "}, "Say which tag."),
        ("add_tag", {"tag": "x" * 51}, "at most 50 characters"),
        ("add_tag", {"tag": "a\0b"}, "Null characters are not allowed."),
        ("remove_tag", {"tag": "nowhere"}, "There is no tag “nowhere”."),
        ("reprocess", {"reason": ""}, "Say why"),
    ],
)
def test_error_stands_at_the_field_and_nothing_is_done(admin_client, kind, typed, error):
    make()

    response = confirmed(admin_client, kind, **typed)

    assert response.status_code == 200
    assert error in response.content.decode()
    assert (Contact.objects.count(), BulkAction.objects.count()) == (1, 0)


@pytest.mark.parametrize("sent", [{}, {"below": "x", "click": "y"}, {"below": "9" * 40}])
def test_form_without_its_marks_does_nothing(admin_client, sent):
    make()

    response = admin_client.post(address("delete"), {"typed": "delete", **sent})

    assert response.status_code == 200
    assert BulkAction.objects.count() == 0


def test_page_of_another_persons_action_needs_a_permission(admin_client):
    contact = make()
    page = confirmed(admin_client, "add_tag", f"ids={contact.pk}", tag="VIP")["Location"]
    record = BulkAction.objects.get()
    undo = reverse("admin:contacts_bulkaction_undo", args=[record.pk])
    tagger = signed_in("contacts.view_contact", "contacts.add_contacttag")
    seer = signed_in("contacts.view_bulkaction")
    undoer = signed_in("contacts.view_bulkaction", "contacts.undo_bulkaction")

    assert (tagger.get(page).status_code, tagger.post(undo).status_code) == (403, 403)
    assert (seer.get(page).status_code, seer.post(undo).status_code) == (200, 403)
    assert Tag.objects.get().contacts.count() == 1
    assert undoer.post(undo).status_code == 302
    assert Tag.objects.get().contacts.count() == 0


def test_deleting_is_not_undone(admin_client):
    make()
    confirmed(admin_client, "delete", typed="delete")
    record = BulkAction.objects.get()

    response = admin_client.post(reverse("admin:contacts_bulkaction_undo", args=[record.pk]))

    assert response.status_code == 403
    assert BulkAction.objects.get().state == "done"


def test_progress_of_what_waits_is_a_fragment_and_of_what_is_done_a_refresh(admin_client):
    record = BulkAction.objects.create(
        kind="retry", click=uuid4(), below_id=1, total_count=20_000, selection={}
    )
    address = reverse("admin:contacts_bulkaction_progress", args=[record.pk])

    assert "Waiting for a worker" in admin_client.get(address).content.decode()
    BulkAction.objects.update(state="done")
    assert admin_client.get(address)["HX-Refresh"] == "true"


def test_list_of_bulk_actions(admin_client):
    make()
    confirmed(admin_client, "reprocess", reason="carriers changed")

    html = admin_client.get(reverse("admin:contacts_bulkaction_changelist")).content.decode()

    assert "Open completed contacts again" in html and "carriers changed" in html
