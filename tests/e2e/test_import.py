"""A file from choosing it to its contacts, and back: mapping, rejects, undo."""

from __future__ import annotations

import csv
import re
import time

from playwright.sync_api import Page, expect

# A title line, two headings that mislead, a number in words, a short row, a row that runs.
NASTY = (
    "Customers of the north, as of Friday\n"
    "Phone;Mobile;Who;Remark\n"
    "n/a;(907) 555-0101;Ann Ames;<script>alert(1)</script>\n"
    'n/a;+1 907 555 0102;"Bo ""Bear"" Bell";=1+1\n'
    "n/a;nine oh seven;Cy Cole;\n"
    "n/a;9075550101;Ann Ames;again\n"
    "n/a;12;Dee\n"
)


def upload(page: Page, name: str, text: str) -> None:
    page.goto("/admin/contacts/import/add/")
    page.locator("#id_file").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Next: columns").click()
    expect(page.get_by_role("heading", name="Columns of the file")).to_be_visible()


def finish(page: Page) -> None:
    """Go through what is left of the wizard, as it is proposed."""
    page.get_by_role("button", name="Next: what will happen").click()
    expect(page.get_by_text("Of all")).to_be_visible()
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_role("heading", name=re.compile("What it made of"))).to_be_visible()


def tiles(page: Page) -> dict[str, int]:
    """What became of the rows, as the page says it: {"Created": 2, …}."""
    found = page.locator(".imp-tiles li").all()
    named = [re.match(r"([\d,]+)\s+(.+?)\s*(?:\n|$)", one.inner_text()) for one in found]
    return {one[2].split("\n")[0]: int(one[1].replace(",", "")) for one in named if one}


def becomes(page: Page, **wanted: int) -> None:
    """Wait until the page says this; it comes anew when the work is over."""
    give_up_at = time.monotonic() + 90
    while not wanted.items() <= tiles(page).items() and time.monotonic() < give_up_at:
        page.wait_for_timeout(100)
    assert tiles(page) | wanted == tiles(page)


def test_nasty_file_with_mapping_changed(page, tmp_path):
    upload(page, "north.csv", NASTY)

    page.get_by_label("Phone is", exact=True).select_option("— not imported —")
    page.get_by_label("Mobile is", exact=True).select_option("Phone")
    page.get_by_label("Who is", exact=True).select_option("Full name")
    preview = page.locator("#preview")
    expect(preview.get_by_text("+19075550101").first).to_be_visible()
    expect(preview.get_by_text('Bo "Bear" Bell')).to_be_visible()
    finish(page)
    becomes(page, Created=2, Updated=0, Repeated=1, Rejected=2, **{"Left out": 0})
    with page.expect_download() as coming:
        page.get_by_role("link", name=re.compile("Download 2 rejected")).click()
    rejects = tmp_path / "rejects.csv"
    coming.value.save_as(rejects)

    with rejects.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["Phone", "Mobile", "Who", "Remark", "line", "reason"],
        ["n/a", "nine oh seven", "Cy Cole", "", "5", "phone number has letters: 'nine oh seven'"],
        ["n/a", "12", "Dee", "", "7", "phone number too short: 2 digits"],
    ]


def test_import_is_undone(page):
    upload(page, "twins.csv", "Phone,Name\n+12075550181,Kit Twin\n+12075550182,Pat Twin\n")
    finish(page)
    becomes(page, Created=2)
    page.get_by_role("link", name="Undo…").click()
    page.get_by_role("button", name="Undo the import").click()

    expect(page.get_by_role("heading", name="Taken back")).to_be_visible()
    becomes(page, Reversed=2, Kept=0, Failed=0)
    page.goto("/admin/contacts/contact/?q=%2B1207555018")
    expect(page.get_by_text("Twin")).to_have_count(0)
