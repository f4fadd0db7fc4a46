"""What is typed outlives the session: after signing in again it is back, for that person only."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import PASSWORD, enter
from tests.e2e.test_contact import open_contact

DOOR = re.compile(r"/admin/login/")


@pytest.fixture
def page(page_of) -> Page:
    return page_of("admin")


def end_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def come_back(page: Page, name: str = "admin") -> None:
    expect(page).to_have_url(DOOR)
    enter(page, name, PASSWORD)


def test_run_form_that_a_count_leads_away_from_is_kept(page, faults, crowd):
    faults.expect(401, "/admin/enrichment/run/add/count/")
    page.goto("/admin/enrichment/run/add/")
    page.get_by_label("Name").fill("Typed before")

    end_session(page)
    page.get_by_text("Only those that failed before").click()
    come_back(page)

    expect(page.get_by_label("Name")).to_have_value("Typed before")
    expect(page.get_by_label("Only those that failed before")).to_be_checked()
    expect(page.get_by_text("What you had typed here is back.")).to_be_visible()


def test_field_that_was_open_is_opened_again(office, page):
    office.perform("bring", "Phone,Name\n+12125550109,Ann Ames\n")
    open_contact(page, "+12125550109")
    page.locator("#field-full_name").get_by_role("button", name="Edit").click()
    page.get_by_label("Full name").fill("Typed Before")

    end_session(page)
    page.locator("#field-full_name").get_by_role("button", name="Save").click()
    come_back(page)

    expect(page.get_by_label("Full name")).to_have_value("Typed Before")


def test_recipe_comes_back_as_it_was_arranged(page):
    page.goto("/admin/enrichment/recipe/add/")
    page.locator("#name").fill("Typed before")
    page.get_by_label("Another field").select_option("email")
    page.get_by_role("button", name="Want it").click()
    page.locator("input[name='sufficient.email']").fill("0.77")

    end_session(page)
    page.get_by_role("button", name="Save").last.click()
    come_back(page)

    expect(page.locator("#name")).to_have_value("Typed before")
    expect(page.locator("input[name='sufficient.email']")).to_have_value("0.77")


def test_secret_is_never_kept(page):
    page.goto("/admin/integrations/account/")
    page.locator("a[href*='/integrations/account/'][href*='/change/']").first.click()
    secret = page.locator("#secrets input[type=password]").first
    secret.fill("a secret of mine")
    page.locator("input[name=label]").fill("Typed before")
    assert "a secret" not in page.evaluate("JSON.stringify(sessionStorage)")

    end_session(page)
    page.locator("#secrets").get_by_role("button", name="Save secrets").click()
    come_back(page)

    expect(page.locator("input[name=label]")).to_have_value("Typed before")
    expect(secret).to_have_value("")


def test_somebody_else_finds_nothing(page):
    page.goto("/admin/contacts/import/add/")
    page.locator("textarea").fill("+12205550198")

    end_session(page)
    page.reload()
    come_back(page, "manager")

    expect(page.locator("textarea")).to_have_value("")
    page.wait_for_function("() => !sessionStorage.length")
