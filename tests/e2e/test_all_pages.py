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

# Pages that are neither the first of a list nor its "add": name, page, the link there.
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
    ("alert-thresholds", "alerts", "a[href$='/thresholds/']"),
    ("alert-channels", "alerts", "a[href$='/channels/']"),
)
# Their pages are being made anew.
LATER = {"recipes-one"}


@pytest.fixture(scope="module")
def lived_in(office):
    office.perform("live_in")
    yield office
    office.perform("calm")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_sound(lived_in, page_of, theme):
    page = page_of("admin", color_scheme=theme)

    faults = []
    for name, path in every_page(page):
        for width in (pictures.WIDE, pictures.NARROW):
            pictures.resize(page, width)
            pictures.take(page, f"{name}-{theme}-{width}")
            if name not in LATER:
                faults += [f"{path} {width}: {one}" for one in violations(page)]

    assert not faults, "\n".join(faults)


def every_page(page: Page) -> Iterator[tuple[str, str]]:
    """Go from page to page, and yield the name and path of each."""
    settle(page, "/admin/")
    known = dict(sidebar(page))
    for name, path in list(known.items()):
        settle(page, path)
        for kind, selector in (("one", f"a[href^='{path}'][href*='/change/']"),
                               ("add", f"a[href='{path}add/']")):  # fmt: skip
            if below := first_link(page, selector):
                known[f"{name}-{kind}"] = below
        yield name, path
    for name, path in [
        (name, path) for name, path in known.items() if name.endswith(("-one", "-add"))
    ]:
        settle(page, path)
        yield name, path
    for name, parent, selector in BELOW:
        settle(page, known[parent])
        known[name] = first_link(page, selector)
        assert known[name], f"{parent} has no {selector}"
        settle(page, known[name])
        yield name, known[name]


def sidebar(page: Page) -> list[tuple[str, str]]:
    found = page.locator("#nav-sidebar-apps a[href^='/admin/']").all()
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
