"""What has gone stale is asked again by itself, within what it may spend a month."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.accessibility import violations


def test_stale_contacts_are_asked_again_within_the_months_cap(office, page):
    office.perform("ask_about", "+13145550101", "3")
    office.perform("age", "1314555", "200")
    page.goto("/admin/enrichment/upkeep/add/")
    page.get_by_label("Name").fill("Old lines")
    page.get_by_label("Recipe").select_option("Phone lookup")
    page.get_by_label("Which contacts").fill("colour=red")
    page.get_by_label("Spends a month at most").fill("2")
    page.get_by_label("On", exact=True).check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Which contacts")).to_have_value("colour=red")
    page.get_by_label("Which contacts").fill(f"{office.url}/admin/contacts/contact/?q=%2B1314555")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("tbody tr", has_text="Old lines")).to_be_visible()

    office.perform("tend_upkeep")
    page.goto("/admin/enrichment/upkeep/")
    expect(page.locator("tbody tr", has_text="Old lines")).to_contain_text("3 contacts were due.")
    assert violations(page) == []
    page.goto("/admin/enrichment/run/?q=Upkeep")
    page.get_by_role("link", name="Upkeep: Old lines").click()
    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    expect(page.locator(".imp-tiles li", has_text="completed")).to_contain_text("3")
