"""A contact's page: cards, a person's edit, tags and notes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import violations


def open_contact(page: Page, term: str) -> None:
    page.goto(f"/admin/contacts/contact/?q={term.replace('+', '%2B')}")
    page.locator("tbody a[href*='/change/']").first.click()
    expect(page.locator("#contact-head")).to_be_visible()


def write(page: Page, value: str) -> None:
    """Type another position into the card's form, and save it."""
    card = page.locator("#field-position")
    card.get_by_role("textbox").fill(value)
    card.get_by_role("button", name="Save", exact=True).click()


def test_two_who_edit_one_field_see_the_difference(office, page_of):
    office.perform("bring", "Phone,Name,Position\n+12115550101,Ann Ames,Buyer\n")
    first, second = page_of("operator"), page_of("manager")
    for page in (first, second):
        open_contact(page, "+12115550101")
        page.locator("#field-position").get_by_role("button", name=re.compile("Edit")).click()

    write(first, "Head of purchasing")
    expect(first.locator("#field-position")).to_contain_text("Set by operator")
    write(second, "Chief buyer")
    card = second.locator("#field-position")
    expect(card).to_contain_text("Nothing was overwritten.")
    expect(card).to_contain_text(re.compile("Head of purchasing.*operator.*Chief buyer", re.S))
    assert violations(second) == []
    first.reload()
    expect(first.locator("#field-position .ct-value")).to_have_text("Head of purchasing")

    card.get_by_role("button", name="Save mine instead").click()
    expect(card).to_contain_text("Set by manager")
    second.get_by_role("link", name="History").click()
    changes = second.locator(".ct-history li.ct-box")
    expect(changes.nth(0)).to_contain_text(
        re.compile("manager.*Head of purchasing → Chief buyer", re.S)
    )
    expect(changes.nth(1)).to_contain_text(re.compile("operator.*Buyer → Head of", re.S))


def test_name_of_markup_and_other_scripts_is_text(office, page):
    name = "<script>alert(1)</script> مرحبا 👩‍🚀"
    office.perform("bring", f"Phone,Name\n+12115550102,{name}\n")
    page.on("dialog", lambda dialog: pytest.fail(f"a name ran: {dialog.message}"))

    open_contact(page, "+12115550102")

    expect(page.locator("#contact-head")).to_contain_text(name)
    expect(page.locator("#field-full_name .ct-value")).to_have_text(name)


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
