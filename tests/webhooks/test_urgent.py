"""A STOP is honoured by the web process that took it in, while every worker is busy."""

import time

import httpx2
import pytest

from contacts import suppression
from outreach.models import Message
from tests.webhooks.conftest import SITE, pages
from webhooks import urgent
from webhooks.door.inbox import Inbox
from webhooks.door.wsgi import Door
from webhooks.models import Delivery
from webhooks.ringing import Ringer

PHONE = "+12125550100"


@pytest.fixture
def door(door, bell):
    """A door whose web process works what is urgent; no worker is there."""
    inbox = Inbox(bell.ring, Ringer(urgent.work, "urgent").ring)
    yield Door(pages, inbox)
    inbox.close()


@pytest.fixture
def http(door):
    with httpx2.Client(transport=httpx2.WSGITransport(app=door), base_url=SITE) as client:
        yield client


def until(done, seconds=60):
    give_up_at = time.monotonic() + seconds
    while not done() and time.monotonic() < give_up_at:
        time.sleep(0.05)
    return done()


def test_a_stop_needs_no_worker(post):
    waiting = Message.objects.create(phone=PHONE, body="Hello", state="waiting")

    heard = post("/webhooks/twilio/inbound-sms", MessageSid="SM" + "1" * 32, From=PHONE,
                 To="+12125550199", Body="STOP")  # fmt: skip

    assert heard.status_code == 200
    assert until(lambda: Delivery.objects.get().state == "done")
    assert [one.reason for one in suppression.standing([PHONE])[PHONE]] == ["stop"]
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"


def test_what_is_not_urgent_is_left_to_workers(post, bell):
    post("/webhooks/twilio/sms-status", MessageSid="SM" + "1" * 32, MessageStatus="sent")
    post("/webhooks/twilio/inbound-sms", MessageSid="SM" + "2" * 32, From=PHONE, Body="hello")

    assert until(lambda: Delivery.objects.filter(kind="inbound-sms", state="done").exists())
    assert Delivery.objects.get(kind="sms-status").state == "waiting"
    assert bell.rings == 2
