"""Domains that are looked at: one, and a list with its progress; each lead says why it counts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import violations


@pytest.fixture
def slow(office):
    """The world takes its time, so that there is progress to see."""
    office.sandbox_set(latency_ms=2000)
    yield office
    office.sandbox_set()


def look_at(page: Page, domains: str) -> None:
    page.goto("/admin/enrichment/leadscore/add/")
    page.get_by_label("Domains").fill(domains)
    page.get_by_role("button", name="Look at them").click()


def tile(page: Page, words: str) -> int:
    return int(page.locator(".imp-tiles li", has_text=words).locator("strong").inner_text())


def test_one_domain_is_looked_at_and_its_score_adds_up(office, page):
    look_at(page, "10.0.0.1")
    expect(page.get_by_text("is an IP address, not a name")).to_be_visible()
    look_at(page, "https://www.granite-quarry.test/contact")
    expect(page.locator("#progress")).to_have_count(0)
    assert tile(page, "looked at") == 1
    page.get_by_role("link", name="granite-quarry.test").click()

    breakdown = page.get_by_role("region", name="Breakdown of the readiness").locator("tbody tr")
    expect(page.get_by_text("Nothing since the first look.")).to_be_visible()
    points = [int(row.split("\t")[-1].split(" of ")[0]) for row in breakdown.all_inner_texts()]
    assert sum(points[:-1]) == points[-1] == tile(page, "readiness")
    assert violations(page) == []
    page.get_by_role("button", name="Look again now").click()
    expect(page.get_by_role("heading", name=re.compile("Scan"))).to_be_visible()


def test_a_list_is_looked_at_with_progress_and_says_what_it_left_out(slow, page):
    look_at(
        page, "\n".join([f"quarry-{at}.test" for at in range(8)] + ["gmail.com", "QUARRY-1.test"])
    )

    expect(page.get_by_role("progressbar", name="Progress")).to_be_visible()
    expect(page.locator("#progress")).to_contain_text("of 8")
    slow.sandbox_set()
    expect(page.locator("#progress")).to_have_count(0)
    assert (tile(page, "looked at"), tile(page, "new companies")) == (8, 8)
    expect(page.get_by_role("region", name="Leads of the scan").locator("tbody tr")).to_have_count(
        8
    )
    expect(page.locator("section", has_text="Left out")).to_contain_text("gmail.com")
