"""A file that is read back holds the contacts, whatever the format and whatever they say."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from contacts.exports import workbook
from contacts.exports.columns import COLUMNS
from contacts.exports.resource import ContactResource
from contacts.models import Company
from tests.contacts.exports.conftest import make, number_of

pytestmark = pytest.mark.django_db

NASTY = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", "=HYPERLINK(1)")
PLAIN = ('a "quoted" name', "two\nlines", "comma, and; more", "Zoë 李", "", "01234", "tab\there")


def separated(data, delimiter=","):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def sheets(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book]


@pytest.mark.parametrize(("format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_text_comes_back_as_it_was(export, format, delimiter):
    for at, name in enumerate(PLAIN):
        make(at, full_name=name, postal_code="00501")

    _, data = export(columns=["phone_e164", "full_name", "postal_code"], format=format)

    assert data.startswith(b"\xef\xbb\xbf")
    assert separated(data, delimiter) == [
        ["Phone", "Full name", "Postal code"],
        *[[number_of(at), name, "00501"] for at, name in enumerate(PLAIN)],
    ]


@pytest.mark.parametrize(("format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_no_cell_of_a_text_is_a_formula(export, format, delimiter):
    for at, name in enumerate(NASTY):
        make(at, full_name=name)

    _, data = export(columns=["phone_e164", "full_name"], format=format)

    _, *rows = separated(data, delimiter)
    assert [row[1] for row in rows] == [f"'{name}" for name in NASTY]
    assert [row[0] for row in rows] == [number_of(at) for at in range(len(NASTY))]


def test_a_workbook_holds_texts_that_are_no_formulas(export):
    for at, name in enumerate((*NASTY, *PLAIN)):
        make(at, full_name=name, postal_code="00501")

    _, data = export(columns=["phone_e164", "full_name", "postal_code"], format="xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    _, *rows = sheet.iter_rows()
    told = [[unescape(str(cell.value or "")) for cell in row] for row in rows]
    assert told == [[number_of(at), name, "00501"] for at, name in enumerate((*NASTY, *PLAIN))]
    assert {cell.data_type for row in rows for cell in row if cell.value} == {"s"}
    assert [bool(row[1].quotePrefix) for row in rows] == [True] * len(NASTY) + [False] * len(PLAIN)


VALUES = {
    "phone_is_valid": True,
    "consent_on": date(2026, 3, 1),
    "sms_pumping_risk_score": 7,
    "cost_usd": Decimal("0.0080"),
    "sim_swapped_at": datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC),
}  # fmt: skip


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("csv", ["true", "2026-03-01", "7", "0.0080", "2026-03-01T12:30:05+00:00"]),
        ("json", [True, "2026-03-01", 7, "0.0080", "2026-03-01T12:30:05+00:00"]),
        ("xlsx", [True, datetime.fromisoformat("2026-03-01"), 7, 0.008,
                  datetime.fromisoformat("2026-03-01T12:30:05")]),
    ],
)  # fmt: skip
def test_values_that_are_no_texts(export, format, expected):
    make(0, **VALUES)

    _, data = export(columns=list(VALUES), format=format)

    if format == "json":
        (row,) = json.loads(data)
        assert row == dict(zip(VALUES, expected, strict=True))
    else:
        _, row = separated(data) if format == "csv" else sheets(data)[0]
        assert row == expected


def test_json_lines_are_an_object_each(export):
    company = Company.objects.create(name="Acme", domain="acme.test")
    make(0, company=company, full_name="=1")
    make(1)

    _, data = export(columns=["phone_e164", "full_name", "company", "company_domain"],
                     format="jsonl")  # fmt: skip

    assert [json.loads(line) for line in data.splitlines()] == [
        {"phone_e164": number_of(0), "full_name": "=1", "company": "Acme",
         "company_domain": "acme.test"},
        {"phone_e164": number_of(1), "full_name": "", "company": None, "company_domain": None},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("format", "expected"),
    [("csv", [["Phone"]]), ("tsv", [["Phone"]]), ("xlsx", [[["Phone"]]]), ("json", []),
     ("jsonl", b"")],
)  # fmt: skip
def test_nobody_makes_a_whole_file_of_headings(export, format, expected):
    record, data = export(columns=["phone_e164"], format=format)

    read: dict[str, Callable[[bytes], object]] = {
        "csv": separated, "tsv": separated, "xlsx": sheets, "json": json.loads, "jsonl": bytes
    }  # fmt: skip
    assert read[format](data) == expected
    assert (record.state, record.row_count, record.total_count) == ("done", 0, 0)


def test_a_full_sheet_is_followed_by_another():
    rows = [(f"+1415555010{at}",) for at in range(5)]

    data = b"".join(workbook.write(ContactResource(["phone_e164"]), [rows], sheet_rows=3))

    assert sheets(data) == [
        [["Phone"], [rows[0][0]], [rows[1][0]]],
        [["Phone"], [rows[2][0]], [rows[3][0]]],
        [["Phone"], [rows[4][0]]],
    ]


def test_sources_follow_each_value(export):
    fact = {"by": "twilio.line_type", "at": "2026-03-01T12:00:00+00:00", "sure": 0.9}
    make(0, line_type="mobile", provenance={"line_type": fact})

    _, data = export(columns=["status", "line_type"], with_sources=True)

    assert separated(data) == [
        ["Status", "Line type", "Line type (source)", "Line type (source date)",
         "Line type (source, how sure)"],
        ["pending", "mobile", *map(str, fact.values())],
    ]  # fmt: skip


@pytest.mark.parametrize("format", ["csv", "xlsx", "json"])
def test_every_column_can_be_exported(export, format):
    make(0, provenance={"email": {"by": "person:ann", "at": "2026-03-01", "sure": 1.0}})

    record, _ = export(columns=list(COLUMNS), with_sources=True, format=format)

    assert (record.state, record.row_count) == ("done", 1)
