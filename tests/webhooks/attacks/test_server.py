"""The server itself: slow clients, no requests at all, a database that goes away."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from config.gathering import GATHER_S
from tests.webhooks.attacks.conftest import SENT, post, quiet
from webhooks.models import Delivery


def test_a_thousand_replays_at_once_are_one_delivery(http):
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: post(http).status_code, range(1_000)))

    assert (set(answers), Delivery.objects.count()) == ({200}, 1)


def test_while_the_database_is_down_senders_come_again_and_nothing_is_lost(http, wire):
    statuses = [SENT | {"MessageSid": f"SM{n}"} for n in range(40)]
    assert post(http).status_code == 200
    wire.cut()
    began = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        down = list(pool.map(lambda form: post(http, form=form), statuses))
    took_s = time.monotonic() - began
    unread = http.post("/webhooks/leads", json={}, headers={"X-API-Key": "swb_unheard-of"})
    wire.join()
    time.sleep(1.5)
    up = [post(http, form=form).status_code for form in statuses]

    assert {(one.status_code, one.headers["retry-after"]) for one in down} == {(503, "5")}
    assert all(quiet(one) for one in [*down, unread])
    assert (unread.status_code, set(up), took_s < 60) == (503, {200}, True)
    assert Delivery.objects.count() == 41


@pytest.mark.parametrize("length", [b"-1", b"abc", b"1, 2", b"0x10", b"5\r\nContent-Length: 6"])
def test_length_that_is_none_is_refused(served, length):
    heard = served.raw(
        b"POST /webhooks/leads HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + b"\r\n\r\nhello"
    )

    assert heard.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET / HTTP/9.9\r\n\r\n", b"400"), (b"\x16\x03\x01\r\n\r\n", b"400"),
        (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"POST /webhooks/leads HTTP/1.1\r\nX Y: secret-name\r\n\r\n", b"400"),
        (b"POST /webhooks/leads HTTP/1.1\r\nTransfer-Encoding: odd\r\n\r\n", b"501"),
        (b"POST /webhooks/leads HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", b"431"),
    ],
)  # fmt: skip
def test_what_is_no_request_hears_a_status_and_nothing_of_it(served, said, status):
    heard = served.raw(said)

    assert heard.split(b" ")[1] == status
    assert heard.endswith(b"\r\n\r\nthe request cannot be read\n")


def test_length_and_chunks_together_smuggle_nothing(served, key):
    lead = b'{"phone":"+14155550100"}'
    inner = b"POST /webhooks/leads HTTP/1.1\r\nHost: a\r\nX-API-Key: " + key.encode()
    inner += b"\r\nContent-Length: 24\r\n\r\n" + lead
    served.raw(
        b"POST /webhooks/leads HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner
    )

    assert not Delivery.objects.exists()


def test_who_sends_slowly_stops_nobody(http, served):
    heads = [
        b"POST /webhooks/leads HTTP/1.1\r\nHost: a\r\n",
        b"POST /webhooks/leads HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{",
        b"POST /admin/login/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n",
        b"G",
    ]
    slow = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(200)]
    for n, one in enumerate(slow):
        one.sendall(heads[n % len(heads)])

    first = post(http).status_code
    held = sum(map(is_held, slow))  # it was answered while they were still waited for
    answers = [post(http, form=SENT | {"n": str(n)}).status_code for n in range(20)]

    assert (first, held, set(answers)) == (200, len(slow), {200})
    for one in slow:
        one.close()


def is_held(one):
    """Whether the server has not hung up on a connection that it owes no answer yet."""
    one.settimeout(0.0)
    try:
        return one.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def lead(key, body, head=""):
    return (
        f"POST /webhooks/leads HTTP/1.1\r\nHost: a\r\nX-API-Key: {key}\r\n{head}"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def test_requests_one_behind_the_other_are_answered_in_turn(served, key):
    heard = served.raw(b"".join(lead(key, f'{{"id": {n}}}') for n in range(5)))

    assert (heard.count(b"HTTP/1.1 200 OK"), Delivery.objects.count()) == (5, 5)


def test_who_waits_to_be_told_to_go_on_is_told(served, key):
    said = lead(key, '{"id": 1}', "Expect: 100-continue\r\n")
    head, body = said[:-9], said[-9:]
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as one:
        one.sendall(head)
        told = one.recv(100)
        one.sendall(body)
        heard = b""
        while b"HTTP/1.1 200 OK" not in heard and (said := one.recv(4096)):
            heard += said

    assert told == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert b"HTTP/1.1 200 OK" in heard
    assert Delivery.objects.count() == 1


def test_request_that_comes_letter_by_letter_is_taken_in(served, key):
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as one:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for letter in lead(key, '{"id": 1}'):
            one.sendall(bytes([letter]))
            time.sleep(0.001)
        heard = one.recv(4096)

    assert heard.startswith(b"HTTP/1.1 200 OK")


def test_chunks_are_taken_in(http, key):
    def chunks():
        yield from (b'{"id"', b": 0", b"}")

    answer = http.post("/webhooks/leads", content=chunks(), headers={"X-API-Key": key})

    assert (answer.status_code, Delivery.objects.get().subject) == (200, "0")


def test_uploads_that_stand_still_stop_nobody(http, served):
    head = b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\nx"
    slow = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(60)]
    for one in slow:
        one.sendall(head)

    first = post(http).status_code
    held = sum(map(is_held, slow))  # it was answered while they were still waited for
    answers = [post(http, form=SENT | {"n": str(n)}).status_code for n in range(20)]

    assert (first, held, set(answers)) == (200, len(slow), {200})
    for one in slow:
        one.close()


def test_large_requests_that_never_end_fill_no_memory(http, served):
    head = b"POST /webhooks/leads HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n"
    opened, dropped, is_enough = {}, set(), 200 - 2 * 68

    def look():
        """Note whom the server hangs up on before it would for their slowness."""
        for one, opened_at in opened.items():
            if one not in dropped and time.monotonic() < opened_at + GATHER_S and not is_held(one):
                dropped.add(one)

    for n in range(200):
        began = time.monotonic()
        one = socket.create_connection(("127.0.0.1", served.port))
        opened[one] = began
        with suppress(OSError):  # it was hung up on meanwhile
            one.sendall(head + b"x" * 1_000_000)
        if n % 20 == 0:
            look()
    good, give_up_at = post(http).status_code, time.monotonic() + GATHER_S
    while len(dropped) < is_enough and time.monotonic() < give_up_at:
        look()
        time.sleep(0.05)
    for one in opened:
        one.close()

    assert (good, len(dropped) >= is_enough) == (200, True)
