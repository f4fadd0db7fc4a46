"""What the door answers, and what it writes down."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from webhooks import keys, tokens
from webhooks.models import Delivery

STATUS = "/webhooks/twilio/sms-status"
SENT = {"MessageSid": "SM" + "1" * 32, "MessageStatus": "sent", "To": "+14155550100"}


def test_status_is_written_down_and_answered(post, bell):
    answer = post(STATUS, **SENT)

    row = Delivery.objects.get()
    assert bell.has_rung.wait(60)  # who posts does not wait for it
    assert (answer.status_code, answer.content, bell.rings) == (200, b"", 1)
    assert (row.sender, row.kind, row.subject, row.state) == (
        "twilio", "sms-status", SENT["MessageSid"], "waiting",
    )  # fmt: skip
    assert row.payload == SENT


def test_repeated_status_is_one_delivery_and_another_status_another(post):
    for _ in range(3):
        post(STATUS, **SENT)
    post(STATUS, **SENT | {"MessageStatus": "delivered"})

    assert Delivery.objects.count() == 2


def test_replays_at_once_are_one_delivery(post):
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: post(STATUS, **SENT).status_code, range(1_000)))

    assert (set(answers), Delivery.objects.count()) == ({200}, 1)


@pytest.mark.parametrize("path", ["twilio/sms_status", "twilio/voice_status", "twilio/trust_hub"])
def test_addresses_of_the_program_before_us_answer(post, path):
    ids = {"MessageSid": "SM1", "CallSid": "CA1", "BundleSid": "BU1"}

    assert post(f"/webhooks/{path}", **ids).status_code == 200
    assert Delivery.objects.get().kind == path.removeprefix("twilio/").replace("_", "-")


def test_who_asks_what_to_do_is_told_to_do_nothing(post):
    answer = post("/webhooks/twilio/inbound-sms", MessageSid="SM1", Body="STOP")

    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def test_wrong_token_and_no_signature_leave_no_row(post, http):
    wrong = post(STATUS, token="w" * 32, **SENT)
    none = http.post(STATUS, data=SENT)

    assert (wrong.status_code, none.status_code) == (403, 403)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("path", "status"), [("/webhooks/nobody", 404), ("/admin/", 200), ("/webhooks", 200)]
)
def test_what_is_not_for_the_door_goes_on(http, path, status):
    assert http.post(path).status_code == status


def test_only_posts_are_taken(http):
    answer = http.get(STATUS)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_more_than_a_mebibyte_is_refused(http):
    answer = http.post("/webhooks/leads", content=b"x" * (1024 * 1024 + 1))

    assert (answer.status_code, Delivery.objects.count()) == (413, 0)


def test_database_that_went_is_told_and_the_next_try_stands(post, away):
    post(STATUS, **SENT)
    away()
    while_away = post(STATUS, **SENT | {"MessageStatus": "delivered"})
    again = post(STATUS, **SENT | {"MessageStatus": "delivered"})

    assert (while_away.status_code, while_away.headers["retry-after"]) == (503, "5")
    assert (again.status_code, Delivery.objects.count()) == (200, 2)


def test_leads_come_with_a_key(http):
    _, key = keys.create("shop", ["leads"])
    leads = [{"external_id": "7", "phone": "+14155550100"}, {"phone": "+14155550101"}]

    answer = http.post("/webhooks/leads", json=leads, headers={"Authorization": f"Bearer {key}"})

    rows = Delivery.objects.order_by("id")
    assert (answer.status_code, answer.json()) == (200, {"recorded": True})
    assert [(row.kind, row.subject, row.payload) for row in rows] == [
        ("lead", "7", leads[0]), ("lead", "", leads[1]),
    ]  # fmt: skip


def test_keys_are_refused_without_words_of_ours(http):
    row, key = keys.create("shop", [])
    headers = [{}, {"X-API-Key": "swb_" + "x" * 43}, {"X-API-Key": key}]
    answers = [http.post("/webhooks/generic", json={}, headers=one) for one in headers]
    keys.revoke(row)
    revoked = http.post("/webhooks/generic", json={}, headers={"X-API-Key": key})

    assert [one.status_code for one in answers] == [401, 401, 403]
    assert (revoked.status_code, Delivery.objects.count()) == (401, 0)


def test_key_that_asks_too_often_waits(http):
    _, key = keys.create("shop", ["leads"], per_minute=2)
    headers = {"X-API-Key": key}

    answers = [http.post("/webhooks/leads", json={"n": n}, headers=headers) for n in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["retry-after"]) <= 61
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"a"', b"[1]", b'{"external_id": []}', b"\xff"]
)
def test_body_in_another_form_is_refused(http, body):
    _, key = keys.create("shop", ["leads"])

    answer = http.post("/webhooks/leads", content=body, headers={"X-API-Key": key})

    assert (answer.status_code, Delivery.objects.count()) == (400, 0)


def test_nul_is_left_out_and_the_rest_stands(http):
    _, key = keys.create("shop", ["leads"])

    answer = http.post("/webhooks/leads", json={"name": "A\0da"}, headers={"X-API-Key": key})

    assert (answer.status_code, Delivery.objects.get().payload) == (200, {"name": "Ada"})


def test_verizon_is_known_by_the_token_in_its_address(http):
    token = tokens.callback("verizon")[0]
    body = {"requestId": "r-1"}
    good = http.post(f"/webhooks/verizon?token={token}", json=body)
    bad = http.post("/webhooks/verizon?token=x", json=body)

    assert (good.status_code, bad.status_code) == (200, 403)
    assert Delivery.objects.get().subject == "r-1"
