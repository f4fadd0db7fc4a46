"""Every page of the back office: where the sidebar leads, and the pages below those."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from playwright.sync_api import Page

from tests.e2e import pictures

HOME = "home"
# Pages that are neither the first of a list nor its "add": name, page, the link there; or the
# address, where a form leads to it.
BELOW = (
    ("import-columns", "imports-add", "a[href$='/mapping/']"),
    ("import-rows", "imports-one", "a[href*='/rows/']"),
    ("import-undo", "imports-one", "a[href$='/undo/']"),
    ("import-delete", "imports-one", "a[href$='/delete/']"),
    ("contact-runs", "contacts-one", "a[href$='tab=runs']"),
    ("contact-answers", "contacts-one", "a[href$='tab=answers']"),
    ("contact-calls", "contacts-one", "a[href$='tab=calls']"),
    ("contact-origin", "contacts-one", "a[href$='tab=origin']"),
    ("contact-messages", "contacts-one", "a[href$='tab=messages']"),
    ("contact-history", "contacts-one", "a[href$='tab=history']"),
    ("run-waiting", "runs", "a:has-text('Next month')"),
    ("run-paused", "runs", "a:has-text('In between')"),
    ("run-contacts", "runs-one", "a[href*='/runitem/']"),
    ("run-contact", "run-contacts", "tbody a[href*='/runitem/']"),
    ("circuit", "circuits", "#circuits a"),
    ("contact-chosen", "contacts", "/admin/contacts/contact/bulk/delete/?status=failed"),
    ("contact-filtered", "contacts", "/admin/contacts/contact/?status=failed&country=nowhere"),
    ("discovery-waiting", "discovery", "a:has-text('Bakery')"),
    ("discovery-companies", "discovery-one", "a[href$='/companies/']"),
    ("leads-scan", "leads-add", "a[href*='/scans/']"),
    ("recipes-full", "recipes", "a:has-text('Everything')"),
    ("spend-runs", "spend", "/admin/spend/?by=run"),
    ("spend-usable", "spend", "/admin/spend/usable/"),
    ("spend-answers", "spend", "/admin/spend/answers/"),
    ("accounts-legacy", "accounts", "a:has-text('Open and set up Clearbit')"),
    ("campaign-done", "campaigns", "a:has-text('Friday')"),
    ("campaign-refused", "campaign-done", "a[href*='reason__exact']"),
    ("connections-way", "connections-add", "a[href*='way=jwt']"),
    ("connection-salesforce", "connections", "a[aria-label='Open Sales team']"),
    ("connection-hubspot", "connections", "a[aria-label='Open Marketing']"),
    ("connection-pipedrive", "connections", "a[aria-label='Open Field sales']"),
    ("connection-referrals", "connections", "a[aria-label='Open Referrals']"),
    ("connection-forget", "connection-hubspot", "a[href$='/forget/']"),
    ("mapping", "connection-hubspot", "a[href$='/mapping/contact/']"),
    ("mapping-companies", "connection-hubspot", "a[href$='/mapping/company/']"),
    ("sync-dry", "syncs", "tr:has-text('Dry run') a[href*='/change/']"),
    ("connection-refused", "connection-hubspot", "a[href$='/refused/']"),
    ("connection-choose", "connection-pipedrive", "a[href$='/choose/']"),
    ("connection-conflicts", "connection-pipedrive", "a[href$='/conflicts/']"),
    ("connection-deletions", "connection-pipedrive", "a[href$='/deletions/']"),
    ("referral-accept", "referrals-one", "a[href$='/accept/']"),
    ("referral-decline", "referrals-one", "a[href$='/decline/']"),
    ("alert-thresholds", "alerts", "a[href$='/thresholds/']"),
    ("alert-channels", "alerts", "a[href$='/channels/']"),
)


def every_page(page: Page) -> Iterator[tuple[str, str]]:
    """Go from page to page, and yield the name and path of each; every one is gone to once."""
    known = {HOME: "/admin/"}
    left = [HOME]
    lists: dict[str, str] = {}
    for name in left:
        settle(page, known[name])
        if name == HOME:
            lists = found = dict(sidebar(page))
        else:
            found = below(page, name, known[name] if name in lists else "")
        left += [one for one in found if one not in known]
        known = {**found, **known}
        yield name, known[name]


def below(page: Page, name: str, listed: str) -> dict[str, str]:
    """Return the pages below the one that is open; of a list its first row's, and its "add"."""
    found = {}
    if listed:
        one, add = f"a[href^='{listed}'][href*='/change/']", f"a[href='{listed}add/']"
        at = {f"{name}-one": first_link(page, one), f"{name}-add": first_link(page, add)}
        found = {kind: path for kind, path in at.items() if path}
    for kind, parent, selector in BELOW:
        if parent == name:
            found[kind] = selector if selector.startswith("/") else first_link(page, selector)
            assert found[kind], f"{parent} has no {selector}"
    return found


def sidebar(page: Page) -> list[tuple[str, str]]:
    found = page.locator("#nav-sidebar-apps a[href^='/admin/']:not([href='/admin/'])").all()
    named = [(one.inner_text().split("\n")[-1], one.get_attribute("href")) for one in found]
    return [(re.sub(r"\W+", "", name.lower()), str(path)) for name, path in named]


def first_link(page: Page, selector: str) -> str:
    found = page.locator(selector)
    return urljoin(page.url, found.first.get_attribute("href")) if found.count() else ""


def settle(page: Page, path: str) -> None:
    """Go there, and wait for fonts, charts and what the page asks for by itself."""
    page.set_viewport_size({"width": pictures.WIDE, "height": pictures.HEIGHTS[pictures.WIDE]})
    page.goto(path)
    page.evaluate("() => document.fonts.ready")
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
