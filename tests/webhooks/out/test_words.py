"""Slack and e-mail are told in words, once, and what they refuse is said."""

import pytest
from django.core import mail

from tests.webhooks.out.conftest import send
from webhooks.models import Attempt, Parcel
from webhooks.out import subscriptions


@pytest.fixture(autouse=True)
def live(settings):
    settings.SANDBOX = False


def test_an_example_by_email_has_the_parcels_id(subscribe):
    row = subscribe("", kind="email", recipients="a@acme.test\nb@acme.test")
    parcel = subscriptions.send_example(row)

    send()

    (message,) = mail.outbox
    assert (message.to, message.subject) == (
        ["a@acme.test", "b@acme.test"], "Switchboard: run finished",
    )  # fmt: skip
    assert message.body == "This is an example: it asks whether messages arrive here."
    assert parcel.message_id.hex in message.extra_headers["Message-ID"]
    assert Parcel.objects.get().state == "delivered"


def test_without_a_mail_server_it_is_refused_with_words(subscribe, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    row = subscribe("", kind="email", recipients="a@acme.test")
    subscriptions.send_example(row)

    send()

    parcel, attempt = Parcel.objects.get(), Attempt.objects.get()
    assert (parcel.state, attempt.status) == ("failed", None)
    assert parcel.outcome.startswith("No server for e-mail is set")


def test_slack_is_posted_words_and_what_fails_is_tried_again(subscribe, receiver):
    row = subscribe(receiver.url, kind="slack")
    receiver.answers = [(500, {}, b""), (200, {}, b"ok")]
    subscriptions.send_example(row)

    send()

    ((_, body),) = receiver.got
    assert b"*Switchboard: run finished*" in body and b"This is an example" in body
    assert (Parcel.objects.get().state, Parcel.objects.get().outcome) == (
        "waiting", "Slack answered 500.",
    )  # fmt: skip
