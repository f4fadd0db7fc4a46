"""What axe-core says against a page."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

GRAVE = {"serious", "critical"}
# The rules that a theme can break: it changes colours, and nothing else of a page.
OF_COLOURS = ("color-contrast", "link-in-text-block")
IS_THERE = "() => Boolean(window.axe)"
RUN = "options => axe.run(document, options).then(found => found.violations)"


def violations(page: Page, *rules: str) -> list[str]:
    """Return each rule that is broken seriously, how often, and the first place with the reason.

    Without `rules` every rule is asked.
    """
    if not page.evaluate(IS_THERE):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    return [_said(one) for one in page.evaluate(RUN, options) if one["impact"] in GRAVE]


def _said(broken: dict[str, Any]) -> str:
    first = broken["nodes"][0]
    reasons = [reason["message"] for reason in (*first["any"], *first["all"], *first["none"])]
    count = len(broken["nodes"])
    return f"{broken['id']} ({broken['impact']}, {count}) at {first['html'][:200]}: {reasons[0]}"
