"""What a company's page tells: groups of what is known, in words, with who says so."""

from datetime import UTC, date, datetime

from contacts.company_facts import facts_of
from contacts.models import Company


def test_what_is_known_stands_in_groups_and_in_words():
    company = Company(
        name="Birch", domain="birch.test", employee_count=12_000, has_mx=False,
        domain_expires_on=date(2027, 3, 1), trust_checked_at=datetime(2026, 11, 1, 8, tzinfo=UTC),
    )  # fmt: skip

    said = {title: [(one.label, one.value) for one in rows] for title, rows in facts_of(company)}

    assert said == {
        "Who they are": [("Name", "Birch"), ("Domain", "birch.test"), ("Employees", "12,000")],
        "Their domain": [("Takes mail", "No"), ("Expires on", "1 Mar 2027")],
        "Twilio Trust Hub": [("Checked", "1 Nov 2026, 08:00 UTC")],
    }


def test_who_says_so_is_named_in_words():
    by = {"name": "person:ann", "industry": "hunter.domain_search", "city": "file:7"}
    company = Company(
        name="Birch", industry="Software", city="Alderton", country="US",
        provenance={name: {"by": source, "at": "2026-11-01"} for name, source in by.items()},
    )  # fmt: skip

    sources = {one.label: one.source for _, rows in facts_of(company) for one in rows}

    assert sources == {
        "Name": "ann", "Domain": "", "Industry": "hunter.domain_search", "City": "import 7",
        "Country": "",
    }  # fmt: skip


def test_a_source_has_the_name_that_a_room_above_gives_it():
    fact = {"by": "hunter.domain_search", "at": "2026-11-01T08:00:00Z"}
    company = Company(name="Birch", industry="Software", provenance={"industry": fact})

    (_, (*_, industry)), *_ = facts_of(company, {"hunter.domain_search": "Domain search · Hunter"})

    assert industry.said_by == "Domain search · Hunter, 1 Nov 2026"
