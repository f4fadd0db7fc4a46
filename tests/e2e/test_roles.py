"""Who sees and may do what: the sidebar, the buttons, and the addresses behind them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import ROLES

SIDEBAR = {
    "viewer": {"Home", "Contacts", "Companies", "Imports", "Runs", "Discovery", "Answers", "Leads",
               "API calls", "Alerts", "Circuits", "Queues", "Workers", "Do not contact",
               "Do-not-contact lists", "Campaigns", "Messages", "Referrals"},
    "operator": {"Recipes", "Exports", "Upkeep", "Deliveries", "Parcels", "Templates",
                 "Consents", "Sending rules", "Connections", "Syncs"},
    "manager": {"Bulk actions", "Accounts", "Budgets", "Spend", "Teams", "Workers, live"},
    "admin": {"Schedule", "Users", "Roles", "API keys", "Senders", "Subscriptions",
              "Erasures"},
}  # fmt: skip
# What leads to a change: address, the least role that may go there.
DOORS = (
    ("/admin/contacts/import/add/", "operator"),
    ("/admin/circuits/", "viewer"),
    ("/admin/integrations/account/", "manager"),
    ("/admin/enrichment/run/add/", "operator"),
    ("/admin/enrichment/recipe/add/", "manager"),
    ("/admin/contacts/export/add/", "operator"),
    ("/admin/auth/user/", "admin"),
    ("/admin/auth/group/", "admin"),
    ("/admin/django_celery_beat/periodictask/", "admin"),
)


def entries(page: Page) -> set[str]:
    found = page.locator("#nav-sidebar-apps a").all_inner_texts()
    return {text.split("\n")[-1] for text in found}


@pytest.mark.parametrize("role", ROLES)
def test_sidebar_has_what_the_role_may_see(page_of, role):
    page = page_of(role)

    page.goto("/admin/")

    upto = ROLES[: ROLES.index(role) + 1]
    assert entries(page) == set.union(*(SIDEBAR[one] for one in upto))


@pytest.mark.parametrize("role", ROLES)
def test_doors_are_open_to_the_role_and_above(page_of, faults, role):
    faults.expect(403, ".*")
    page = page_of(role)

    answered = {path: page.goto(path).status for path, _ in DOORS}

    may = {path: ROLES.index(role) >= ROLES.index(least) for path, least in DOORS}
    assert answered == {path: 200 if is_open else 403 for path, is_open in may.items()}


@pytest.mark.parametrize("role", ROLES)
def test_no_link_that_is_drawn_is_refused(page_of, role):
    asked = page_of(role).request
    seen, left, refused = set(), ["/admin/"], []

    while left:
        answer = asked.get(left.pop())
        if answer.status != 200:
            refused.append((answer.status, answer.url))
        if "text/html" in answer.headers["content-type"]:
            left += links(answer.text(), seen)

    assert refused == []
    assert len(seen) > 15


def links(html: str, seen: set[str]) -> list[str]:
    """Return the links of a page, one of each kind, that none before it had."""
    found = []
    for address in re.findall(r'href="(/(?:admin|health)[^"#]*)', html):
        kind = re.sub(
            r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+|[a-z_]+:sandbox", "…", address.split("?")[0]
        )
        if kind not in seen and "/logout/" not in kind:
            seen.add(kind)
            found.append(address.replace("&amp;", "&"))
    return found


def test_viewer_who_types_addresses_by_hand_changes_nothing(office, page_of, faults):
    faults.expect(403, ".*")
    source = office.perform("bring", "+12185550102")
    page = page_of("viewer")
    page.goto("/admin/contacts/contact/?q=%2B12185550102")
    contact = page.locator("tbody a[href*='/change/']").first.get_attribute("href")
    below = contact.removesuffix("change/")

    seen = {path: page.goto(path).status for path in (
        "/admin/contacts/contact/bulk/delete/", f"/admin/enrichment/run/add/?import={source}",
        f"/admin/contacts/import/{source}/undo/", f"/admin/contacts/import/{source}/rejected.csv",
        "/admin/contacts/export/", "/admin/integrations/budget/", "/admin/alerts/channels/",
    )}  # fmt: skip
    assert set(seen.values()) == {403}, seen
    expect(page.get_by_role("link", name="To the home page")).to_be_visible()
    page.get_by_role("link", name="To the home page").click()
    expect(page).to_have_url(re.compile("/admin/$"))
    page.wait_for_load_state()
    sent = {path: send(page, path) for path in (
        f"{below}notes/", f"{below}tags/", f"{below}field/city/edit/",
        f"/admin/contacts/import/{source}/undo/", "/admin/contacts/contact/bulk/delete/",
        "/admin/contacts/export/add/", "/admin/circuits/twilio/",
    )}  # fmt: skip
    assert set(sent.values()) == {403}, sent
    page.goto(contact)
    expect(page.locator("#contact-head")).to_contain_text("+12185550102")


def send(page: Page, path: str) -> int:
    """Send a form as the browser would, with its token, and return the status."""
    return page.evaluate(
        """async ([path, token]) => (await fetch(path, {method: "POST", body: new URLSearchParams(
        {csrfmiddlewaretoken: token, typed: "delete", name: "x", text: "x"})})).status""",
        [path, page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")],
    )


def test_operator_estimates_what_a_manager_approves(office, page_of):
    source = office.perform("bring", "+12175550101\n+12175550102")
    operator, manager = page_of("operator"), page_of("manager")
    operator.goto(f"/admin/enrichment/run/add/?import={source}")
    operator.get_by_role("button", name="Estimate").click()
    expect(operator.get_by_text("It waits for somebody who may approve runs.")).to_be_visible()
    expect(operator.get_by_role("button", name="Approve and start")).to_have_count(0)

    manager.goto(operator.url)
    manager.get_by_label("Spend at most").fill("1")
    manager.get_by_role("button", name="Approve and start").click()

    expect(operator.get_by_role("heading", name="Results")).to_be_visible()
    expect(operator.get_by_text("manager").first).to_be_visible()


def test_viewer_finds_nothing_to_change(office, page_of):
    office.perform("bring", "+12185550101")
    page = page_of("viewer")

    page.goto("/admin/contacts/contact/?q=%2B12185550101")
    expect(page.get_by_role("link", name="Import contacts")).to_have_count(0)
    expect(page.get_by_role("checkbox", name="Tick")).to_have_count(0)
    page.locator("tbody a[href*='/change/']").first.click()

    expect(page.locator("#contact-head")).to_be_visible()
    expect(page.locator("#contact-tab, .ct-side").get_by_role("button")).to_have_count(0)
