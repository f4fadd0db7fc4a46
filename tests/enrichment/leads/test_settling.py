"""A company's columns become its lead: changes once, tags by themselves, the next look in time."""

import threading
import time
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import Company
from enrichment.leads import rules, service
from enrichment.models import LeadChange, LeadScore

pytestmark = pytest.mark.django_db
GOOGLE = {
    "has_mx": True, "mail_host": "aspmx.l.google.com", "mail_provider": "google_workspace",
    "has_spf": True, "spf": "v=spf1 include:_spf.google.com ~all", "has_dkim": False,
    "has_dmarc": False,
}  # fmt: skip


@pytest.fixture
def company():
    return Company.objects.create(domain="birch.test", **GOOGLE)


def changed(company, **values):
    Company.objects.filter(pk=company.pk).update(revision=company.revision + 1, **values)
    company.refresh_from_db()
    service.settle([company.pk])
    return LeadScore.objects.get(company=company)


def told():
    rows = LeadChange.objects.order_by("pk").values_list("kind", "old", "new", "alert")
    return list(rows)


def test_the_first_look_makes_one_lead_and_no_change(company):
    service.settle([company.pk])
    service.settle([company.pk])

    lead = LeadScore.objects.get()
    assert (lead.readiness, lead.segment, lead.priority) == (62, "migration", 3)
    assert lead.readiness == sum(row["points"] for row in lead.reasons)
    assert (lead.rules_version, lead.company_revision) == (rules.current().version, 0)
    assert lead.tags == ["weak-dmarc", "migration-ready", "google-workspace"]
    assert told() == []


def test_each_change_is_written_once(company):
    service.settle([company.pk])

    lead = changed(company, has_dmarc=True, dmarc_policy="reject", dmarc_percent=100)
    service.settle([company.pk])

    assert told() == [
        ("dmarc", "absent", "reject", "dmarc_added"),
        ("score", "62", "82", "score_changed"),
    ]
    assert (lead.readiness, lead.priority) == (82, 1)
    assert lead.tags == ["migration-ready", "google-workspace"]


def test_what_goes_back_and_forth_is_written_each_time(company):
    service.settle([company.pk])

    for host in ("mx.other.test", "aspmx.l.google.com") * 2:
        changed(company, mail_host=host)

    assert [(new, alert) for _, _, new, alert in told()] == [
        ("mx.other.test", "mx_changed"), ("aspmx.l.google.com", "mx_changed"),
        ("mx.other.test", "mx_changed"), ("aspmx.l.google.com", "mx_changed"),
    ]  # fmt: skip


def test_another_provider_with_the_same_score_is_told_by_its_segment(company):
    service.settle([company.pk])

    changed(company, mail_provider="microsoft_365")

    assert told() == [
        ("provider", "google_workspace", "microsoft_365", ""),
        ("segment", "migration", "existing", "score_changed"),
    ]


def test_a_time_out_is_no_change_and_what_was_known_is_told_against_later(company):
    service.settle([company.pk])

    changed(company, has_dmarc=None)
    assert told() == []
    changed(company, has_dmarc=True, dmarc_policy="none")

    assert told()[0] == ("dmarc", "absent", "none", "dmarc_added")


def test_a_domain_that_nears_its_end_is_told_once_and_again_when_it_is_past(company):
    today = timezone.now().date()
    changed(company, domain_expires_on=today + timedelta(days=20))
    service.settle([company.pk])

    with time_machine.travel(timezone.now() + timedelta(days=30)):
        service.settle([company.pk])
        service.settle([company.pk])

    expiry = [row for row in told() if row[0] == "expiry"]
    assert expiry == [
        ("expiry", "unknown", "soon", "expires_soon"), ("expiry", "soon", "expired", "expired"),
    ]  # fmt: skip
    assert LeadScore.objects.get().expires_on == today + timedelta(days=20)


def test_other_rules_score_anew_and_alert_nobody(company):
    service.settle([company.pk])
    LeadScore.objects.update(rules_version="2020-01", signals={"score": "10", "segment": "cold"})

    assert service.settle_changed() == 1

    assert [(kind, alert) for kind, _, _, alert in told()] == [("score", ""), ("segment", "")]
    assert service.settle_changed() == 0


def test_what_a_run_learned_is_settled_too(company):
    assert (service.settle_changed(), service.settle_changed()) == (1, 0)
    Company.objects.create(name="No domain", has_mx=True)
    Company.objects.create(domain="unseen.test")
    Company.objects.filter(pk=company.pk).update(revision=7, has_mx=False)

    assert service.settle_changed() == 1

    assert LeadScore.objects.get().segment == "skip"


def test_the_unknown_is_looked_at_again_soon_then_rarer(settings):
    settings.LEADS_RESCAN_DAYS = 7
    unknown = Company.objects.create(domain="servfail.test")
    pauses = []

    for _ in range(10):
        service.settle([unknown.pk], is_scan=True)
        lead = LeadScore.objects.get()
        pauses.append(round((lead.rescan_at - lead.scored_at).total_seconds() / 3600))

    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 168, 168]
    assert (lead.segment, lead.readiness, lead.unknown_times) == ("unknown", None, 10)


def test_settling_many_costs_few_queries_each(company):
    rows = [Company(domain=f"firm{n}.test", **GOOGLE) for n in range(20)]
    ids = [row.pk for row in Company.objects.bulk_create(rows)]

    with CaptureQueriesContext(connection) as queries:
        service.settle(ids)

    assert len(queries) == 6 + len(ids)


def test_a_company_that_is_gone_leaves_nothing(company):
    service.settle([company.pk])
    changed(company, mail_host="mx.other.test")

    service.settle([company.pk + 1])
    company.delete()

    assert (LeadScore.objects.count(), LeadChange.objects.count()) == (0, 0)


def test_dates_come_back_as_they_went_in(company):
    lead = changed(company, domain_expires_on=date(2031, 2, 1))

    assert (lead.expires_on, lead.expiry) == (date(2031, 2, 1), "later")


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_lead_sees_the_company_as_it_is_then(company):
    service.settle([company.pk])
    has_begun, may_end = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            LeadScore.objects.select_for_update().get()
            has_begun.set()
            may_end.wait(10)
            Company.objects.update(has_mx=False, revision=9)
        connection.close()

    def settle():
        service.settle([company.pk])
        connection.close()

    holder, settler = threading.Thread(target=hold), threading.Thread(target=settle)
    holder.start()
    has_begun.wait(10)
    settler.start()
    time.sleep(0.5)
    may_end.set()
    holder.join()
    settler.join()

    lead = LeadScore.objects.get()
    assert (lead.segment, lead.company_revision) == ("skip", 9)
