"""Salesforce: its token and organization, and its notifications."""

import pytest

from tests.webhooks.senders.conftest import (
    NOTIFICATION,
    SECRET,
    SOAP,
    kept,
)
from webhooks.models import Delivery


def test_notifications_of_salesforce_are_kept_and_acknowledged(http, sender):
    sender("salesforce")
    body = SOAP.format(NOTIFICATION.format(1) + NOTIFICATION.format(2)).encode()

    for _ in range(2):
        answer = http.post(f"/webhooks/salesforce?token={SECRET}", content=body)

    assert (answer.status_code, b"<Ack>true</Ack>" in answer.content) == (200, True)
    assert kept() == [("salesforce", "Contact", "0031"), ("salesforce", "Contact", "0032")]
    assert Delivery.objects.first().payload == {
        "organization": "00D000000000001EAA", "action": "04k1", "type": "Contact",
        "fields": {"Id": "0032", "Phone": "1"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        "", "<a>", "{}", "<a/>", SOAP.format(""), SOAP.format("<Notification/>"),
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "<?xml version='1.0' encoding='no'?><a/>",
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/x"><a/>', "<a>" * 200_000,
        "<a>" * 140_000 + "</a>" * 140_000,
    ],
)  # fmt: skip
def test_other_forms_of_salesforce_are_refused(http, sender, body):
    sender("salesforce")

    answer = http.post(f"/webhooks/salesforce?token={SECRET}", content=body.encode())

    assert (answer.status_code, Delivery.objects.count()) == (400, 0)


@pytest.mark.parametrize(
    ("named", "status"), [("00D000000000001", 200), ("00D000000000001EAB", 200), ("00D2", 403)]
)
def test_another_organization_of_salesforce_is_refused(http, sender, named, status):
    sender("salesforce", organization=named)
    body = SOAP.format(NOTIFICATION.format(1)).encode()

    assert http.post(f"/webhooks/salesforce?token={SECRET}", content=body).status_code == status
