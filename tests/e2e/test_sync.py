"""A contact's way to a CRM and back: tried out, synced, edited there, and erased on both sides."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import violations

PHONE, MAIL = "+13035550101", "ruth@roe-bakery.test"
CAME_TO = re.compile("^What (it came to|a sync would do)$")
DONE_MS = 300_000.0


@pytest.fixture
def ruth(office):
    """A contact that is completed, and nobody else of that number or e-mail anywhere."""
    office.perform("bring", f"Phone,Name,Mail\n{PHONE},Ruth Roe,{MAIL}\n")
    office.perform("ask_about", PHONE.lstrip("+"), "1")


def connect(page: Page) -> None:
    page.goto("/admin/crm_sync/connection/add/")
    page.get_by_role("link", name="HubSpot: Private app").click()
    page.get_by_label("Name").fill("Bakers")
    page.get_by_label("Private app token").fill("sandbox")
    page.get_by_role("button", name="Add the connection").click()
    page.get_by_role("button", name="Test this connection").click()
    expect(page.get_by_text("The connection works")).to_be_visible()


def sync(page: Page, connection: str, what: str) -> None:
    """Start it on the connection's page, and wait until its page says that it is over."""
    page.goto(connection)
    page.get_by_role("button", name=what, exact=True).click()
    expect(page).to_have_url(re.compile("/sync/[0-9]+/change/"))
    expect(page.get_by_role("heading", name=CAME_TO)).to_be_visible(timeout=DONE_MS)


def there(office) -> dict[str, dict[str, str]]:
    """The people of this e-mail that the HubSpot that is played has."""
    told = office.sandbox.post("/_control/hubspot", json={"rows": "contact"}).json()
    return {pk: row for pk, row in told["rows"].items() if row.get("email") == MAIL}


def test_a_contact_goes_there_comes_back_and_is_erased(office, ruth, page):
    connect(page)
    connection = page.url
    page.get_by_label("Both ways").check()
    page.get_by_role("button", name="Save what it syncs").click()
    expect(page.get_by_text(re.compile(r"^\s*Saved\."))).to_be_visible()
    expect(page.get_by_text("Nothing was synced yet.")).to_be_visible()

    sync(page, connection, "Dry run")
    assert there(office) == {}
    expect(page.locator("#report")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_role("heading", name="What it came to")).to_be_visible(timeout=DONE_MS)
    ((record, values),) = there(office).items()
    assert values["firstname"] == "Ruth"

    edit = {"edit": ["contact", record, {"jobtitle": "Head baker"}]}
    office.sandbox.post("/_control/hubspot", json=edit).raise_for_status()
    sync(page, connection, "Sync now")
    shows_on_the_contact(page, "Head baker")

    erase(page)
    is_gone_there(office, page)


def shows_on_the_contact(page: Page, words: str) -> None:
    page.goto(f"/admin/contacts/contact/?q={MAIL}")
    page.get_by_role("link", name="Ruth Roe").first.click()
    expect(page.get_by_text(words).first).to_be_visible()
    card = page.locator("section", has=page.get_by_role("heading", name="In CRMs"))
    expect(card.get_by_text("Bakers")).to_be_visible()
    assert violations(page) == []


def erase(page: Page) -> None:
    page.goto("/admin/contacts/erasure/add/")
    page.get_by_label(re.compile("number|phone", re.I)).fill(PHONE)
    page.get_by_role("button", name="See what would go").click()
    expect(page.get_by_text("Ruth Roe")).to_be_visible()
    page.get_by_label(re.compile("asked", re.I)).fill("A letter")
    page.get_by_label(re.compile("last|type", re.I)).fill(PHONE[-4:])
    assert violations(page) == []
    page.get_by_role("button", name="Erase this person").click()
    expect(page.get_by_text("Ruth Roe")).to_have_count(0)
    receipt = page.get_by_role("link", name=re.compile("receipt", re.I))
    expect(receipt).to_be_visible(timeout=DONE_MS)


def is_gone_there(office, page: Page) -> None:
    """Wait for the sync that the erasure starts."""
    give_up_at = time.monotonic() + DONE_MS / 1000
    while there(office) and time.monotonic() < give_up_at:
        page.wait_for_timeout(500)
    assert there(office) == {}
