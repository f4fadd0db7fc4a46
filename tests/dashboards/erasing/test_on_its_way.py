"""What is in somebody's hands ends first, and is erased then."""

import pytest
from django.utils import timezone

from contacts.models import Contact, Worker
from crm_sync.models import Change, Deletion, Link, OutboxItem
from enrichment.models import Answer, RunItem
from outreach.models import Message
from tests.dashboards.erasing.conftest import again, answer, erased, left_of_her
from tests.dashboards.rows import uuid


@pytest.fixture
def worker(house):
    return Worker.objects.create(id=uuid(7), name="a worker")


def test_crm_sync_that_is_sending_ends_first_and_is_deleted_there(house, worker):
    OutboxItem.objects.update(state="claimed", worker_id=worker.pk)
    Link.objects.update(remote_id="", state="new", agreed={}, intended_at=timezone.now())

    waiting = erased(house, rounds=1)
    assert (waiting.state, waiting.words) == (
        "waiting", "a sync is sending them to Our HubSpot just now",
    )  # fmt: skip
    assert Contact.objects.filter(pk=house.pk).exists()
    Link.objects.update(remote_id="702", state="linked", intended_at=None)
    OutboxItem.objects.all().delete()
    receipt = again()

    assert receipt.state == "done"
    assert list(Deletion.objects.values_list("remote_id", "reason")) == [("702", "erased")]
    assert (OutboxItem.objects.count(), Change.objects.count(), Link.objects.count()) == (0, 0, 0)


def test_record_whose_answer_was_lost_is_looked_for_by_our_key(house):
    Link.objects.update(remote_id="", state="new", agreed={}, intended_at=timezone.now())
    key = Link.objects.get().key

    erased(house)

    assert list(Deletion.objects.values_list("remote_id", flat=True)) == [f"key:{key}"]


def test_run_that_has_her_in_hand_ends_first(house, worker):
    RunItem.objects.update(state="claimed", worker_id=worker.pk)

    waiting = erased(house, rounds=1)
    assert (waiting.state, waiting.words) == ("waiting", "a run is working on it")
    RunItem.objects.update(state="done", worker_id=None)

    assert again().state == "done"
    assert left_of_her() == {}


def test_answer_that_comes_after_the_first_look_is_found_by_the_second(house, settings):
    settings.ERASURE_AGAIN_S = 600
    erased(house, rounds=1)
    answer("twilio.line_type", "+14155550142")
    settings.ERASURE_AGAIN_S = 0

    assert again().state == "done"
    assert (left_of_her(), Answer.objects.filter(lookup="twilio.line_type").count()) == ({}, 0)


def test_message_that_has_left_us_is_waited_for(house, worker):
    Message.objects.filter(state="waiting").update(state="claimed", worker_id=worker.pk)

    waiting = erased(house, rounds=1)

    assert (waiting.state, waiting.words) == ("waiting", "a message to them is on its way")
    assert Contact.objects.filter(pk=house.pk).exists()
