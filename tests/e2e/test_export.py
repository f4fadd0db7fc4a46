"""An export that is read back: chosen contacts, chosen columns, in the order chosen."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.accessibility import violations


def export(page: Page, query: str, format_: str, folder: Path) -> bytes:
    """Export two columns of a selection and return the file."""
    page.goto(f"/admin/contacts/export/add/?{query}")
    page.get_by_text(format_, exact=True).click()
    page.get_by_role("button", name="none", exact=True).click()
    for column in ("Full name", "Phone"):
        page.locator(".exp-groups").get_by_label(column, exact=True).check()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Export", exact=True).click()
    kept = folder / coming.value.suggested_filename
    coming.value.save_as(kept)
    return kept.read_bytes()


def test_large_export_is_made_in_the_background_and_downloaded(crowd, page, tmp_path):
    page.goto(f"/admin/contacts/export/add/?import={crowd}")
    page.get_by_text("CSV", exact=True).click()
    page.get_by_role("button", name="Export", exact=True).dblclick()

    expect(page).to_have_url(re.compile("/export/[0-9]+/change/"))
    expect(page.get_by_role("heading", name="10,050 contacts")).to_be_visible(timeout=180_000)
    assert violations(page) == []
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download", exact=True).click()
    file = Path(coming.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert {row["Phone"] for row in rows} == {f"+1{4155550000 + n}" for n in range(10_050)}
    page.goto("/admin/contacts/export/")
    expect(page.locator("tbody tr", has_text="The crowd")).to_have_count(1)


def test_export_reads_back_and_is_downloaded_again(office, page, tmp_path):
    office.perform("bring", "Phone,Name\n+12165550101,=Ann\n+12165550102,Bo ö\n")

    file = export(page, "q=%2B1216555010", "CSV", tmp_path)

    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    assert [list(row.items()) for row in rows] == [
        [("Full name", "'=Ann"), ("Phone", "+12165550101")],
        [("Full name", "Bo ö"), ("Phone", "+12165550102")],
    ]
    page.goto("/admin/contacts/export/")
    page.locator("tbody a[href*='/change/']").first.click()
    with page.expect_download() as again:
        page.get_by_role("link", name="Download", exact=True).click()
    assert Path(again.value.path()).read_bytes() == file
    page.reload()
    downloads = page.locator("h3", has_text="Downloads").locator("+ ul > li")
    expect(downloads).to_have_count(2)
