"""Parcels are delivered once, signed, and tried again where that may help."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from contacts import happenings
from enrichment.models import Recipe, Run
from tests.webhooks.out.conftest import later, parcels, send
from webhooks import tasks
from webhooks.models import Attempt, Parcel, Subscription
from webhooks.out import owing, sending, settling, subscriptions
from webhooks.out.subscriptions import opened


def states():
    return sorted(Parcel.objects.values_list("state", flat=True))


def test_a_run_that_is_done_is_told_signed(subscribed, receiver):
    recipe = Recipe.objects.create(slug="r", name="R")
    run = Run.objects.create(recipe=recipe, name="Spring", state="done", total_count=2)
    happenings.tell(happenings.RUN_FINISHED, [(run.pk, {})])

    assert send() is False

    ((headers, body),) = receiver.got
    said = Webhook(opened(subscribed).secret).verify(body, headers)
    assert (said["type"], said["data"]["run"]["name"]) == ("run.finished", "Spring")
    parcel, attempt = Parcel.objects.get(), Attempt.objects.get()
    assert headers["webhook-id"] == f"msg_{parcel.message_id.hex}"
    assert (parcel.state, parcel.tries, attempt.status, attempt.answer) == (
        "delivered",
        1,
        200,
        "ok",
    )
    subscribed.refresh_from_db()
    assert subscribed.delivered_at and subscribed.failures == 0


def test_both_secrets_sign_for_a_day_after_a_new_one(subscribed, receiver):
    former = opened(subscribed).secret
    new = subscriptions.rotate(subscribed)
    parcels(subscribed)
    send()
    later(hours=24)
    parcels(subscribed)
    send()

    meanwhile, afterwards = receiver.got
    for secret in (former, new):
        Webhook(secret).verify(meanwhile[1], meanwhile[0])
    Webhook(new).verify(afterwards[1], afterwards[0])
    with pytest.raises(WebhookVerificationError):
        Webhook(former).verify(afterwards[1], afterwards[0])


def test_ar_03_xr_08_tried_again_with_growing_waits_and_the_same_id(subscribed, receiver):
    receiver.answers = [(500, {}, b"no")]
    parcels(subscribed)

    waits = []
    for _ in range(settling.MOST_TRIES):
        began = timezone.now()
        send()
        parcel = Parcel.objects.get()
        waits.append((parcel.due_at - began, parcel.due_at - timezone.now()))
        later(hours=12)

    assert len(receiver.got) == settling.MOST_TRIES == 9
    assert len(set(receiver.ids)) == 1
    for (since_began, since_ended), least in zip(waits[:-1], settling.WAITS_S, strict=True):
        assert since_began >= timedelta(seconds=least)
        assert since_ended <= timedelta(seconds=least * 1.1)
    assert 36 * 3600 < sum(settling.WAITS_S) < 40 * 3600
    assert (parcel.state, parcel.outcome) == ("dead", "It answered 500.")


def test_replayed_on_a_persons_word_with_the_same_id(subscribed, receiver):
    receiver.answers = [(410, {}, b"")]
    parcels(subscribed)
    send()
    subscriptions.switch_on(Subscription.objects.all())
    receiver.answers = [(204, {}, b"")]

    assert sending.replay(Parcel.objects.filter(state="failed")) == 1
    send()

    assert states() == ["delivered"]
    assert len(receiver.ids) == 2 and len(set(receiver.ids)) == 1
    assert list(Attempt.objects.values_list("status", flat=True)) == [410, 204]


def test_gone_is_switched_off_at_once_and_what_waits_stays(subscribed, receiver):
    receiver.answers = [(410, {}, b"")]
    parcels(subscribed)
    send()
    parcels(subscribed)
    send()

    subscribed.refresh_from_db()
    assert (subscribed.is_enabled, subscribed.off_why) == (
        False, "It answered 410: it wants to hear no more.",
    )  # fmt: skip
    assert len(receiver.got) == 1 and states() == ["failed", "waiting"]
    assert not happenings.is_wanted(happenings.RUN_FINISHED)


def test_switched_off_after_five_days_of_failing(subscribed, receiver):
    receiver.answers = [(503, {}, b"")]
    parcels(subscribed)
    send()
    later(days=4, hours=23)
    send()
    still_on = Subscription.objects.get().is_enabled
    later(hours=2)
    send()

    row = Subscription.objects.get()
    assert (still_on, row.is_enabled) == (True, False)
    assert row.off_why == "It has failed for 5 days. It answered 503."
    assert list(Subscription.objects.broken()) == [row]


def test_one_success_ends_the_failing(subscribed, receiver):
    receiver.answers = [(503, {}, b""), (200, {}, b"")]
    parcels(subscribed)
    send()
    later(days=6)
    send()

    row = Subscription.objects.get()
    assert (row.is_enabled, row.failing_since, row.failures) == (True, None, 0)


def test_left_alone_for_as_long_as_it_asks(subscribed, receiver):
    receiver.answers = [(429, {"Retry-After": "600"}, b""), (200, {}, b"")]
    parcels(subscribed, 1)
    send()
    parcels(subscribed, 5)
    later(minutes=9)
    send()
    before = len(receiver.got)
    later(minutes=2)
    send()

    assert (before, len(receiver.got), states()) == (1, 7, ["delivered"] * 6)


def test_one_that_fails_rests_and_then_a_single_parcel_tries(subscribed, receiver):
    receiver.answers = [(500, {}, b"")]
    parcels(subscribed, 50)
    send()
    first = len(receiver.got)
    later(minutes=5)
    send()

    # What two failures make room for goes before the third lets it rest.
    assert sending.AT_ONCE <= first <= sending.AT_ONCE + 2
    assert len(receiver.got) - first == 1


def test_in_the_sandbox_nothing_leaves_the_house(subscribe, settings):
    settings.SANDBOX = True
    row = subscribe("https://93.184.216.34/in")
    parcels(row)
    send()

    parcel = Parcel.objects.get()
    assert (parcel.state, parcel.tries, Attempt.objects.count()) == ("kept", 1, 0)
    row.refresh_from_db()
    assert (row.failures, row.delivered_at) == (0, None)


def test_what_cannot_be_told_holds_up_nothing(subscribed, receiver):
    happenings.tell(happenings.RUN_FINISHED, [("none", {}), (7, {})])
    parcels(subscribed)

    send()

    assert states() == ["delivered", "delivered"]
    said = [json.loads(body)["data"] for _, body in receiver.got]
    assert {"run": {"id": 7, "is_deleted": True}} in said
    assert owing.owe_all() == 0


def test_an_edit_keeps_address_and_secret(subscribed, receiver):
    before = opened(subscribed)
    subscribed.name = "another"

    assert subscriptions.save(subscribed, "") == ""
    assert opened(Subscription.objects.get()) == before


def test_ar_07_the_sweep_rings_for_what_is_owed_and_for_nothing_else(subscribed):
    quiet = sending.sweep()
    happenings.tell(happenings.RUN_FINISHED, [(7, {})])
    owed = sending.sweep()
    owing.owe_all()
    due = sending.sweep()
    Parcel.objects.update(state="delivered")

    assert (quiet, owed, due, sending.sweep()) == (False, True, True, False)


def test_secrets_sealed_with_a_key_that_is_gone_are_said(subscribed, receiver, settings):
    settings.SECRET_KEYS = ["another key of many characters"]
    parcels(subscribed)

    send()

    parcel = Parcel.objects.get()
    assert (parcel.state, receiver.got) == ("failed", [])
    assert parcel.outcome.startswith("A stored secret cannot be read")


def test_secrets_are_sealed_anew(subscribed, settings):
    before, old = opened(subscribed), settings.SECRET_KEYS
    settings.SECRET_KEYS = ["another key of many characters", *old]

    assert subscriptions.reseal() == 1

    settings.SECRET_KEYS = settings.SECRET_KEYS[:1]
    assert opened(Subscription.objects.get()) == before


def test_a_task_sends(subscribed, receiver):
    parcels(subscribed)

    tasks.send()

    assert states() == ["delivered"] and len(receiver.got) == 1


def test_one_process_sends_at_a_time(subscribed, receiver):
    parcels(subscribed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [sending.LOCK])
        beside = send()
        cursor.execute("SELECT pg_advisory_unlock(%s)", [sending.LOCK])

    assert (beside, receiver.got) == (False, [])
    assert send() is False and len(receiver.got) == 1


def test_whoever_is_next_may_send_at_once(subscribed, monkeypatch):
    held, leave = [], sending.connections.close_all

    def look_and_leave():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                           " AND objid = %s", [sending.LOCK])  # fmt: skip
            held.extend(cursor.fetchone())
        leave()

    monkeypatch.setattr(sending.connections, "close_all", look_and_leave)

    assert send() is False
    assert held == [0]
