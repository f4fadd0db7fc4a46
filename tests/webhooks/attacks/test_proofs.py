"""Signatures, tokens, keys and passwords, good and bad, over real HTTP."""

import base64
import hashlib
import hmac
import json
import time
from hashlib import sha256

from twilio.request_validator import RequestValidator

from integrations.models import Account
from integrations.services import set_secrets
from tests.webhooks.attacks.conftest import OTHER, SENT, STATUS, TOKEN, post, quiet
from tests.webhooks.serving import SITE
from webhooks import keys, sealing
from webhooks.models import Delivery, Sender


def test_each_accounts_token_counts_and_no_other(http):
    answers = [post(http, token=one, form=SENT | {"n": one}) for one in (TOKEN, OTHER, "x" * 32)]

    assert [one.status_code for one in answers] == [200, 200, 403]
    assert Delivery.objects.count() == 2


def test_token_before_counts_while_the_new_one_is_entered(http):
    set_secrets(Account.objects.get(provider="twilio"), {"auth_token": "n" * 32})
    time.sleep(5.5)

    answers = [post(http, token=one, form=SENT | {"n": one}) for one in (TOKEN, "n" * 32)]

    assert [one.status_code for one in answers] == [200, 200]


def test_signed_with_port_and_json_body(http):
    body = b'{"BundleSid": "BU1"}'
    path = f"/webhooks/twilio/trust-hub?bodySHA256={sha256(body).hexdigest()}"
    signature = RequestValidator(TOKEN).compute_signature(SITE + path, {})
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/json"}

    ported = post(http, url=f"{SITE}:443{STATUS}")
    whole = http.post(path, content=body, headers=headers)
    changed = http.post(path, content=body + b" ", headers=headers)

    assert [one.status_code for one in (ported, whole, changed)] == [200, 200, 403]


def test_our_own_ticket_comes_back_from_the_address_and_from_nowhere_else(http):
    post(http, path=STATUS + "?m=42&m=43")
    post(http, form=SENT | {"_m": "44"})

    tickets = [row.payload.get("_m") for row in Delivery.objects.order_by("id")]
    assert tickets == ["42", None]


def test_what_is_not_signed_leaves_no_row(http):
    answers = [
        http.post(STATUS, data=SENT),
        http.post(STATUS, data=SENT, headers={"X-Twilio-Signature": ""}),
        http.post(STATUS, data=SENT, headers={"X-Twilio-Signature": b"\xff" * 9}),
        http.post(STATUS, content=b"\xff\xfe", headers={"X-Twilio-Signature": "x"}),
        http.post(STATUS, data=SENT, headers={"X-Twilio-Signature": "x", "Host": "["}),
    ]

    assert [one.status_code for one in answers[:3]] == [403] * 3
    assert all(400 <= one.status_code < 500 and quiet(one) for one in answers)
    assert not Delivery.objects.exists()


def test_keys_and_passwords_are_refused_in_few_words(http):
    empty = keys.create("empty", [])[1]
    answers = [
        http.post("/webhooks/leads", json={}),
        http.post("/webhooks/leads", json={}, headers={"X-API-Key": "x" * 5_000}),
        http.post("/webhooks/leads", json={}, headers={"Authorization": b"Bearer \xff"}),
        http.post("/webhooks/leads", json={}, headers={"X-API-Key": empty}),
        http.post("/webhooks/pipedrive", json={}, headers={"Authorization": "Basic /w=="}),
    ]

    assert [one.status_code for one in answers] == [401, 401, 401, 403, 401]
    assert all(quiet(one) for one in answers)


def test_hubspot_signs_and_is_taken_in(http):
    sealing.ensure_senders()
    secret = sealing.make_secret(Sender.objects.get(slug="hubspot"))
    body = json.dumps([{"eventId": n, "portalId": 1, "objectId": n} for n in range(100)]).encode()
    stamp = str(int(time.time() * 1000))
    raw = f"POST{SITE}/webhooks/hubspot".encode() + body + stamp.encode()
    own = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
    headers = {"X-HubSpot-Signature-v3": own, "X-HubSpot-Request-Timestamp": stamp}

    answers = [http.post("/webhooks/hubspot", content=body, headers=headers) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 200]
    assert Delivery.objects.count() == 100
