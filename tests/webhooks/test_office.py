"""Deliveries and senders in the back office."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from tests.dashboards.costs import used_now
from webhooks import sealing
from webhooks.models import Delivery, Sender

LIST = "/admin/webhooks/delivery/"
SECRET = "a secret of HubSpot's app"


def delivery(event: str, **values) -> Delivery:
    row = {"sender": "twilio", "kind": "sms-status", "payload": {"To": "1"}, "subject": event}
    return Delivery.objects.create(event=event, **row | values)


def page_of(slug):
    sealing.ensure_senders()
    return reverse("admin:webhooks_sender_change", args=[Sender.objects.get(slug=slug).pk])


@pytest.fixture
def manager(person, client):
    person("view_delivery", "replay_delivery")
    return client


@pytest.fixture
def admin(person, client):
    person("view_sender", "change_sender")
    return client


def test_nothing_yet_says_what_comes_first(manager):
    assert "Nothing has come in yet" in manager.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("term", "found"), [("SM1", {"SM1"}), ("SM", set()), ("contractbroken", {"SM2"}), ("x\0", None)]
)
def test_search_finds_ids_whole_and_reasons_in_part(manager, term, found):
    delivery("SM1"), delivery("SM3", outcome="ContractBroken")
    delivery("SM2", state="dead", outcome="ContractBroken in our own code")

    answer = manager.get(LIST, {"q": term})

    shown = {row.subject for row in answer.context["cl"].result_list}
    assert answer.status_code == 200
    assert found is None or shown == found


def test_all_that_the_list_shows_are_worked_again(manager):
    delivery("a", state="dead"), delivery("b", state="dead"), delivery("c", state="done")
    delivery("d", state="waiting")
    where = f"{LIST}replay/?state__exact=dead"

    asked = manager.get(where).content.decode()
    before = Delivery.objects.filter(state="waiting").count()
    manager.post(where)

    assert ("Work 2 again" in asked, before) == (True, 1)
    states = dict(Delivery.objects.values_list("event", "state"))
    assert states == {"a": "waiting", "b": "waiting", "c": "done", "d": "waiting"}


def test_a_filter_that_is_none_replays_nothing(manager):
    delivery("a", state="dead")

    answer = manager.post(f"{LIST}replay/?nonsense=1")

    assert answer.status_code == 302
    assert Delivery.objects.get().state == "dead"


def test_the_list_asks_as_much_at_one_row_as_at_many(manager, django_assert_max_num_queries):
    delivery("a", state="dead")
    used_now(manager)
    with django_assert_max_num_queries(12) as few:
        manager.get(LIST, {"q": "code"})
    for n in range(60):
        delivery(f"b{n}", state="dead", outcome="in our own code")
    with django_assert_max_num_queries(12) as many:
        manager.get(LIST, {"q": "code"})

    assert len(few) == len(many)


def test_a_typed_secret_is_kept_and_never_shown(admin):
    page = page_of("hubspot")
    before = admin.get(page).content.decode()
    answer = admin.post(page, {"typed": SECRET, "organization": "62515"}, follow=True)
    again = admin.post(page, {"typed": "", "organization": ""}, follow=True)

    assert "Not set: nothing is taken in" in before
    assert SECRET not in answer.content.decode() + again.content.decode()
    assert sealing.known("hubspot") == sealing.Known((SECRET,), "")
    assert not any(SECRET in entry.change_message for entry in LogEntry.objects.all())


def test_a_short_secret_is_refused_beside_its_field(admin):
    answer = admin.post(page_of("hubspot"), {"typed": "short"})

    assert answer.status_code == 200
    assert "at least 16 characters" in answer.content.decode()
    assert not Sender.objects.get(slug="hubspot").sealed


@pytest.mark.parametrize(
    ("slug", "shown"),
    [
        ("salesforce", r"Address: <code>http[^<]+/webhooks/salesforce\?token=([\w-]{43})</code>"),
        ("pipedrive", r"Password: <code>([\w-]{43})</code>"),
        ("dynamics", r"Key: <code>([\w-]{43})</code>"),
    ],
)
def test_a_made_secret_is_shown_once(admin, slug, shown):
    page = page_of(slug)

    after = admin.post(page, {"makes": "on", "organization": ""}, follow=True).content.decode()
    later = admin.get(page).content.decode()

    made = re.search(shown, after)
    assert made is not None
    assert sealing.known(slug).secrets == (made[1],)
    assert made[1] not in later


def test_the_list_of_senders_has_all_and_says_what_came(admin, django_assert_max_num_queries):
    delivery("a", sender="hubspot", kind="contact.creation")

    with django_assert_max_num_queries(14):
        said = admin.get("/admin/webhooks/sender/").content.decode()

    assert all(label in said for label in Sender.Slug.labels)
    assert ("contact.creation, 0" in said, said.count("Nothing yet")) == (True, 3)


def test_who_may_only_look_gets_no_fields_to_fill(person, client):
    person("view_sender")

    said = client.get(page_of("hubspot")).content.decode()

    assert 'name="typed"' not in said
    assert client.post(page_of("hubspot"), {"typed": SECRET}).status_code == 403
