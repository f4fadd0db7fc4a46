"""Pipedrive and Dynamics, and what holds for every sender with a secret."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.webhooks.senders.conftest import (
    CHANGE,
    CONTEXT,
    SECRET,
    basic,
    kept,
)
from webhooks import processing, sealing, tokens
from webhooks.models import Delivery


def test_changes_of_pipedrive_are_kept_once(http, sender):
    sender("pipedrive")
    again = CHANGE | {"meta": CHANGE["meta"] | {"attempt": 2}}
    answers = [
        http.post("/webhooks/pipedrive", json=one, headers=basic(SECRET)).status_code
        for one in (CHANGE, again, CHANGE | {"data": {"id": 41}}, [], {"meta": 1})
    ]

    assert answers == [200, 200, 200, 400, 400]
    assert kept() == [("pipedrive", "person.change", "41")] * 2


@pytest.mark.parametrize(
    "headers", [{}, basic("x"), {"Authorization": "Basic !"}, {"Authorization": f"Bearer {SECRET}"}]
)
def test_pipedrive_without_our_password_is_refused(http, sender, headers):
    sender("pipedrive")

    answer = http.post("/webhooks/pipedrive", json=CHANGE, headers=headers)

    assert (answer.status_code, Delivery.objects.count()) == (401, 0)


def test_messages_of_dynamics_come_with_a_key_in_address_or_header(http, sender):
    sender("dynamics", organization="o-1")
    good = f"/webhooks/dynamics?code={SECRET}"
    answers = [
        http.post(good, json=CONTEXT),
        http.post("/webhooks/dynamics", json=CONTEXT, headers={"X-Switchboard-Key": SECRET}),
        http.post("/webhooks/dynamics?code=x", json=CONTEXT),
        http.post("/webhooks/dynamics", json=CONTEXT),
        http.post(good, json=CONTEXT | {"OrganizationId": "o-2"}),
        http.post(good, json={}),
    ]

    assert [one.status_code for one in answers] == [200, 200, 403, 403, 403, 400]
    assert kept() == [("dynamics", "contact.update", "4f-1")]


@pytest.mark.parametrize(
    "path", ["hubspot", "salesforce?token=", "salesforce", "dynamics?code=", "pipedrive"]
)
def test_without_a_secret_of_ours_nobody_comes_in(http, path):
    answer = http.post(f"/webhooks/{path}", json=[], headers=basic(""))

    assert (answer.status_code in (401, 403), Delivery.objects.count()) == (True, 0)


@pytest.mark.parametrize(("days", "status"), [(6, 200), (8, 403)])
def test_secret_before_counts_for_a_week(http, sender, days, status):
    row = sender("dynamics")
    made = sealing.make_secret(row)

    with time_machine.travel(timezone.now() + timedelta(days=days)):
        tokens.forget()
        old = http.post(f"/webhooks/dynamics?code={SECRET}", json=CONTEXT)
        new = http.post(f"/webhooks/dynamics?code={made}", json=CONTEXT)

    assert (old.status_code, new.status_code) == (status, 200)


def test_an_event_of_a_crm_that_no_connection_reads_is_done(http, sender):
    sender("dynamics")
    http.post(f"/webhooks/dynamics?code={SECRET}", json=CONTEXT)

    processing.work(60)

    row = Delivery.objects.get()
    assert (row.state, row.outcome) == ("done", "no connection reads its changes as they happen")


def test_secrets_are_sealed_and_sealed_anew(sender):
    row = sender("hubspot")
    before = row.sealed

    count = sealing.reseal()

    row.refresh_from_db()
    assert (count, SECRET in before, row.sealed != before) == (1, False, True)
    assert sealing.known("hubspot").secrets == (SECRET,)
