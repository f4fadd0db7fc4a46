"""An account with a wrong secret: the test says what is wrong, a right secret mends it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import violations

# The sandbox refuses a SID that ends with 0401 (docs/sandbox.md).
WRONG, RIGHT = f"AC{'0' * 28}0401", f"AC{'1' * 32}"
TOKEN = "2" * 32


@pytest.fixture
def account(office, page):
    page.goto("/admin/integrations/account/")
    page.get_by_role("link", name="Open and set up Twilio Lookup").click()
    yield page
    office.perform("forget")


def set_secrets(page: Page, sid: str) -> None:
    page.get_by_label("Account SID").fill(sid)
    page.get_by_label("Auth Token").fill(TOKEN)
    page.get_by_role("button", name="Save secrets").click()
    expect(page.get_by_label("Account SID")).to_have_value("")  # the page came anew
    expect(page.locator("#secrets").get_by_text(re.compile(r"by admin")).first).to_be_visible()


def test_wrong_secret_is_found_by_a_test_and_mended(account):
    set_secrets(account, WRONG)
    account.get_by_role("button", name="Test this connection").click()
    finding = account.locator("#finding")
    expect(finding).to_contain_text("The secret is refused")
    expect(finding).to_contain_text("20003")
    assert violations(account) == []

    set_secrets(account, RIGHT)
    account.get_by_role("button", name="Test this connection").click()

    expect(finding).to_contain_text("The sandbox answers")
    expect(account.locator("#glance")).not_to_contain_text("refused")
    assert WRONG not in account.content() and RIGHT not in account.content()


def test_secret_of_another_form_is_refused_beside_the_field(account):
    account.get_by_label("Account SID").fill("my account")
    account.get_by_role("button", name="Save secrets").click()

    expect(account.locator("#secrets").get_by_role("alert").first).to_be_visible()
    expect(account.get_by_text("Nothing was saved: see the marked fields below.")).to_be_visible()
