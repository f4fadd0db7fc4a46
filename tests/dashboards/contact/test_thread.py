"""Messages on a contact's page: the thread, and a text that is looked at before it goes."""

import pytest

from outreach.models import Message, Template
from tests.dashboards.contact.conftest import EVIL, address
from tests.outreach import clock

MAY = ("contacts.view_contact", "outreach.view_message", "outreach.send_message")


@pytest.fixture
def in_hours():
    with clock.shifted(clock.OFFSET):
        yield


@pytest.fixture
def reachable(held, in_hours):
    """A contact who agreed to be written to, at an hour when that may be done."""
    held.consent_on = "2026-01-05"
    held.state, held.country = "NY", "US"
    held.save()
    return held


def test_what_went_and_came_is_a_thread(client, signed_in, held):
    Message.objects.create(phone=held.phone_e164, body="Hello", state="sent", sid="SM1",
                           remote_status="delivered")  # fmt: skip
    Message.objects.create(phone=held.phone_e164, body=EVIL, state="received", direction="in",
                           sid="SM2", meaning="stop")  # fmt: skip
    Message.objects.create(phone="+12125550199", body="To somebody else", state="sent", sid="SM3")
    signed_in(*MAY)

    page = client.get(address("tab", held, "messages")).content.decode()

    assert page.index("Hello") < page.index("From the contact")
    assert "delivered" in page and "To somebody else" not in page
    assert EVIL not in page and "&lt;script&gt;" in page


def test_nothing_yet_is_said_and_only_senders_get_the_form(client, signed_in, held):
    signed_in(*MAY[:2])

    page = client.get(address("tab", held, "messages")).content.decode()

    assert "No message has gone to this number" in page and "<textarea" not in page


def test_a_look_tells_words_price_and_sends_nothing(client, signed_in, reachable):
    Template.objects.create(name="Ready", body="Hello {{ first_name }}, it is ready.")
    chosen = Template.objects.get().pk
    signed_in(*MAY)

    page = client.post(address("look", reachable), {"template": chosen}).content.decode()

    assert "Hello Ann, it is ready." in page and "1 segment," in page and "Send it" in page
    assert not Message.objects.exists()


def test_sent_once_however_often_it_is_clicked(client, signed_in, reachable):
    signed_in(*MAY)

    client.post(address("send", reachable), {"body": "Hello {{ first_name }}"})
    again = client.post(address("send", reachable), {"body": "Hello {{ first_name }}"})

    message = Message.objects.get()
    assert (message.body, message.state, message.created_by.username) == (
        "Hello Ann", "waiting", "bo",
    )  # fmt: skip
    assert "You sent the same words a moment ago" in again.content.decode()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "The text is empty"),
        ("Hello {{ frist_name }}", "Did you mean “first_name”?"),
        ("Hello {{ department }}", "Not sent: nothing is known for department."),
    ],
)
def test_what_cannot_be_sent_is_said_and_kept_typed(client, signed_in, reachable, body, why):
    signed_in(*MAY)

    page = client.post(address("send", reachable), {"body": body}).content.decode()

    assert why in page.replace("&#x27;", "'") and f">{body}</textarea>" in page
    assert not Message.objects.exclude(state="refused").exists()


def test_without_consent_it_does_not_go(client, signed_in, held, in_hours):
    signed_in(*MAY)

    looked = client.post(address("look", held), {"body": "Hello"}).content.decode()

    assert "This would not be sent: nobody agreed to be contacted" in looked
    assert "Send it" not in looked
