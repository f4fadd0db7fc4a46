"""Who works in the office, and how they get in."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

ROLES = ("viewer", "operator", "manager", "admin")
PASSWORD = "reserved for rehearsals"


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/admin/login/?next=/admin/")
    enter(page, name, password)


def enter(page: Page, name: str, password: str) -> None:
    """Sign in on the sign-in page that stands open, and go where it leads."""
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name=re.compile("Log in|Sign in")).click()
    expect(page).not_to_have_url("**/login/**")
