"""What a look tells of a company stands beside what others said, and below a person's word."""

from datetime import date

import pytest

from contacts.models import Company
from enrichment.engine.items import Outcome
from enrichment.leads.learning import learn

pytestmark = pytest.mark.django_db
EARLY, LATE = "2026-11-01T00:00:00+00:00", "2026-11-02T00:00:00+00:00"


def told(lookup="dns.mail", at=EARLY, **facts):
    pairs = {f"company.{name}": (value, 0.98) for name, value in facts.items()}
    return Outcome(lookup, "hit", pairs, at)


def learned(*outcomes):
    company = Company.objects.create(domain="birch.test")
    for outcome in outcomes:
        learn(company.pk, [outcome])
    company.refresh_from_db()
    return company


def test_facts_go_to_their_columns_with_their_source():
    company = learned(told("rdap.domain", domain_expires_on="2027-02-01"), told(has_mx=False))

    assert (company.has_mx, company.domain_expires_on) == (False, date(2027, 2, 1))
    assert company.provenance["has_mx"] == {"by": "dns.mail", "at": EARLY, "sure": 0.98}
    assert company.revision == 2


@pytest.mark.parametrize("order", [(EARLY, LATE), (LATE, EARLY)])
def test_the_later_word_of_one_source_stays_in_either_order(order):
    company = learned(*(told(at=at, has_dmarc=at == LATE) for at in order))

    assert company.has_dmarc is True


def test_the_same_answer_again_is_no_news():
    assert learned(told(has_mx=True), told(has_mx=True)).revision == 1


def test_dates_of_two_sources_stand_beside_each_other():
    company = learned(
        told("rdap.domain", domain_expires_on="2027-02-01"),
        told("other.domain", domain_expires_on="2028-03-02", at=LATE),
    )

    assert len(company.provenance["domain_expires_on"]["also"]) == 1


def test_a_persons_word_stays():
    company = Company.objects.create(
        domain="birch.test", registrar="By hand",
        provenance={"registrar": {"by": "person:ann", "at": EARLY, "sure": 1.0}},
    )  # fmt: skip

    learn(company.pk, [told("rdap.domain", at=LATE, registrar="Oakleaf Names")])

    company.refresh_from_db()
    assert company.registrar == "By hand"


def test_a_company_that_is_gone_learns_nothing():
    assert learn(1, [told(has_mx=True)]) is False
