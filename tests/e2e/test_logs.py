"""The logs of a whole click: one id from the browser to the provider's call, and nobody's data."""

from __future__ import annotations

import re
import time

from playwright.sync_api import expect

from tests.e2e.office import Office

PEOPLE = """Phone,Name,Email,Company
+12345550101,Zebulon Quackenbush,zeb@quackworks.test,Quackworks
+12345550102,Ottoline Quackenbush,otto@quackworks.test,Quackworks
"""
# Of the people above, what they were looked up by, and the passwords of the office.
PRIVATE = (
    "Quackenbush",
    "Zebulon",
    "quackworks",
    "Quackworks",
    "234555",
    "234) 555",
    "reserved for",
)


def told(office: Office, reference: str) -> list[tuple[str, str]]:
    """What was logged under a reference of runs and calls, and by which process, as it came."""
    lines = [line for line in office.said.splitlines() if reference in line]
    said = [re.findall(r"(web|worker) +\|.*?\] (\w+) ", line) for line in lines]
    return [one for found in said for one in found if one[1].startswith(("run_", "provider_"))]


def test_a_click_is_followed_to_the_call_and_names_nobody(office, page):
    source = office.perform("bring", PEOPLE)
    page.goto("/admin/contacts/contact/?q=zeb%40quackworks.test")
    page.locator("tbody a[href*='/change/']").first.click()
    page.goto(f"/admin/enrichment/run/add/?import={source}")
    page.get_by_role("button", name="Estimate").click()
    page.get_by_label("Spend at most").fill("1")
    with page.expect_response(lambda response: "/approve/" in response.url) as answer:
        page.get_by_role("button", name="Approve and start").click()
    reference = answer.value.headers["x-request-id"]
    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    expect(page.get_by_text(reference)).to_be_visible()

    give_up_at = time.monotonic() + 60
    while len(told(office, reference)) < 4 and time.monotonic() < give_up_at:
        page.wait_for_timeout(100)  # what a process says is printed a moment later
    assert [what for who, what in told(office, reference) if who == "web"] == ["run_approved"]
    assert [what for who, what in told(office, reference) if who == "worker"] == [
        "run_started", "provider_called", "provider_called",
    ]  # fmt: skip
    assert [private for private in PRIVATE if private in office.said] == []
