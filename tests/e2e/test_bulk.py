"""A bulk action over everything that matches: counted, confirmed, watched, and taken back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.accessibility import violations

DONE_MS = 180_000.0


def choose_all(page: Page, crowd: str, action: str) -> None:
    """Take all contacts of an import, and choose what to do with them."""
    page.goto(f"/admin/contacts/contact/?import={crowd}")
    page.get_by_label(re.compile("All that match")).check()
    page.get_by_role("button", name=action).click()


def test_all_that_match_are_tagged_in_the_background_and_undone(crowd, page):
    choose_all(page, crowd, "Add a tag…")
    expect(page.get_by_role("heading", name="About 10,0")).to_be_visible()
    expect(
        page.get_by_text(re.compile("This costs nothing, stands in each contact.s history"))
    ).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Tag").fill("Fair")
    page.get_by_role("button", name="Add a tag").dblclick()

    expect(page).to_have_url(re.compile("/bulkaction/[0-9]+/change/"))
    expect(page.locator("section.imp-card").first).to_contain_text(
        "Contacts that it changed 10,050", timeout=DONE_MS
    )
    page.get_by_role("button", name="Undo").dblclick()
    expect(page.get_by_role("heading", name="Undone")).to_be_visible(timeout=DONE_MS)
    expect(page.get_by_text("undone by admin")).to_be_visible()
    assert violations(page) == []
    # In a tab of its own: the answer to the second click may come at any time.
    actions = page.context.new_page()
    actions.goto("/admin/contacts/bulkaction/?kind__exact=add_tag")
    expect(actions.locator("tbody tr", has_text="“Fair”")).to_have_count(1)


def test_delete_asks_for_a_word_and_keeps_what_was_typed(crowd, page):
    choose_all(page, crowd, "Delete…")
    box = page.get_by_label(re.compile("Type “delete”"))
    box.fill("yes")
    page.get_by_role("button", name="Delete about").click()

    expect(page.get_by_text("without the quotation marks")).to_be_visible()
    expect(box).to_have_value("yes")
    page.get_by_role("link", name="Leave them as they are").click()
    expect(page.locator("tbody tr")).to_have_count(50)
