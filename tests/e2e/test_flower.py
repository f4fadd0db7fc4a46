"""Flower stands behind the back office's sign-in, and shows the workers to who may see them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from playwright.sync_api import Locator, Page, expect


def test_stranger_is_led_to_the_sign_in(office, new_page):
    page = new_page(office)

    page.goto("/flower/")

    expect(page).to_have_url(f"{office.url}/admin/login/?next=/flower/")


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_who_may_not_see_workers_is_refused(page_of, faults, role):
    faults.expect(403, "/flower/.*")
    page = page_of(role)

    answered = [page.goto(f"/flower/{below}").status for below in ("", "workers", "api/workers")]

    assert answered == [403, 403, 403]


def test_manager_reads_workers_and_tasks(page_of):
    page = page_of("manager")

    page.goto("/flower/")
    comes(page, page.get_by_role("link", name="celery@"))
    page.goto("/flower/tasks")

    comes(page, page.get_by_text("enrichment.sweep").first)


def comes(page: Page, wanted: Locator) -> None:
    """Look again until Flower has heard of it: its pages tell what it knew when they were asked."""
    for _ in range(20):
        with suppress(AssertionError):
            expect(wanted).to_be_visible(timeout=5_000)
            return
        page.reload()
    expect(wanted).to_be_visible()
