"""Twilio's statuses in every order, late and repeated, end the same."""

import random

import pytest

from contacts import happenings
from contacts.models import Happening
from outreach import ranks, statuses
from outreach.models import Message

SMS = ("queued", "sending", "sent", "delivered")
CALL = (("initiated", 0), ("ringing", 1), ("in-progress", 2), ("completed", 3))
COUNT = 840  # of each four statuses, and each three times: 10,080 callbacks


@pytest.fixture
def forgetful(db):
    """Nobody after us thinks that anything is wanted."""
    yield
    happenings.forget()


def sid(kind, n):
    return f"{kind}{n:032x}"


def messages(count, channel):
    Message.objects.bulk_create(
        Message(phone="+12125550100", channel=channel, state="sent", body="Hello")
        for _ in range(count)
    )
    return list(Message.objects.order_by("pk").values_list("pk", flat=True))


def ends():
    fields = ("pk", "sid", "remote_status", "remote_rank", "error_code", "duration_s", "look_at")
    return list(Message.objects.order_by("pk").values_list(*fields))


def test_ten_thousand_callbacks_in_any_order_end_as_in_order(db):
    keys = messages(COUNT, "sms")
    said = []
    for n, key in enumerate(keys):
        last = ("failed", "undelivered", "delivered")[n % 3]
        for status in (*SMS[:3], last):
            code = {"ErrorCode": "30003"} if status in ("failed", "undelivered") else {}
            said.append({
                "MessageSid": sid("SM", n), "MessageStatus": status, "_m": str(key), **code,
            })  # fmt: skip
    tripled = said * 3
    random.Random(5).shuffle(tripled)

    for one in tripled:
        statuses.status_arrived(one)

    assert len(tripled) == 12 * COUNT
    assert [(row[1], row[2], row[4]) for row in ends()] == [
        (sid("SM", n), last, "" if last == "delivered" else "30003")
        for n in range(COUNT)
        for last in [("failed", "undelivered", "delivered")[n % 3]]
    ]


def test_calls_go_by_twilios_own_counting(db):
    keys = messages(200, "voice")
    said = [
        {
            "CallSid": sid("CA", n), "CallStatus": status, "SequenceNumber": str(place),
            "_m": str(key), **({"CallDuration": "12"} if status == "completed" else {}),
        }
        for n, key in enumerate(keys)
        for status, place in CALL
    ] * 3  # fmt: skip
    random.Random(7).shuffle(said)

    for one in said:
        statuses.call_status_arrived(one)

    assert {row[2:6] for row in ends()} == {("completed", ranks.FINAL + 4, "", 12)}


def test_a_status_of_nobodys_message_changes_nothing(db):
    messages(1, "sms")
    before = ends()

    said = {"MessageSid": sid("SM", 9), "MessageStatus": "delivered", "_m": "999999999"}
    outcome = statuses.status_arrived(said)

    assert outcome == statuses.NOBODY
    assert ends() == before


@pytest.mark.parametrize(
    "said", [{}, {"MessageSid": "SM1"}, {"MessageStatus": "sent"}, {"_m": "x"}]
)
def test_a_broken_status_changes_nothing(db, said):
    messages(1, "sms")
    before = ends()

    assert statuses.status_arrived(said) == statuses.NOBODY
    assert ends() == before


def test_what_moved_on_is_told_once_to_who_wants_it(forgetful):
    (key,) = messages(1, "sms")
    said = {"MessageSid": sid("SM", 1), "MessageStatus": "sent", "_m": str(key)}
    statuses.status_arrived(said)
    happenings.want([happenings.MESSAGE_STATUS])

    for status in ("sent", "undelivered", "undelivered"):
        statuses.status_arrived({**said, "MessageStatus": status, "ErrorCode": "30003"})

    happened = Happening.objects.get()
    assert happened.kind == "message.status" and happened.subject == str(key)
    assert {name: happened.facts[name] for name in ("id", "contact", "channel", "status")} == {
        "id": key, "contact": None, "channel": "sms", "status": "undelivered",
    }  # fmt: skip
    assert happened.facts["error"]
