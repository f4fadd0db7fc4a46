"""Who sees and may do what: the sidebar, the buttons, and the addresses behind them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.people import ROLES

SIDEBAR = {
    "viewer": {"Home", "Contacts", "Companies", "Imports", "Runs", "Answers", "API calls",
               "Circuits", "Queues", "Workers"},
    "operator": {"Recipes", "Exports"},
    "manager": {"Accounts", "Budgets"},
    "admin": {"Schedule", "Users", "Roles"},
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
