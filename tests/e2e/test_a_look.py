"""Every page that the sidebar leads to, and every kind of page below: sound, and in a picture.

First by its name: the pictures show an office in which no other test has worked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.e2e import pictures
from tests.e2e.accessibility import violations

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
    ("alert-thresholds", "alerts", "a[href$='/thresholds/']"),
    ("alert-channels", "alerts", "a[href$='/channels/']"),
)


@pytest.fixture(scope="module")
def lived_in(office):
    office.perform("live_in")
    yield office
    office.perform("calm")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_sound(lived_in, page_of, theme):
    page = page_of("admin", color_scheme=theme)

    found = [fault for name, _ in every_page(page) for fault in look(page, f"{name}-{theme}")]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_outside_is_sound(office, new_page, page_of, faults, theme):
    """Signing in, being refused, and losing one's way."""
    faults.expect(403, "/admin/auth/user/")
    faults.expect(404, "/admin/nowhere/")
    stranger, viewer = new_page(office, color_scheme=theme), page_of("viewer", color_scheme=theme)

    found = []
    for page, name, path in (
        (stranger, "sign-in", "/admin/login/"),
        (viewer, "forbidden", "/admin/auth/user/"),
        (viewer, "not-found", "/admin/nowhere/"),
        (viewer, "password", "/admin/password_change/"),
    ):
        settle(page, path)
        found += look(page, f"{name}-{theme}")

    assert not found, "\n".join(found)


def look(page: Page, name: str) -> list[str]:
    """Take the page's picture at both widths, and return what axe says against it."""
    found = []
    for width in (pictures.WIDE, pictures.NARROW):
        pictures.resize(page, width)
        pictures.take(page, f"{name}-{width}")
        found += [f"{name}-{width}, {page.url}: {one}" for one in violations(page)]
    return found


def every_page(page: Page) -> Iterator[tuple[str, str]]:
    """Go from page to page, and yield the name and path of each."""
    settle(page, "/admin/")
    lists = dict(sidebar(page))
    yield "home", "/admin/"
    known = dict(lists)
    for name, path in lists.items():
        settle(page, path)
        known |= {f"{name}-{kind}": below for kind, below in below_list(page, path)}
        yield name, path
    for name in [name for name in known if name not in lists]:
        settle(page, known[name])
        yield name, known[name]
    for name, parent, selector in BELOW:
        settle(page, known[parent])
        known[name] = selector if selector.startswith("/") else first_link(page, selector)
        assert known[name], f"{parent} has no {selector}"
        settle(page, known[name])
        yield name, known[name]


def below_list(page: Page, path: str) -> list[tuple[str, str]]:
    """The first row's page and the page that adds one, where the list leads there."""
    found = (
        ("one", first_link(page, f"a[href^='{path}'][href*='/change/']")),
        ("add", first_link(page, f"a[href='{path}add/']")),
    )
    return [(kind, below) for kind, below in found if below]


def sidebar(page: Page) -> list[tuple[str, str]]:
    found = page.locator("#nav-sidebar-apps a[href^='/admin/']:not([href='/admin/'])").all()
    named = [(one.inner_text().split("\n")[-1], one.get_attribute("href")) for one in found]
    return [(re.sub(r"\W+", "", name.lower()), str(path)) for name, path in named]


def first_link(page: Page, selector: str) -> str:
    found = page.locator(selector)
    return str(found.first.get_attribute("href")) if found.count() else ""


def settle(page: Page, path: str) -> None:
    """Go there, and wait for fonts, charts and what the page asks for by itself."""
    page.set_viewport_size({"width": pictures.WIDE, "height": pictures.HEIGHTS[pictures.WIDE]})
    page.goto(path)
    page.evaluate("() => document.fonts.ready")
    page.wait_for_function("() => !document.querySelector('.htmx-request')")


def test_head_of_a_page_has_room_for_all_on_a_phone(page):
    page.goto("/admin/auth/user/")
    page.locator("#result_list a[href*='/change/']").first.click()
    page.set_viewport_size({"width": pictures.NARROW, "height": pictures.HEIGHTS[pictures.NARROW]})

    head = page.locator("#header-inner")
    menu = head.locator(".material-symbols-outlined:visible").first.bounding_box()
    badge = head.get_by_text("Sandbox: nothing is bought").bounding_box()

    assert menu["x"] + menu["width"] <= badge["x"]
