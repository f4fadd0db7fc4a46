"""Twilio's signature, by the vectors that the twilio package is tested with."""

import json
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlencode

import pytest
import time_machine
from django.utils import timezone
from twilio.request_validator import RequestValidator

from integrations.models import Account
from integrations.services import set_secrets
from tests.contracts.conftest import contracts_dir  # noqa: F401 - a fixture
from tests.webhooks.conftest import SITE, TOKEN
from webhooks import tokens
from webhooks.arrival import Arrival, Unsigned
from webhooks.models import Delivery
from webhooks.senders.twilio import prove

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def vectors(contracts_dir, account):  # noqa: F811 - the fixture
    set_secrets(account, {"auth_token": "12345"})
    tokens.forget()
    return json.loads((contracts_dir / "twilio/fixture_request_signature_vectors.json").read_text())


def arrival(url: str, body: bytes, signature: str, kind: str = FORM) -> Arrival:
    return Arrival(url, {"content-type": kind, "x-twilio-signature": signature}, body)


def test_vectors_of_forms(vectors):
    for one in vectors["form"]:
        body = (one.get("raw_body") or urlencode(one["params"])).encode()
        prove(arrival(one["url"], body, one["signature"]))
        with pytest.raises(Unsigned):
            prove(arrival(one["url"], body + b"&More=1", one["signature"]))
    assert len(vectors["form"]) == 5


def test_vectors_of_json(vectors):
    (one,) = vectors["json_body"]
    body = one["body"].encode()

    prove(arrival(one["url"], body, one["signature"], "application/json"))

    with pytest.raises(Unsigned):
        prove(arrival(one["url"], body + b" ", one["signature"], "application/json"))


def test_json_that_the_address_does_not_name_is_not_proved(http, account):
    path = "/webhooks/twilio/trust-hub"
    signature = RequestValidator(TOKEN).compute_signature(SITE + path, {})
    body = b'{"BundleSid": "BU1"}'
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/json"}

    unnamed = http.post(path, content=body, headers=headers)
    named = f"{path}?bodySHA256={sha256(body).hexdigest()}"
    headers["X-Twilio-Signature"] = RequestValidator(TOKEN).compute_signature(SITE + named, {})
    good = http.post(named, content=body, headers=headers)

    assert (unnamed.status_code, good.status_code) == (403, 200)
    assert Delivery.objects.get().payload == {"BundleSid": "BU1"}


@pytest.mark.parametrize(
    ("site", "signed"),
    [
        ("https://office.test", "https://office.test:443"),
        ("https://office.test:8443", "https://office.test"),
        ("https://office.test:8443", "https://office.test:8443"),
    ],
)
def test_address_may_be_signed_with_its_port_or_without(http, account, settings, site, signed):
    settings.SITE_URL = site
    path, form = "/webhooks/twilio/sms-status?a=1", {"MessageSid": "SM1"}
    signature = RequestValidator(TOKEN).compute_signature(signed + path, form)

    answer = http.post(path, data=form, headers={"X-Twilio-Signature": signature})

    assert answer.status_code == 200


def test_behind_a_proxy_the_address_is_the_one_outside(http, account, settings):
    settings.SITE_URL, settings.BEHIND_PROXY = "", True
    path, form = "/webhooks/twilio/sms-status", {"MessageSid": "SM1"}
    signature = RequestValidator(TOKEN).compute_signature("https://hooks.test" + path, form)
    headers = {"X-Twilio-Signature": signature, "Host": "hooks.test", "X-Forwarded-Proto": "https"}

    behind = http.post(f"http://inside.test{path}", data=form, headers=headers)
    settings.BEHIND_PROXY = False
    pretended = http.post(f"http://inside.test{path}", data=form, headers=headers)

    assert (behind.status_code, pretended.status_code) == (200, 403)


@pytest.mark.parametrize(("days", "status"), [(6, 200), (8, 403)])
def test_token_before_counts_for_a_week(post, account, days, status):
    set_secrets(account, {"auth_token": "n" * 32})

    with time_machine.travel(timezone.now() + timedelta(days=days)):
        tokens.forget()
        old = post("/webhooks/twilio/sms-status", token=TOKEN, MessageSid="SM1")
        new = post("/webhooks/twilio/sms-status", token="n" * 32, MessageSid="SM2")

    assert (old.status_code, new.status_code) == (status, 200)


def test_token_of_an_account_that_is_switched_off_counts(post, account):
    Account.objects.filter(pk=account.pk).update(is_enabled=False)
    tokens.forget()

    assert post("/webhooks/twilio/sms-status", MessageSid="SM1").status_code == 200
