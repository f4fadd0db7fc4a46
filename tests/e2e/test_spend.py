"""Where the money went, and the alert of a budget that is nearly used."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import violations


@pytest.fixture
def tight(office):
    """Of Twilio's day, 85 % are spent."""
    office.perform("ask_about", "+13125550105", "2")
    office.perform("tighten", "twilio")
    yield office
    office.perform("loosen")
    office.perform("calm")


def test_spend_is_told_by_run_adds_up_and_is_downloaded(office, page):
    office.perform("ask_about", "+13125550101", "3")
    page.goto("/admin/spend/")
    page.get_by_role("link", name="Run", exact=True).click()

    row = page.locator("tbody tr", has_text="From +13125550101")
    expect(row).to_contain_text("$0.1290")
    assert violations(page) == []
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download as CSV").click()
    text = Path(coming.value.path()).read_text(encoding="utf-8-sig")
    *rows, whole = csv.DictReader(text.splitlines())
    assert sum(float(one["spent_usd"]) for one in rows) == pytest.approx(float(whole["spent_usd"]))
    row.get_by_role("link", name="From +13125550101").click()
    expect(page.get_by_role("heading", name="Results")).to_be_visible()


def test_a_budget_nearly_used_raises_an_alert_until_it_is_raised(tight, page):
    tight.perform("look_for_alerts")
    page.goto("/admin/alerts/")
    standing = page.locator("#standing")
    expect(standing).to_contain_text("A budget is nearly used")
    nearly = standing.locator("li", has_text="A budget is nearly used")
    expect(nearly.filter(has_text="Twilio Lookup")).to_have_count(1)

    raise_cap(page)
    tight.perform("look_for_alerts")

    page.goto("/admin/alerts/")
    expect(nearly).to_have_count(0)
    over = page.locator("tbody tr", has_text="A budget is nearly used")  # a run's cap may be, too
    expect(over.filter(has_text="Twilio Lookup")).to_have_count(1)


def raise_cap(page: Page) -> None:
    """Follow the alert to the account, and let it spend more."""
    page.locator("#standing").get_by_role("link", name="A budget is nearly used").click()
    page.get_by_label("Spend at most a day").fill("100")
    page.get_by_role("button", name="Save budgets").click()
    expect(page.get_by_text(re.compile(r"^\s*Saved\."))).to_be_visible()
    expect(page.get_by_label("Spend at most a day")).to_have_value("100")
