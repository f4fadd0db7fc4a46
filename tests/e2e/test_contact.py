"""A contact's page: cards, a person's edit, tags and notes."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def open_contact(page: Page, term: str) -> None:
    page.goto(f"/admin/contacts/contact/?q={term.replace('+', '%2B')}")
    page.locator("tbody a[href*='/change/']").first.click()
    expect(page.locator("#contact-head")).to_be_visible()


def test_human_edit_survives_a_run(office, page):
    office.perform("ask_about", "+12105550101", "1")
    open_contact(page, "+12105550101")
    card = page.locator("#field-carrier_name")
    given = card.locator(".ct-value").inner_text()

    card.get_by_role("button", name=re.compile("Edit")).click()
    card.get_by_role("textbox").fill("Acme Wireless")
    card.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("Set by admin")
    office.perform("ask_anew", "+12105550101")
    page.reload()

    assert given not in ("", "Acme Wireless")
    expect(card.locator(".ct-value")).to_have_text("Acme Wireless")
    expect(card).to_contain_text("Outranks providers")
    page.get_by_role("link", name="History").click()
    change = page.locator(".ct-history li.ct-box", has_text="Acme Wireless")
    expect(change).to_contain_text(re.compile(f"admin.*{re.escape(given)} → Acme Wireless", re.S))
