"""A recipe is composed, rehearsed on answers that were bought, kept, and run."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.accessibility import violations


def test_recipe_is_composed_rehearsed_kept_and_run(office, page_of):
    office.perform("ask_about", "+13135550101", "4")
    page = page_of("manager")
    page.goto("/admin/enrichment/recipe/add/")
    page.get_by_label("Another field").select_option("Line type")
    page.get_by_role("button", name="Want it").click()
    wish = page.locator("#wish-line_type")
    wish.get_by_role("button", name="Do not ask Person by number").click()
    expect(wish.locator(".enr-step strong")).to_have_text(["Line type", "Validate"])
    wish.get_by_role("button", name="Ask Validate sooner").click()
    expect(wish.locator(".enr-step strong")).to_have_text(["Validate", "Line type"])
    expect(page.get_by_role("region", name="The recipe as a picture")).to_contain_text("NumVerify")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Give it a name.")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Lines only")

    page.get_by_label("Contacts", exact=True).select_option("of From +13135550101")
    page.get_by_role("button", name="Try it").click()
    rehearsal = page.locator("#rehearsal")
    expect(rehearsal).to_contain_text("Played over 4 contacts")
    row = rehearsal.get_by_role("row", name="Line type")
    expect(row.get_by_role("cell")).to_have_text(["0", "0", "0", "4", "0"])
    expect(rehearsal).to_contain_text("Validate (NumVerify): 4 questions, $0.0120 at most")
    assert violations(page) == []
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("“Lines only” is saved.")).to_be_visible()
    page.get_by_role("link", name="Start a run with it").click()

    expect(page.get_by_label("Recipe").locator("option:checked")).to_have_text("Lines only")


def test_a_reader_of_recipes_is_offered_no_change(page_of):
    page = page_of("operator")
    page.goto("/admin/enrichment/recipe/")
    page.get_by_role("link", name="Everything").click()

    expect(page.get_by_role("heading", name="The recipe as a picture")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    expect(page.get_by_role("button", name="Try it")).to_have_count(0)
