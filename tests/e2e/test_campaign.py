"""A campaign from its template to its messages: drafted, estimated, approved, watched."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.accessibility import violations

PHONES = [f"+1206555010{line}" for line in range(4)]
SENT_MS = 300_000.0  # a minute before midnight they wait for the day


@pytest.fixture
def customers(office):
    """The import of four people, of whom three agreed to be written to."""
    rows = "".join(f"{phone},Person {at}\n" for at, phone in enumerate(PHONES))
    office.perform("agree", *PHONES[:3])
    return office.perform("bring", f"Phone,Name\n{rows}")


def write_template(page: Page) -> None:
    page.goto("/admin/outreach/template/add/")
    page.get_by_label("Name").fill("Friday")
    page.get_by_label("Words").fill("Hello {{ first_nam }}, see you on Friday.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile("first_nam"))).not_to_have_count(0)
    page.get_by_label("Words").fill("Hello {{ first_name | there }}, see you on Friday.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#result_list").get_by_role("link", name="Friday")).to_be_visible()


def draft(page: Page, customers: str) -> None:
    """Start a campaign for an import's contacts, from their list."""
    page.goto(f"/admin/contacts/contact/?import={customers}")
    page.get_by_label(re.compile("All that match")).check()
    page.get_by_role("button", name="Write to them").click()
    expect(page.get_by_role("link", name="4 contacts")).to_be_visible()
    page.get_by_label("Name").fill("Friday's visits")
    page.get_by_label("Template").select_option(label="Friday")
    page.get_by_role("button", name="Save", exact=True).click()


def figure(page: Page, name: str) -> Locator:
    """What stands beside a name."""
    named = page.locator("dt", has_text=re.compile(f"^{name}$"))
    return page.locator("dl.imp-pairs > div").filter(has=named).locator("dd").first


def test_an_operator_drafts_what_a_manager_approves_and_both_see_it_sent(page_of, customers):
    operator, manager = page_of("operator"), page_of("manager")
    write_template(operator)
    draft(operator, customers)
    expect(operator.get_by_role("heading", name="Estimate")).to_be_visible()
    expect(figure(operator, "Contacts")).to_have_text("4")
    expect(figure(operator, "May get it")).to_have_text("3, 3 segments")
    held = operator.locator("section", has_text="Who gets nothing, and why").last
    expect(held.locator("li")).to_have_count(1)
    expect(held.locator("li")).to_contain_text(re.compile("agreed|consent", re.I))
    expect(operator.get_by_text("It waits for somebody who may approve campaigns")).to_be_visible()
    assert violations(operator) == []

    manager.goto(operator.url)
    manager.get_by_label("Spend at most").fill("1")
    manager.get_by_role("button", name="Approve and send").click()

    expect(operator.get_by_text("Done", exact=True)).to_be_visible(timeout=SENT_MS)
    expect(figure(operator, "Sent")).to_have_text(re.compile(r"^3, \$0\.0"))
    operator.get_by_role("link", name="All messages").click()
    expect(operator.locator("#result_list tbody tr")).to_have_count(4)
    expect(operator.locator("#result_list tbody tr", has_text=PHONES[3])).to_contain_text(
        "Not sent"
    )
    operator.get_by_role("link", name=PHONES[0]).click()
    expect(operator.get_by_text("Hello Person, see you on Friday.")).to_be_visible()
