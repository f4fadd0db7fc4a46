"""HubSpot: its signature and clock, and its events."""

import json
import time

import pytest
import time_machine

from tests.contracts.conftest import contracts_dir  # noqa: F401 - a fixture
from tests.webhooks.senders.conftest import (
    EVENT,
    kept,
    signed,
)
from webhooks.arrival import Arrival, Unsigned
from webhooks.models import Delivery
from webhooks.senders import hubspot


def test_vector_of_hubspot(contracts_dir):  # noqa: F811 - the fixture
    of = json.loads((contracts_dir / "hubspot/fixture_webhook_signature_vectors.json").read_text())
    vector = of["v3"]
    headers = {
        hubspot.SIGNATURE: vector["signature"], hubspot.STAMP: vector["timestamp"],
    }  # fmt: skip
    arrival = Arrival(of["url"], headers, of["request_body"].encode())

    with time_machine.travel(int(vector["timestamp"]) / 1000 + 299, tick=False):
        hubspot.prove(arrival, ("another", of["client_secret"]))
        with pytest.raises(Unsigned):
            hubspot.prove(arrival, ("another",))
    with time_machine.travel(int(vector["timestamp"]) / 1000 + 301), pytest.raises(Unsigned):
        hubspot.prove(arrival, (of["client_secret"],))


def test_address_is_signed_with_some_escapes_written_plainly():
    url = "https://office.test/webhooks/hubspot?a=%3a%2F%3F%40%21%24%27%28%29%2A%2C%3B%20%26%3D%25"

    assert hubspot.signed_address(url) == (
        "https://office.test/webhooks/hubspot?a=:/?@!$'()*,;%20%26%3D%25"
    )


def test_events_of_hubspot_are_kept_one_by_one_and_once(http, sender):
    sender("hubspot")
    first, second = EVENT, EVENT | {"objectId": 124}
    for events in ([first, second], [first | {"attemptNumber": 1}]):
        body = json.dumps(events).encode()
        assert http.post("/webhooks/hubspot", content=body, headers=signed(body)).status_code == 200

    assert kept() == [
        ("hubspot", "contact.propertyChange", "123"), ("hubspot", "contact.propertyChange", "124"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "headers",
    [
        {}, signed(b"[]", secret="x"), signed(b"[]", url="/webhooks/other"), signed(b"[ ]"),
        {"X-HubSpot-Signature-v3": "x", "X-HubSpot-Request-Timestamp": "now"},
    ],
)  # fmt: skip
def test_what_hubspot_did_not_sign_leaves_no_row(http, sender, headers):
    sender("hubspot")

    answer = http.post("/webhooks/hubspot", content=b"[]", headers=headers)

    assert (answer.status_code, Delivery.objects.count()) == (403, 0)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_hubspots_clock_is_ours_within_five_minutes(http, sender, minutes):
    sender("hubspot")
    body = json.dumps([EVENT]).encode()

    old = signed(body, at=time.time() + 60 * minutes)
    answer = http.post("/webhooks/hubspot", content=body, headers=old)

    assert (answer.status_code, Delivery.objects.count()) == (403, 0)


@pytest.mark.parametrize("said", [[], {}, [1], [EVENT] * 101, "x"])
def test_other_forms_of_hubspot_are_refused(http, sender, said):
    sender("hubspot")
    body = json.dumps(said).encode()

    answer = http.post("/webhooks/hubspot", content=body, headers=signed(body))

    assert (answer.status_code, Delivery.objects.count()) == (400, 0)
