"""Pictures of pages for docs/screenshots/, small enough to be kept with the code."""

from __future__ import annotations

import io
import os

from PIL import Image
from playwright.sync_api import Page

from config.embedded import PROJECT

FOLDER = PROJECT / "docs" / "screenshots"
WIDE, NARROW = 1440, 390
HEIGHTS = {WIDE: 900, NARROW: 844}
TALLEST = 1500  # more of a long list shows nothing new
COLOURS = 48
ARE_KEPT = not os.environ.get("CI")  # there nobody looks at them, and they go with the clone


def resize(page: Page, width: int) -> None:
    """Make the window this wide, and as tall as the page up to a limit."""
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    tall = page.evaluate("() => document.documentElement.scrollHeight")
    height = min(max(tall, HEIGHTS[width]), TALLEST)
    page.set_viewport_size({"width": width, "height": height})


def take(page: Page, name: str) -> None:
    """Write what the window shows as `<name>.png`, where pictures are kept."""
    if not ARE_KEPT:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    shot = page.screenshot(animations="disabled", caret="hide")
    whole = Image.open(io.BytesIO(shot)).convert("RGB")
    few = whole.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)
