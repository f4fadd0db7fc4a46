"""Every page that the sidebar leads to, and every kind of page below: sound, and in a picture.

First by its name: the pictures show an office in which no other test has worked.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e import pictures
from tests.e2e.accessibility import OF_COLOURS, violations
from tests.e2e.places import every_page, settle

# A theme changes a page's colours only, so each rule of the others is asked once: in the light.
# And no width changes a colour.
RULES = {"light": (), "dark": OF_COLOURS}
ASKED = {"light": (pictures.WIDE, pictures.NARROW), "dark": (pictures.WIDE,)}


@pytest.fixture(scope="module")
def lived_in(office):
    office.perform("live_in")
    yield office
    office.perform("calm")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_sound(lived_in, page_of, theme):
    page = page_of("admin", color_scheme=theme)

    found = [fault for name, _ in every_page(page) for fault in look(page, name, theme)]

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
        found += look(page, name, theme)

    assert not found, "\n".join(found)


def look(page: Page, name: str, theme: str) -> list[str]:
    """Take the page's picture at both widths, and return what axe says against it."""
    found = []
    for width in (pictures.WIDE, pictures.NARROW):
        pictures.resize(page, width)
        shown = f"{name}-{theme}-{width}"
        pictures.take(page, shown)
        if width in ASKED[theme]:
            found += [f"{shown}, {page.url}: {one}" for one in violations(page, *RULES[theme])]
    return found


def test_head_of_a_page_has_room_for_all_on_a_phone(page):
    page.goto("/admin/auth/user/")
    page.locator("#result_list a[href*='/change/']").first.click()
    page.set_viewport_size({"width": pictures.NARROW, "height": pictures.HEIGHTS[pictures.NARROW]})

    head = page.locator("#header-inner")
    menu = head.locator(".material-symbols-outlined:visible").first.bounding_box()
    badge = head.get_by_text("Sandbox: nothing is bought").bounding_box()

    assert menu["x"] + menu["width"] <= badge["x"]
