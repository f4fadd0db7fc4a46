"""What CRMs send, and a secret of each that the tests know."""

import base64
import hashlib
import hmac
import time

import pytest

from tests.webhooks.conftest import SITE
from webhooks import sealing, tokens
from webhooks.models import Delivery, Sender

SECRET = "s" * 43
EVENT: dict[str, object] = {
    "eventId": 7, "subscriptionId": 3, "portalId": 62515, "appId": 5, "occurredAt": 1_700_000_000,
    "subscriptionType": "contact.propertyChange", "attemptNumber": 0, "objectId": 123,
    "propertyName": "phone", "propertyValue": "+14155550100",
}  # fmt: skip
CHANGE: dict[str, dict[str, object]] = {
    "meta": {
        "action": "change", "entity": "person", "company_id": "9", "entity_id": "41",
        "webhook_id": "3", "attempt": 1, "version": "2.0", "timestamp": "2026-11-23T05:00:00Z",
    },
    "data": {"id": 41, "name": "Ann"}, "previous": {"name": "An"},
}  # fmt: skip
CONTEXT = {
    "MessageName": "Update", "PrimaryEntityName": "contact", "PrimaryEntityId": "4f-1",
    "OrganizationId": "o-1", "OperationId": "j-1", "InputParameters": [],
}  # fmt: skip
SOAP = """<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
<notifications xmlns="http://soap.sforce.com/2005/09/outbound">
<OrganizationId>00D000000000001EAA</OrganizationId><ActionId>04k1</ActionId>
<SessionId>a secret of theirs</SessionId>{}</notifications></soapenv:Body></soapenv:Envelope>"""
NOTIFICATION = """<Notification><Id>04l{0}</Id><sObject xsi:type="sf:Contact"
 xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>003{0}</sf:Id><sf:Phone>1</sf:Phone>
</sObject></Notification>"""


@pytest.fixture
def sender(door):
    """Make a sender's secret ours to know."""

    def make(slug, **values):
        sealing.ensure_senders()
        Sender.objects.filter(slug=slug).update(**values)
        row = Sender.objects.get(slug=slug)
        sealing.set_secret(row, SECRET)
        tokens.forget()
        return row

    return make


def signed(body: bytes, url="/webhooks/hubspot", secret=SECRET, at=None):
    stamp = str(int((at or time.time()) * 1000))
    raw = b"POST" + (SITE + url).encode() + body + stamp.encode()
    own = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
    return {"X-HubSpot-Signature-v3": own, "X-HubSpot-Request-Timestamp": stamp}


def basic(password):
    return {"Authorization": "Basic " + base64.b64encode(f"us:{password}".encode()).decode()}


def kept():
    rows = Delivery.objects.order_by("id")
    return [(row.sender, row.kind, row.subject) for row in rows]
