"""The pages of who must not be reached: what they tell, what they ask, and for how many queries."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Contact, Suppression, SuppressionList
from contacts.suppression import Reason, standing, suppress
from contacts.suppression import lists as listing

pytestmark = pytest.mark.django_db
ANN, BOB, CYD = "+14155550100", "+14155550101", "+14155550102"
LIST = reverse("admin:contacts_suppression_changelist")
NUMBER = reverse("admin:contacts_suppression_number")
ADD = reverse("admin:contacts_suppression_add")
LIFT = reverse("admin:contacts_suppression_lift")
LISTS = reverse("admin:contacts_suppressionlist_changelist")
UPLOAD = reverse("admin:contacts_suppressionlist_add")
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"


def take_in(*numbers: str, **more) -> SuppressionList:
    more = {"name": "register", "as_of": TODAY, **more}
    return listing.take_in("\n".join(numbers), **more)


def text_of(client, url: str, **query: str) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def added(client, text: str, **more: str):
    fields = {"reason": "own", "channel": "all", "region": "US", "note": ""}
    return client.post(ADD, {"text": text, **fields, **more}, follow=True)


def test_an_empty_office_says_where_numbers_come_from(admin_client):
    assert "Everybody may be contacted" in text_of(admin_client, LIST)
    assert "No list yet" in text_of(admin_client, LISTS)


def test_pasted_numbers_are_not_contacted_from_now_on(admin_client, admin_user):
    suppress([BOB], Reason.OWN)

    response = added(admin_client, "(415) 555-0100\n415-555-0101, +14155550102", note="by post")

    assert said(response) == ["2 numbers are not contacted from now on. 1 stood there already."]
    new = Suppression.objects.filter(phone_e164__in=[ANN, CYD])
    assert list(new.values_list("note", "by")) == [("by post", admin_user.pk)] * 2


def test_every_line_that_is_no_number_is_told_and_nothing_is_kept(admin_client):
    response = added(admin_client, f"{ANN}\nrubbish\n\n12, +1415555010")

    html = response.content.decode()
    for words in (
        "Line 2, “rubbish”: has letters", "Line 4, “12”: too short: 2 digits.",
        "Line 4, “+1415555010”: too short",
    ):  # fmt: skip
        assert words in html.replace("&#x27;", "'")
    assert f"{ANN}\nrubbish" in html
    assert Suppression.objects.count() == 0


def test_of_many_wrong_lines_the_first_are_shown(admin_client):
    html = added(admin_client, "x\n" * 25).content.decode()

    assert html.count("“x”: ") == 20
    assert "5 more of them are no numbers." in html


@pytest.mark.parametrize("text", ["", " \n ", ",,;"])
def test_a_form_without_numbers_says_so(admin_client, text):
    assert "Type or paste some numbers." in added(admin_client, text).content.decode()


@pytest.mark.parametrize("reason", ["stop", "list", "because"])
def test_what_only_owners_and_files_say_cannot_be_typed(admin_client, reason):
    added(admin_client, ANN, reason=reason)

    assert Suppression.objects.count() == 0


def test_the_page_of_a_number_tells_reasons_lists_history_and_contacts(admin_client, admin_user):
    Contact.objects.create(phone_raw=ANN, phone_e164=ANN, full_name="Ann Lee")
    suppress([ANN], Reason.OWN, note="asked by post", by=admin_user)
    take_in(ANN)

    html = text_of(admin_client, NUMBER, phone="(415) 555-0100")

    for words in ("Must not be reached", "Put here by us", "asked by post", "Ann Lee",
                  "On a list “register” of 20 Nov 2026", "Nothing was ever lifted"):  # fmt: skip
        assert words in html


def test_a_number_that_nothing_stands_against(admin_client):
    html = text_of(admin_client, NUMBER, phone=ANN)

    assert "Nothing stands against this number" in html
    assert "Do not contact it" in html


def test_a_search_finds_the_number_also_where_only_a_list_has_it(admin_client):
    take_in(ANN)

    assert "must not be reached" in text_of(admin_client, LIST, q="415 555 0100")
    assert "must not be reached" not in text_of(admin_client, LIST, q="415 555 0101")


def test_lifting_takes_a_reason_and_is_kept(admin_client, admin_user):
    suppress([ANN], Reason.OWN)
    suppress([ANN], Reason.COMPLAINT)
    fields = {"phone": ANN, "reasons": ["own"], "why": " "}

    refused = admin_client.post(LIFT, fields)
    admin_client.post(LIFT, {**fields, "why": "signed the form"})

    assert "Say why: it is kept" in refused.content.decode()
    assert [one.reason for one in standing([ANN])[ANN]] == [Reason.COMPLAINT]
    html = text_of(admin_client, NUMBER, phone=ANN)
    assert "signed the form" in html and f"Lifted by {admin_user}" in html


def test_lifting_is_for_who_may_and_suppressing_for_more(client, person):
    person("view_suppression", "add_suppression", "view_suppressionlist")
    suppress([ANN], Reason.OWN)

    refused = client.post(LIFT, {"phone": ANN, "reasons": ["own"], "why": "x"})
    added(client, BOB)

    assert refused.status_code == 403
    assert "Lift it" not in text_of(client, NUMBER, phone=ANN)
    assert len(standing([ANN, BOB])) == 2


def form(**more) -> dict[str, object]:
    return {"name": "register", "as_of": "2026-11-20", "days": 31, "channel": "all",
            "region": "US", "text": "", **more}  # fmt: skip


def test_a_list_is_brought_and_told(admin_client, admin_user):
    file = SimpleUploadedFile("dnc.csv", f"Phone\n{ANN}\n{ANN}\nrubbish\n".encode())

    response = admin_client.post(UPLOAD, form(file=file), follow=True)

    html = response.content.decode()
    assert "Standing" in html and "Lines without a number" in html
    record = SuppressionList.objects.get()
    assert (record.number_count, record.repeated_count, record.refused_count) == (1, 1, 1)
    assert record.created_by == admin_user
    refused = admin_client.get(reverse("admin:contacts_suppressionlist_refused", args=[record.pk]))
    assert refused.getvalue().decode().splitlines()[1].startswith("4,rubbish,has letters")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose a file, or paste some numbers."),
        ({"text": "Ann\nBob\nCyd"}, "No column holds phone numbers"),
        ({"text": ANN, "as_of": "2199-01-01"}, "This day is yet to come"),
        ({"text": ANN, "as_of": ""}, "Say of which day the list is."),
        ({"text": ANN, "name": ""}, "Give it a name"),
        ({"text": ANN, "days": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_with_a_list_is_said_beside_it(admin_client, fields, words):
    response = admin_client.post(UPLOAD, form(**fields))

    assert words in response.content.decode()
    assert SuppressionList.objects.count() == 0


def test_a_newer_issue_replaces_the_list_from_its_page(admin_client):
    old = take_in(ANN)
    url = reverse("admin:contacts_suppressionlist_replace", args=[old.pk])

    html = text_of(admin_client, url)
    admin_client.post(url, form(text=f"{BOB}\n{CYD}"))

    assert 'value="register"' in html
    assert [bool(standing([one])) for one in (ANN, BOB)] == [False, True]
    assert admin_client.post(url, form(text=ANN)).status_code == 302
    assert SuppressionList.objects.count() == 2


def test_a_list_is_deleted_after_it_was_asked(admin_client):
    record = take_in(ANN, BOB)
    url = reverse("admin:contacts_suppressionlist_delete", args=[record.pk])

    assert "Take its 2 numbers away?" in text_of(admin_client, url)
    response = admin_client.post(url, follow=True)

    assert said(response) == ["2 numbers are on “register” no more."]
    assert not standing([ANN])


def test_the_age_of_a_list_is_changed_and_a_stale_one_is_told(admin_client):
    record = take_in(ANN, as_of=date(2026, 1, 1))
    page = reverse("admin:contacts_suppressionlist_change", args=[record.pk])
    age = reverse("admin:contacts_suppressionlist_age", args=[record.pk])

    assert "Stale since 2 Feb 2026" in text_of(admin_client, page)
    assert "too old to be relied on" in text_of(admin_client, LIST)
    admin_client.post(age, {"days": 3660})
    admin_client.post(age, {"days": 0})

    assert "Stale since" not in text_of(admin_client, page)


def test_a_list_in_work_shows_how_far_it_is(admin_client):
    record = SuppressionList.objects.create(
        name="x", as_of=TODAY, state="working", read_line=50, line_count=100, number_count=49
    )
    progress = reverse("admin:contacts_suppressionlist_progress", args=[record.pk])

    assert "50 %" in text_of(admin_client, progress)
    SuppressionList.objects.update(state="standing")
    assert admin_client.get(progress).headers["HX-Refresh"] == "true"


def test_the_lists_cost_the_same_with_much(admin_client):
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(admin_client, url)
        return len(captured)

    suppress([f"+1415555{n:04}" for n in range(10)], Reason.STOP)
    take_in(ANN)
    urls = (LIST, LISTS, f"{NUMBER}?phone=%2B14155550100")
    few = [queries(url) for url in urls]
    suppress([f"+1415556{n:04}" for n in range(1_000)], Reason.STOP)
    SuppressionList.objects.bulk_create(
        SuppressionList(name=f"n{n}", as_of=TODAY, state="standing") for n in range(50)
    )

    assert [queries(url) for url in urls] == few
    assert max(few) <= 12
