"""A first day: the printed password, a password of one's own, a file, a run, a result."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from config.embedded import PROJECT
from tests.e2e.accessibility import violations
from tests.e2e.office import running_office
from tests.e2e.people import PASSWORD, sign_in
from tests.e2e.test_import import finish

EXAMPLE = PROJECT / "examples" / "contacts.csv"


@pytest.fixture(scope="module")
def first_day():
    """An office that nobody has been in."""
    with running_office() as office:
        yield office


def test_first_start_leads_to_a_first_result(first_day, new_page):
    page = new_page(first_day)

    choose_a_password(page, first_day.password)
    steps = page.locator(".sb-steps li")
    expect(steps).to_have_count(3)
    expect(page.get_by_text("Sandbox: nothing is bought, nothing is sent")).to_be_visible()
    assert violations(page) == []
    steps.get_by_role("link", name="Bring a first file").click()
    page.locator("#id_file").set_input_files(EXAMPLE)
    page.get_by_role("button", name="Next: columns").click()
    finish(page)
    expect(page.locator(".imp-tiles li", has_text="Created")).to_contain_text("262")
    page.get_by_role("link", name="Run a lookup over these contacts").click()
    run_it(page)

    page.goto("/admin/")
    expect(page.locator(".sb-figures", has_text="Completed")).to_contain_text("262")
    expect(page.locator(".sb-steps")).to_have_count(0)


def choose_a_password(page: Page, printed: str) -> None:
    """Come in with the printed password, which lets one do nothing but choose another."""
    sign_in(page, "admin", printed)
    expect(page.get_by_role("heading", name="Choose your password")).to_be_visible()
    assert violations(page) == []
    page.goto("/admin/contacts/contact/")
    expect(page.get_by_role("heading", name="Choose your password")).to_be_visible()
    page.get_by_label("One-time password").fill(printed)
    page.get_by_label("New password").first.fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Set it and go on").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()


def run_it(page: Page) -> None:
    """Have it estimated, approve it, and wait until every contact was asked about."""
    expect(page.get_by_text("262 contacts")).to_be_visible()
    page.get_by_role("button", name="Estimate").click()
    expect(page.get_by_role("heading", name="Estimate")).to_be_visible()
    page.get_by_label("Spend at most").fill("25")
    page.get_by_role("button", name="Approve and start").click()
    expect(page.get_by_role("heading", name="Results")).to_be_visible(timeout=300_000)
