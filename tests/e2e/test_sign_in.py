"""Too many failed sign-ins lock a name from an address; an administrator unlocks it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import violations
from tests.e2e.people import PASSWORD, enter, sign_in
from tests.e2e.pictures import NARROW, WIDE, resize, take

TRIES = 5


@pytest.fixture
def newcomer(office):
    office.perform("hire_one", "newcomer", "viewer", PASSWORD)
    return "newcomer"


def attempt(page: Page, name: str, password: str) -> None:
    page.goto("/admin/login/?next=/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def test_locked_out_waits_or_is_unlocked(office, new_page, page, faults, newcomer):
    faults.expect(429, "/admin/login/")
    stranger = new_page(office)

    for _ in range(TRIES):
        attempt(stranger, newcomer, "a wrong guess at it")
    expect(stranger.get_by_role("heading", name="Too many failed sign-ins")).to_be_visible()
    for width in (WIDE, NARROW):
        resize(stranger, width)
        take(stranger, f"locked-out-light-{width}")
    assert violations(stranger) == []
    attempt(stranger, newcomer, PASSWORD)
    expect(stranger.get_by_role("heading", name="Too many failed sign-ins")).to_be_visible()

    page.goto("/admin/auth/user/?q=newcomer")
    page.get_by_role("link", name="newcomer").first.click()
    page.get_by_role("link", name="Unlock").click()
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_text("newcomer can sign in again.")).to_be_visible()
    sign_in(stranger, newcomer, PASSWORD)

    expect(stranger.get_by_role("heading", name="Contacts").first).to_be_visible()


def test_form_of_an_ended_session_changes_nothing_and_leads_back(office, page_of, new_page):
    page = page_of("operator")
    page.goto("/admin/contacts/import/add/")
    page.locator("textarea").fill("+12205550199")

    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Next: columns").click()

    expect(page).to_have_url(f"{office.url}/admin/login/?next=/admin/contacts/import/add/")
    enter(page, "operator", PASSWORD)
    expect(page.locator("textarea")).to_have_value("+12205550199")
    page.goto("/admin/contacts/import/")
    expect(page.get_by_text("+12205550199")).to_have_count(0)
