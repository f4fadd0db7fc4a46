"""Receivers that are slow, large, broken or gone, and those beside them."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings as conf
from django.db import connection
from django.utils import timezone

from contacts.models import Worker
from tests.webhooks.out.conftest import later, parcels, send
from tests.webhooks.out.receiver import listening
from webhooks.models import Attempt, Parcel, Subscription
from webhooks.out import carrying, sending


@pytest.fixture
def second(settings, receiver):
    with listening() as found:
        settings.WEBHOOK_LOOPBACK_HOSTS = [receiver.host, found.host]
        yield found


@pytest.fixture
def raw(settings):
    """Answers each connection with these bytes, and then does nothing more."""
    listener = socket.create_server(("127.0.0.1", 0))
    taken = []

    def start(said, *, goes_on=False):
        def serve():
            while True:
                try:
                    one, _ = listener.accept()
                except OSError:
                    return
                taken.append(one)
                threading.Thread(target=talk, args=(one,), daemon=True).start()

        def talk(one):
            try:
                one.recv(65536)
                one.sendall(said)
                while goes_on:
                    one.sendall(b"x" * 65536)
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        settings.WEBHOOK_LOOPBACK_HOSTS = [host]
        return f"http://{host}/"

    yield start
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for one in taken:
        one.close()


def test_one_that_hangs_is_left_after_fifteen_seconds(subscribe, raw):
    parcels(subscribe(raw(b"")))

    send()

    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.outcome) == (None, "No answer in 15 s.")
    assert 14_500 < attempt.took_ms < 60_000


def test_of_an_answer_without_end_only_the_beginning_is_read(subscribe, raw):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 99999999999\r\n\r\n"
    parcels(subscribe(raw(head, goes_on=True)))

    send()

    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.answer) == (200, "x" * 300)


def test_an_answer_that_says_it_goes_on_and_does_not_was_good(subscribe, raw):
    parcels(subscribe(raw(b"HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\nhm")))

    send()

    assert Parcel.objects.get().state == "delivered"
    assert Attempt.objects.get().took_ms >= carrying.ANSWER_S * 1000


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.0\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 99999 No\r\n\r\n",
        b"\x00\xff" * 1000,
    ],
)
def test_what_is_no_http_is_a_failure_without_its_words(subscribe, raw, said):
    parcels(subscribe(raw(said)))

    send()

    parcel = Parcel.objects.get()
    assert (parcel.state, parcel.status) == ("waiting", None)
    assert parcel.outcome.startswith("It cannot be reached (")
    assert "SSH" not in parcel.outcome and Attempt.objects.get().answer == ""


def test_an_answer_with_nul_and_broken_text_is_kept(subscribed, receiver):
    receiver.answers = [(500, {}, b"a\x00b\xff")]
    parcels(subscribed)

    send()

    assert Attempt.objects.get().answer == "ab\ufffd"


def test_ten_thousand_to_a_dead_one_hold_up_nobody(subscribe, raw, settings):
    dead = subscribe(raw(b""), name="a dead one")
    hanging = settings.WEBHOOK_LOOPBACK_HOSTS
    with listening() as alive:
        settings.WEBHOOK_LOOPBACK_HOSTS = [*hanging, alive.host]
        other = subscribe(alive.url, name="b")
        parcels(dead, 10_000)
        parcels(other, 200)

        send(should_stop=lambda: len(alive.got) == 200)

    mine = Parcel.objects.filter(subscription=other)
    assert (len(alive.got), mine.filter(state="delivered").count()) == (200, 200)
    # Those that hung from the beginning: none more was tried while the others were served.
    assert Attempt.objects.filter(parcel__subscription=dead).count() == sending.AT_ONCE
    until = Subscription.objects.get(pk=dead.pk).rests_until
    assert until is not None and until > dead.created_at


def test_no_parcel_is_in_the_air_twice(subscribed, receiver):
    parcels(subscribed, 300)
    receiver.delay_s = 0.02
    workers = [program() for _ in range(2)]
    for worker in workers:
        assert worker.wait(360) == 0

    assert (len(receiver.ids), len(set(receiver.ids))) == (300, 300)
    assert receiver.most_at_once <= sending.AT_ONCE


def test_killed_between_sending_and_writing_is_sent_again_with_the_same_id(subscribed, receiver):
    parcels(subscribed)
    receiver.may_answer.clear()
    worker = program()
    until(lambda: receiver.got)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    held = Parcel.objects.get()
    Worker.objects.update(gone_at=timezone.now(), is_lost=True)
    receiver.may_answer.set()
    until(nobody_sends)

    assert sending.sweep() is True
    send()

    assert (held.state, Parcel.objects.get().state) == ("claimed", "delivered")
    assert len(receiver.ids) == 2 and len(set(receiver.ids)) == 1


def test_ar_10_one_that_took_three_workers_is_given_up(subscribed, receiver):
    (parcel,) = parcels(subscribed)
    for _ in range(3):
        worker = Worker.objects.create(id=os.urandom(16).hex(), gone_at=timezone.now())
        Parcel.objects.update(state="claimed", worker_id=worker.pk)
        sending.sweep()

    parcel.refresh_from_db()
    assert (parcel.state, parcel.outcome) == ("dead", sending.GIVEN_UP)
    assert send() is False and receiver.got == []


def test_what_another_worker_has_by_now_is_not_settled(subscribed, receiver):
    (parcel,) = parcels(subscribed)
    receiver.may_answer.clear()
    thread = threading.Thread(target=send)
    thread.start()
    until(lambda: receiver.got)
    Parcel.objects.update(worker_id=os.urandom(16).hex())
    receiver.may_answer.set()
    thread.join()

    parcel.refresh_from_db()
    assert (parcel.state, Attempt.objects.count()) == ("claimed", 0)


def test_switched_off_meanwhile_what_waits_stays(subscribed, receiver):
    parcels(subscribed, 3)
    Subscription.objects.update(is_enabled=False)

    assert send() is False
    later(days=1)

    assert (sending.sweep(), receiver.got) == (False, [])


def until(is_so):
    give_up_at = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < give_up_at
        time.sleep(0.02)


def nobody_sends():
    """Whether PostgreSQL has noticed that whoever sent is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [sending.LOCK])
        (is_free,) = cursor.fetchone()
        if is_free:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [sending.LOCK])
    return is_free


def program():
    """A worker in a process of its own, on the database of this test."""
    code = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        f"settings.DATABASES['default']['NAME'] = {conf.DATABASES['default']['NAME']!r}\n"
        f"settings.WEBHOOK_LOOPBACK_HOSTS = {conf.WEBHOOK_LOOPBACK_HOSTS!r}\n"
        "from webhooks.out import sending\n"
        "sending.work(300)\n"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen([sys.executable, "-c", code], env=env, cwd=conf.BASE_DIR)
