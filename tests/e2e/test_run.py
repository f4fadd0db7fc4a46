"""A run from its estimate to its results: approved, paused, resumed, and held by its cap."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def slow(office):
    """The provider takes its time, so that there is something to pause."""
    office.sandbox_set(latency_ms=2000)
    yield office
    office.sandbox_set()


def sixty_from(first: int) -> str:
    return "\n".join(f"+{first + at}" for at in range(60))


def choose(page: Page, import_id: str) -> None:
    """Have a run over an import's contacts estimated."""
    page.goto(f"/admin/enrichment/run/add/?import={import_id}")
    expect(page.get_by_text("60 contacts")).to_be_visible()
    page.get_by_role("button", name="Estimate").click()
    expect(page.get_by_role("heading", name="Estimate")).to_be_visible()


def approve(page: Page, cap: str) -> None:
    page.get_by_label("Spend at most").fill(cap)
    page.get_by_role("button", name="Approve and start").click()


def test_run_is_estimated_paused_resumed_and_ends(slow, page):
    source = slow.perform("bring", sixty_from(12125550100))

    choose(page, source)
    expect(page.locator(".imp-tiles")).to_contain_text("$2.58 at most")
    approve(page, "5")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="Paused", exact=True)).to_be_visible()
    slow.sandbox_set()
    page.get_by_role("button", name="Resume").click()

    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    expect(page.locator(".imp-tiles li", has_text="completed")).to_contain_text("60")
    expect(page.locator(".imp-tiles li", has_text="failed")).to_contain_text("0")


def test_run_stands_still_at_its_cap_until_it_is_raised(office, page):
    source = office.perform("bring", sixty_from(12135550100))

    choose(page, source)
    approve(page, "0.50")
    notice = page.get_by_role("alert").filter(has_text=re.compile("cap", re.I))
    expect(notice).to_be_visible()
    assert spent(page) <= 0.50
    page.get_by_label("Spend at most").fill("10")
    page.get_by_role("button", name="Set the cap").click()

    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    assert spent(page) == pytest.approx(2.58)


def spent(page: Page) -> float:
    found = page.get_by_text(re.compile(r"\$[\d.]+\s+spent")).first.inner_text()
    return float(re.findall(r"\$([\d.]+)", found)[0])
