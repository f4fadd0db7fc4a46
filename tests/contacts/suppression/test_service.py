"""Numbers are suppressed once, lifted with a reason, and keep their history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from contacts.models import Contact, Suppression
from contacts.suppression import Reason, hold, lift, standing, suppress

pytestmark = pytest.mark.django_db
ANN, BOB = "+14155550100", "+14155550101"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def reasons_of(phone: str) -> list[tuple[str, str]]:
    return [(one.reason.value, one.channel) for one in standing([phone])[phone]]


def test_a_number_is_suppressed_once_for_a_reason():
    assert suppress([ANN, BOB, ANN], Reason.STOP) == 2

    assert suppress([ANN], "stop", note="again") == 0

    assert list(Suppression.objects.values_list("phone_e164", "note").order_by("id")) == [
        (ANN, ""),
        (BOB, ""),
    ]


def test_reasons_and_channels_stand_beside_each_other():
    suppress([ANN], Reason.STOP, channel="sms")
    suppress([ANN], Reason.OWN, note="asked by post")

    assert reasons_of(ANN) == [("stop", "sms"), ("own", "all")]
    assert reasons_of(BOB) == []
    assert not standing([BOB])


def test_start_lifts_only_what_stop_put_there(admin_user):
    suppress([ANN], Reason.STOP)
    suppress([ANN], Reason.OWN)

    assert lift(ANN, reasons=[Reason.STOP], why="START", by=admin_user) == 1

    assert reasons_of(ANN) == [("own", "all")]
    row = Suppression.objects.get(reason="stop")
    assert (row.is_standing, row.lift_note, row.lifted_by) == (False, "START", admin_user)


def test_a_number_may_say_stop_again():
    for _ in range(2):
        suppress([ANN], Reason.STOP)
        lift(ANN, reasons=[Reason.STOP], why="START")

    suppress([ANN], Reason.STOP)

    assert reasons_of(ANN) == [("stop", "all")]
    assert Suppression.objects.count() == 3


def test_an_old_stop_that_comes_again_after_start_changes_nothing():
    suppress([ANN], Reason.STOP, at=NOON)
    lift(ANN, reasons=[Reason.STOP], why="START", at=NOON + timedelta(minutes=1))

    assert suppress([ANN], Reason.STOP, at=NOON) == 0
    assert suppress([ANN], Reason.STOP, at=NOON + timedelta(minutes=2)) == 1


def test_a_start_from_before_the_stop_lifts_nothing():
    suppress([ANN], Reason.STOP, at=NOON)

    assert lift(ANN, reasons=[Reason.STOP], why="START", at=NOON - timedelta(minutes=1)) == 0

    assert reasons_of(ANN) == [("stop", "all")]


def test_nothing_is_said_in_the_future():
    suppress([ANN], Reason.STOP, at=timezone.now() + timedelta(days=400))

    assert Suppression.objects.get().since <= timezone.now()


def test_a_suppressed_number_survives_its_contact():
    contact = Contact.objects.create(phone_raw=ANN, phone_e164=ANN)
    suppress([ANN], Reason.STOP)

    contact.delete()
    Contact.objects.create(phone_raw=ANN, phone_e164=ANN)

    assert reasons_of(ANN) == [("stop", "all")]


@pytest.mark.parametrize("phone", ["", "4155550100", "+1415555O100", "+", "+1' OR 1=1", "+٤١٥٥٥٥"])
def test_what_is_no_number_is_refused(phone):
    with pytest.raises(ValueError, match=r"E\.164"):
        suppress([ANN, phone], Reason.OWN)

    assert Suppression.objects.count() == 0


def test_unknown_reasons_and_blank_ones_are_refused():
    with pytest.raises(ValueError, match="'because'"):
        suppress([ANN], "because")
    with pytest.raises(ValueError, match="say why"):
        lift(ANN, reasons=[Reason.STOP], why="  ")


def test_very_many_numbers_take_few_locks():
    phones = [f"+1415{n:07}" for n in range(20_000)]

    assert suppress(phones, Reason.COMPLAINT) == 20_000

    assert len(standing(phones)) == 20_000


def test_no_number_is_held_without_a_fuss():
    hold([])

    assert standing([]) == {}
