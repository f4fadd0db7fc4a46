"""A STOP and a sender who reserves at the same moment: one after the other, in either order."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from contacts.models import Suppression
from contacts.suppression import Reason, hold, lift, standing, suppress
from tests.contacts.killing import await_one_that_waits

ANN, BOB = "+14155550100", "+14155550101"
pytestmark = pytest.mark.django_db(transaction=True)


def side_by_side(*works):
    """Run each in a thread with a connection of its own; return what each returned."""
    results: dict[int, object] = {}

    def run(at, work):
        try:
            results[at] = work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [results[at] for at in range(len(works))]


def test_a_stop_waits_for_the_holder_and_is_seen_by_the_next():
    held, told = threading.Event(), []

    def sender():
        with transaction.atomic():
            hold([ANN])
            held.set()
            await_one_that_waits(connection.connection)
            told.append(("reserved", bool(standing([ANN]))))

    def recipient():
        held.wait(60)
        suppress([ANN], Reason.STOP)
        told.append(("stopped", True))

    side_by_side(sender, recipient)

    assert told == [("reserved", False), ("stopped", True)]
    with transaction.atomic():
        hold([ANN])
        assert standing([ANN])


def test_other_numbers_do_not_wait():
    held, free = threading.Event(), threading.Event()

    def sender():
        with transaction.atomic():
            hold([ANN])
            held.set()
            return free.wait(60)

    def recipient():
        held.wait(60)
        suppress([BOB], Reason.STOP)
        free.set()

    assert side_by_side(sender, recipient)[0] is True


def test_twenty_at_once_suppress_a_number_once():
    counts = side_by_side(*[lambda: suppress([ANN, BOB], Reason.STOP)] * 20)

    assert sum(counts) == 2
    assert Suppression.objects.count() == 2


def test_stop_and_start_at_once_leave_one_of_both():
    def both():
        suppress([ANN], Reason.STOP)
        return lift(ANN, reasons=[Reason.STOP], why="START")

    lifted = side_by_side(*[both] * 8)

    standing_now = Suppression.objects.filter(lifted_at=None).count()
    assert standing_now == 0
    assert sum(lifted) == Suppression.objects.count() >= 1


def test_holders_of_the_same_numbers_in_any_order_never_block_each_other():
    def turn(numbers):
        def work():
            for _ in range(10):
                with transaction.atomic():
                    hold(numbers)
            return True

        return work

    assert side_by_side(turn([ANN, BOB]), turn([BOB, ANN])) == [True, True]
