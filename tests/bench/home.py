"""The home page, with its figures, and the part of it that is fetched again and again."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.pages import CONTACTS, QUICK_CONTACTS, measure
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from django.urls import reverse

    from dashboards import tasks
    from tests.lab import million

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    million.ensure(contacts)
    tasks.count_contacts()
    home = reverse("admin:index")
    pages = {"home": home, "30 days": f"{home}?days=30", "live": reverse("dashboards:home_live")}
    yield measure("home", pages, contacts=contacts)
