"""A referral that lapses soon is an alert before it does, and none once it is answered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_sync.models import Connection, Referral
from dashboards.alerting import referrals, watching
from dashboards.models import Alert

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection():
    return Connection.objects.create(kind="partner_center", label="Ours")


def referral(connection, days, number=1, **more):
    return Referral.objects.create(
        connection=connection, remote_id=f"r-{number}", customer_name="Birch",
        expires_at=timezone.now() + timedelta(days=days), **{"status": "New", **more},
    )  # fmt: skip


def subjects():
    return list(
        Alert.objects.filter(kind="referral_due", cleared_at=None).values_list("subject", flat=True)
    )


def test_xr_58_deadline_within_three_days_is_an_alert_once_before_it_lapses(connection):
    soon = referral(connection, 2.9)
    referral(connection, 3.1, number=2)

    for _ in range(3):
        watching.look()

    alert = Alert.objects.get(kind="referral_due")
    assert (alert.subject, alert.raised_at is not None) == (str(soon.pk), True)
    assert alert.message.startswith("Birch has not been answered, and lapses on ")


@pytest.mark.parametrize(
    "change", [{"status": "Active"}, {"status": "Closed"}, {"answer": "accept"}]
)
def test_xr_58_answered_it_is_over(connection, change):
    row = referral(connection, 1)
    watching.look()
    assert subjects() == [str(row.pk)]

    Referral.objects.filter(pk=row.pk).update(**change)
    watching.look()

    assert subjects() == []


@pytest.mark.parametrize(("options", "days", "is_told"), [
    ({"deadline_days": 7}, 6, True), ({"deadline_days": 1}, 2, False), ({}, 2, True),
    ({"deadline_days": "x"}, 2, True), ({"deadline_days": -1}, 2, True),
    ({"deadline_days": True}, 2, True), ({}, -0.5, True), ({}, -2, False),
])  # fmt: skip
def test_connection_says_how_long_ahead(connection, options, days, is_told):
    Connection.objects.update(options=options)
    referral(connection, days)

    watching.look()

    assert bool(subjects()) is is_told


def test_connection_that_is_off_warns_of_nothing(connection):
    Connection.objects.update(is_enabled=False)
    referral(connection, 1)

    watching.look()

    assert subjects() == []


def test_many_are_told_together(connection):
    for number in range(referrals.MOST + 5):
        referral(connection, 1, number)

    readings = list(referrals.referral_deadlines())

    assert len(readings) == referrals.MOST + 1
    assert readings[-1].words == "5 further referrals lapse soon."
