"""What axe-core says against a page."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = {"serious", "critical"}
AXE = Axe()


def violations(page: Page) -> list[str]:
    """Return each rule that is broken seriously, how often, and the first place with the reason."""
    found = AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [_said(one) for one in found if one["impact"] in GRAVE]


def _said(broken: dict[str, Any]) -> str:
    first = broken["nodes"][0]
    reasons = [reason["message"] for reason in (*first["any"], *first["all"], *first["none"])]
    count = len(broken["nodes"])
    return f"{broken['id']} ({broken['impact']}, {count}) at {first['html'][:200]}: {reasons[0]}"
