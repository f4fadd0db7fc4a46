"""Scans against the sandbox, by the engine's own gate, ledger and answers."""

import pytest

from contacts import leases
from contacts.models import Company
from enrichment.leads import scanning, scans, service
from enrichment.leads.scanning import ScanView
from enrichment.models import Answer, DomainScan, LeadChange, LeadScore, ScanItem
from integrations.models import Account, AccountLookup, ApiCall, Reservation

DOMAINS = [f"firm{n}.test" for n in range(12)]


def scanned(runtime, *domains, **options):
    scan = scans.start(domains, **options)
    while scanning.work(runtime, 5):
        pass
    scan.refresh_from_db()
    return scan


def test_a_text_is_read_for_its_domains():
    domains, refused = scans.read_domains(
        "HTTP://WWW.Birch.test:8080/a?b#c, user:pw@elm.test;ann@oak.test\n birch.test 192.0.2.1 "
        "gmail.com mail.ash.co.uk John <john@fir.test> bücher.test"
    )

    assert domains == [
        "birch.test", "elm.test", "oak.test", "ash.co.uk", "fir.test", "xn--bcher-kva.test",
    ]  # fmt: skip
    assert [typed for typed, _ in refused] == ["192.0.2.1", "gmail.com", "John"]
    assert dict(refused)["gmail.com"] == "is consumer mail, never a company's"


def test_a_list_is_scanned_to_its_end(runtime):
    Company.objects.create(domain=DOMAINS[0], name="Known")

    scan = scanned(runtime, *DOMAINS, DOMAINS[0])

    assert (scan.total_count, scan.done_count, scan.failed_count, scan.made_count) == (
        12,
        12,
        0,
        11,
    )
    assert scan.finished_at is not None
    assert Company.objects.count() == LeadScore.objects.count() == 12
    assert Company.objects.get(name="Known").has_mx is not None
    assert not LeadScore.objects.filter(segment="unknown").exists()
    assert set(ScanItem.objects.values_list("state", flat=True)) == {"done"}


def test_what_was_asked_is_in_the_ledger_and_kept_as_answers(runtime):
    scanned(runtime, "birch.test")

    assert {(one.provider, one.outcome) for one in ApiCall.objects.all()} == {
        ("dns", "answered"), ("rdap", "answered"), ("hosting", "answered"),
    }  # fmt: skip
    assert set(Answer.objects.values_list("lookup", flat=True)) == set(scanning.LOOKUPS)
    assert not Reservation.objects.exists()
    company = Company.objects.get()
    assert company.provenance["has_mx"]["by"] == "dns.mail"
    assert company.domain_expires_on is not None
    assert company.ip_address.startswith("192.0.2.")


def test_a_second_scan_asks_nothing_and_leaves_one_lead(runtime, sandbox):
    scanned(runtime, "birch.test")
    sandbox.fresh()

    scan = scanned(runtime, "birch.test")

    assert (scan.done_count, sandbox.count()["calls"]) == (1, 0)
    assert (LeadScore.objects.count(), LeadChange.objects.count()) == (1, 0)


def test_a_forced_scan_asks_anew(runtime, sandbox):
    scanned(runtime, "birch.test")
    before = ApiCall.objects.count()

    scanned(runtime, "birch.test", is_forced=True)

    assert ApiCall.objects.count() == before + 3


def test_the_unknown_is_unknown_yet_and_due_soon(runtime):
    scanned(runtime, "servfail.test")

    lead = LeadScore.objects.get()
    assert (lead.segment, lead.readiness, lead.unknown_times) == ("unknown", None, 1)
    answer = Answer.objects.get(lookup="dns.mail")
    assert (answer.expires_at - answer.observed_at).total_seconds() == 3600


def switch_off(*slugs):
    for slug in slugs:
        of, _, name = slug.partition(".")
        account = Account.objects.get(provider=of)
        AccountLookup.objects.create(account=account, name=name, is_enabled=False)


def test_what_may_pass_is_tried_again_and_in_the_end_said(runtime):
    switch_off("rdap.domain", "hosting.place")
    scan = scanned(runtime, "birch.test", "down.test")

    item = scan.items.get(state="waiting")
    assert (scan.done_count, scan.finished_at, item.company.domain) == (1, None, "down.test")
    assert item.tries == 1 and item.error

    scan.items.filter(pk=item.pk).update(tries=2, due_at="2020-01-01T00:00:00Z")
    scanning.work(runtime, 5)

    scan.refresh_from_db()
    item.refresh_from_db()
    assert (scan.failed_count, item.state, scan.finished_at is None) == (1, "failed", False)
    assert LeadScore.objects.get(company=item.company).segment == "unknown"


def test_lookups_that_are_switched_off_are_not_asked(runtime):
    switch_off("rdap.domain", "hosting.place")

    scanned(runtime, "birch.test")

    assert set(Answer.objects.values_list("lookup", flat=True)) == {"dns.mail"}


def test_what_a_lost_worker_held_is_looked_at_by_another(runtime, transactional_db):
    scan = scans.start(["birch.test"])
    lost = leases.register()
    with scanning.transaction.atomic():
        assert len(scanning.QUEUE.claim(lost, 5)) == 1
    scanning.sweep([lost])
    scanning.work(runtime, 5)

    scan.refresh_from_db()
    assert (scan.done_count, scan.items.get().losses) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_what_took_three_workers_with_it_is_given_up():
    scan = scans.start(["birch.test"])
    for _ in range(3):
        lost = leases.register()
        with scanning.transaction.atomic():
            scanning.QUEUE.claim(lost, 5)
        scanning.sweep([lost])

    scan.refresh_from_db()
    assert (scan.failed_count, scan.items.get().state) == (1, "dead")
    assert scan.finished_at is not None


@pytest.mark.django_db
def test_a_scan_whose_companies_went_ends():
    scan = scans.start(["birch.test", "elm.test"])
    Company.objects.all().delete()

    scanning.sweep([])

    scan.refresh_from_db()
    assert (scan.total_count, scan.finished_at is None) == (0, False)


@pytest.mark.django_db
@pytest.mark.parametrize("domains", [[], [f"f{n}.test" for n in range(scans.MOST + 1)]])
def test_nothing_and_too_much_are_refused(domains):
    with pytest.raises(scans.NothingToScan):
        scans.start(domains)

    assert not DomainScan.objects.exists()


@pytest.mark.django_db
def test_what_is_due_is_scanned_by_schedule_once():
    due, later = (Company.objects.create(domain=f"{n}.test", has_mx=True) for n in "ab")
    service.settle([due.pk, later.pk])
    LeadScore.objects.filter(pk=due.pk).update(rescan_at="2026-01-01T00:00:00Z")
    LeadScore.objects.filter(pk=later.pk).update(rescan_at="2099-01-01T00:00:00Z")

    scan = scans.start_due()

    assert [item.company for item in scan.items.all()] == [due]
    assert scan.kind == DomainScan.Kind.RESCAN
    assert scans.start_due() is None


def test_a_scan_has_no_cap_per_company():
    assert ScanView(is_sandbox=True, since=None).plan.cap_usd is None
