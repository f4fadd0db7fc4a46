"""Businesses by ZIP: estimated, found, brought in as companies and contacts, and taken back."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.e2e.accessibility import violations

FATES = (
    "new contacts", "filled in", "known or found before", "without a phone", "closed for good",
    "could not be read",
)  # fmt: skip


def tile(page: Page, words: str) -> Locator:
    """The number of the tile that says these words."""
    return page.locator(".imp-tiles li", has_text=words).locator("strong")


def figure(page: Page, words: str) -> str:
    return tile(page, words).inner_text()


def look_for(page: Page, kind: str, places: str) -> None:
    page.goto("/admin/enrichment/discovery/add/")
    page.get_by_label("Kind of business").fill(kind)
    page.get_by_label("ZIPs or towns, one a line").fill(places)
    page.get_by_role("button", name="Estimate").click()


def test_zips_become_companies_and_contacts_and_are_taken_back(office, page):
    look_for(page, "plumber", "60601\n00000")
    expect(page.get_by_text("There is no ZIP 00000")).to_be_visible()
    expect(page.get_by_label("Kind of business")).to_have_value("plumber")
    page.get_by_label("ZIPs or towns, one a line").fill("60601\n60602")
    page.get_by_role("button", name="Estimate").click()

    expect(page.get_by_role("heading", name="Estimate")).to_be_visible()
    most = float(figure(page, "at most").removeprefix("$"))
    page.get_by_role("button", name="Approve and start").click()
    expect(page.get_by_role("heading", name="What it found")).to_be_visible()
    found = int(page.locator(".imp-tiles li strong").first.inner_text())
    new = int(figure(page, "new contacts"))
    assert 0 < new <= found == sum(int(figure(page, words)) for words in FATES)
    assert 0 < float(figure(page, "spent").removeprefix("$")) <= most
    assert violations(page) == []

    page.get_by_role("link", name="Its contacts").click()
    expect(page.locator("tbody tr").nth(new - 1)).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Its import").click()
    page.get_by_role("link", name="Undo…").click()
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", name="Taken back")).to_be_visible()
    expect(page.locator("#progress")).to_have_count(0)
    expect(tile(page, "Reversed")).to_have_text(str(new))


def test_an_operator_looks_and_a_manager_approves(page_of):
    operator, manager = page_of("operator"), page_of("manager")
    look_for(operator, "notary", "Austin, TX")
    expect(operator.get_by_role("heading", name="Estimate")).to_be_visible()
    expect(operator.get_by_role("button", name="Approve and start")).to_have_count(0)

    manager.goto(operator.url)
    manager.get_by_role("button", name="Approve and start").click()

    expect(operator.get_by_role("heading", name="What it found")).to_be_visible()
