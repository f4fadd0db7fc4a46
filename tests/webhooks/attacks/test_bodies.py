"""Bodies that are broken, too large, too many or too short."""

import pytest

from tests.webhooks.attacks.conftest import SENT, STATUS, post, quiet
from webhooks.models import Delivery


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000, b"\x00", b'"\\ud800"',
        b'{"id": "\\ud800"}', b"1e999999", b"NaN", b"[1]", b"\xef\xbb\xbf{}",
    ],
)  # fmt: skip
def test_broken_bodies_are_refused_in_few_words(http, key, body):
    answer = http.post("/webhooks/leads", content=body, headers={"X-API-Key": key})

    assert (answer.status_code, quiet(answer), Delivery.objects.count()) == (400, True, 0)


def test_nul_in_a_value_is_left_out(http, key):
    form = SENT | {"Body": "a\0b"}
    answers = [
        post(http, form=form),
        http.post("/webhooks/leads", json={"\0k": "a\0b", "id": "a\0"}, headers={"X-API-Key": key}),
    ]

    assert [one.status_code for one in answers] == [200, 200]
    assert Delivery.objects.count() == 2


def test_more_than_a_mebibyte_is_refused_however_it_comes(http, served):
    def chunks():
        for _ in range(40):
            yield b"x" * 65_536

    plain = http.post(STATUS, content=b"x" * (1024 * 1024 + 1))
    in_chunks = http.post(STATUS, content=chunks())
    announced = served.raw(
        b"POST /webhooks/leads HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\nx"
    )

    assert (plain.status_code, in_chunks.status_code) == (413, 413)
    assert announced.startswith(b"HTTP/1.1 413 ")
    assert not Delivery.objects.exists()


def test_body_shorter_than_announced_is_refused(served, key):
    heard = served.raw(
        f"POST /webhooks/leads HTTP/1.1\r\nHost: a\r\nX-API-Key: {key}\r\n"
        'Content-Length: 100\r\n\r\n{"phone": "+14155550100"}'.encode()
    )

    assert (heard[:13], Delivery.objects.count()) in ((b"HTTP/1.1 400 ", 0), (b"", 0))


def test_long_headers_and_many_fields_are_refused(http):
    many = {f"f{n}": "1" for n in range(10_000)}
    answers = [
        http.post(STATUS, data=SENT, headers={"X-Twilio-Signature": "x" * 10_240}),
        http.post(STATUS, data=SENT, headers={f"X-{n}": "1" for n in range(2_000)}),
        post(http, form=many),
        http.post(f"/webhooks/verizon?{'&'.join('token=x' for _ in range(600))}", json={}),
    ]

    assert all(400 <= one.status_code < 500 and quiet(one) for one in answers)
    assert not Delivery.objects.exists()
