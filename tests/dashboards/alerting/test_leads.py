"""Changes of leads are alerts once each, many of a day together, and over without a word."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from contacts.models import Company
from dashboards.alerting import leads, watching
from dashboards.models import Alert, AlertChannel, Notice
from enrichment.models import LeadChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return Company.objects.create(domain="birch.test")


def change(company, number=0, alert="mx_changed"):
    return LeadChange.objects.create(
        company=company, domain=company.domain, kind="mx", old="mx.old.test", new="mx.new.test",
        alert=alert, key=f"{company.domain}|{number}",
    )  # fmt: skip


def test_a_change_is_an_alert_once(company):
    found = change(company)
    change(company, 1, alert="")

    for _ in range(3):
        watching.look()

    alert = Alert.objects.get(kind="lead_changed")
    assert alert.subject == str(found.pk)
    assert alert.message.startswith(
        "birch.test: Mail host changed. Mail host: mx.old.test, now mx.new.test."
    )


def test_it_is_over_after_a_day_and_nobody_is_told_of_that(company):
    AlertChannel.objects.create(kind="email", is_enabled=True, recipients="ops@birch.test")
    change(company)
    watching.look()

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        watching.look()

    assert Alert.objects.get(kind="lead_changed").cleared_at is not None
    assert list(Notice.objects.filter(alert__kind="lead_changed").values_list("event")) == [
        ("raised",)
    ]


def test_many_of_a_day_are_told_together(company):
    for number in range(leads.MOST + 5):
        change(company, number)

    readings = list(leads.lead_changes())

    assert len(readings) == leads.MOST + 1
    assert (readings[-1].value, readings[-1].words[:26]) == (5, "5 further changes of leads")
