"""Subscriptions and parcels in the back office: who may, what is shown, what is refused."""

import re

import pytest
from django.urls import reverse

from contacts import happenings
from tests.webhooks.out.conftest import parcels
from webhooks.models import Attempt, Parcel, Subscription
from webhooks.out.subscriptions import opened

ADD = reverse("admin:webhooks_subscription_add")
LIST = reverse("admin:webhooks_subscription_changelist")
PARCELS = reverse("admin:webhooks_parcel_changelist")
MAY = ("add_subscription", "change_subscription", "view_subscription", "delete_subscription")
TYPED = {
    "name": "crm", "kind": "webhook", "url": "https://hooks.example.test/in?token=t0ken-x",
    "recipients": "", "events": ["run.finished"], "terms": "", "daily_limit": "20",
}  # fmt: skip


def act(client, address, action, *rows):
    body = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(address, body, follow=True).content.decode()


def test_the_secret_is_shown_once(client, person, transactional_db):
    person(*MAY)

    page = client.post(ADD, TYPED, follow=True).content.decode()

    row = Subscription.objects.get()
    secret = opened(row).secret
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
    assert page.count(secret.replace("+", "+")) == 1
    assert secret not in row.sealed and "t0ken-x" not in row.sealed
    assert (row.place, row.created_by.username) == ("hooks.example.test", "bo")
    assert happenings.is_wanted("run.finished")
    for address in (LIST, reverse("admin:webhooks_subscription_change", args=[row.pk])):
        assert secret not in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"url": "http://hooks.example.test/"}, "Use https"),
        ({"url": "https://10.0.0.1/"}, "We send to public addresses only."),
        ({"url": ""}, "Say where to send it."),
        ({"events": []}, "This field is required."),
        ({"events": ["duplicate.found"]}, "Select a valid choice."),
        ({"terms": "contact.state = NY"}, "is nothing that the chosen events say."),
        ({"kind": "slack", "url": "https://example.test/services/"}, "An incoming webhook starts"),
        ({"kind": "email", "recipients": "a@acme.test b@"}, "is no e-mail address."),
        ({"kind": "email"}, "1 to 20 addresses."),
        ({"daily_limit": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(client, person, typed, words):
    person(*MAY)

    page = client.post(ADD, TYPED | typed).content.decode()

    assert words in page.replace("&quot;", '"')
    assert 'value="crm"' in page
    assert not Subscription.objects.exists()


def test_an_edit_keeps_the_secret_and_slacks_address_is_shown_nowhere(client, person, subscribe):
    person(*MAY)
    url = "https://hooks.slack.com/services/T0/B0/t0ken-x"
    row = subscribe(url, kind="slack")
    address = reverse("admin:webhooks_subscription_change", args=[row.pk])

    shown = client.get(address).content.decode() + client.get(LIST).content.decode()
    client.post(address, TYPED | {"name": "team", "url": "", "kind": "webhook"})

    row.refresh_from_db()
    assert "t0ken-x" not in shown
    assert (row.name, row.kind, opened(row).url) == ("team", "slack", url)


def test_a_new_secret_is_shown_and_the_former_one_kept(client, person, subscribe):
    person(*MAY)
    row = subscribe()
    former = opened(row).secret

    page = act(client, LIST, "rotate", row)

    row.refresh_from_db()
    assert (opened(row).secret in page, opened(row).former) == (True, former)
    assert former not in page


def test_an_example_goes_out_and_an_off_one_gets_none(client, person, subscribe):
    person(*MAY)
    on, off = subscribe(), subscribe(is_enabled=False)

    page = act(client, LIST, "send_example", on, off)

    assert "1 example on the way" in page and "Those that are off get none" in page
    assert Parcel.objects.get().subscription == on


@pytest.mark.parametrize(
    ("fields", "acts"),
    [
        ({}, {"send_example", "rotate", "switch_off"}),
        ({"is_enabled": False}, {"send_example", "rotate", "switch_on"}),
        ({"kind": "slack"}, {"send_example", "switch_off"}),
    ],
)
def test_its_page_offers_what_can_be_done(client, person, subscribe, fields, acts):
    person(*MAY)
    row = subscribe(**fields)

    page = client.get(reverse("admin:webhooks_subscription_change", args=[row.pk])).content.decode()

    assert set(re.findall(r'name="action" value="(\w+)"', page)) == acts


def test_off_and_on_again(client, person, subscribe):
    person(*MAY)
    row = subscribe()

    act(client, LIST, "switch_off", row)
    was_wanted = happenings.is_wanted("run.finished")
    act(client, LIST, "switch_on", row)

    assert (was_wanted, happenings.is_wanted("run.finished")) == (False, True)


def test_who_may_look_may_not_act(client, person, subscribe):
    person("view_subscription", "view_parcel")
    row = subscribe("https://hooks.example.test/in?token=t0ken-x")
    (parcel,) = parcels(row, state="dead")
    before = row.sealed

    for action in ("rotate", "send_example", "switch_off"):
        act(client, LIST, action, row)
    act(client, PARCELS, "again", parcel)
    seen = client.get(reverse("admin:webhooks_subscription_change", args=[row.pk]))

    row.refresh_from_db()
    assert (row.sealed, row.is_enabled) == (before, True)
    assert list(Parcel.objects.values_list("state", flat=True)) == ["dead"]
    assert "t0ken-x" not in seen.content.decode()


def test_deleted_with_its_parcels(client, person, subscribe):
    person(*MAY)
    row, other = subscribe(), subscribe(events=["import.finished"])
    (parcel, *_), (kept,) = parcels(row, 3), parcels(other)
    Attempt.objects.create(parcel=parcel, made_at=parcel.created_at, took_ms=1)
    address = reverse("admin:webhooks_subscription_delete", args=[row.pk])

    asked = client.get(address).content.decode()
    client.post(address, {"post": "yes"})

    assert "parcels: 3" in " ".join(re.sub(r"<[^>]+>", " ", asked).split()).lower()
    assert list(Parcel.objects.all()) == [kept]
    assert not happenings.is_wanted("run.finished")


def test_what_a_receiver_answered_is_shown_to_nobody(client, person, subscribe):
    person("view_parcel")
    (parcel,) = parcels(subscribe("https://hooks.example.test/in?token=t0ken-x"), state="dead")
    Attempt.objects.create(
        parcel=parcel, made_at=parcel.created_at, took_ms=1234, status=500, answer="w0rds-within",
        outcome="It answered 500.",
    )  # fmt: skip

    page = client.get(reverse("admin:webhooks_parcel_change", args=[parcel.pk])).content.decode()

    assert "w0rds-within" not in page and "t0ken-x" not in page
    assert "1,234 ms" in page and "webhook-signature: v1," in page


def test_sent_again_by_filter(client, person, subscribe):
    person("view_parcel", "replay_parcel")
    row, other = subscribe(), subscribe()
    parcels(row, 3, state="dead"), parcels(row, 1), parcels(other, 2, state="dead")
    where = f"{PARCELS}replay/?subscription={row.pk}"

    asked = client.get(where).content.decode()
    page = client.post(where, follow=True).content.decode()

    assert "Send 3 again" in asked
    assert "3 will be sent again, with the same ids." in page
    assert Parcel.objects.filter(subscription=row, state="waiting").count() == 4
    assert Parcel.objects.filter(subscription=other, state="dead").count() == 2


def test_found_by_its_id_and_by_what_it_is_about(client, person, subscribe):
    person("view_parcel")
    (first,) = parcels(subscribe(), subject="4711", kind="import.finished")
    parcels(subscribe())

    for term in ("4711", f"msg_{first.message_id.hex}", str(first.message_id)):
        page = client.get(PARCELS, {"q": term}).content.decode()
        assert re.findall(r"parcel/(\d+)/change", page) == [str(first.pk)]


@pytest.mark.parametrize("count", [10, 1000])
def test_lists_take_as_many_queries_however_long(
    client, person, subscribe, count, django_assert_max_num_queries
):
    person("view_parcel", "view_subscription")
    rows = [subscribe(name=f"s{number}") for number in range(3)]
    parcels(rows[0], count)

    for address in (PARCELS, LIST):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200
