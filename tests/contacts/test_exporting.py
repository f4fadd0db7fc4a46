"""The file again, row for row, with what is known beside it."""

import csv

import pytest

from contacts.exporting import write_enriched
from contacts.models import Contact
from contacts.spreadsheet import defused

A, B = "+14155550100", "+14155550101"


def read(path, delimiter=","):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def test_rows_order_and_columns_are_kept(import_rows, tmp_path):
    rows = [
        ["(415) 555-0100", "Ada", "Acme", "a@acme.test", "Austin"],
        ["123", "Short", "", "", ""],
        ["", "", "", "", ""],
        ["(415) 555-0101", "Grace", "", "", ""],
    ]
    record = import_rows(*rows)
    Contact.objects.filter(phone_e164=B).update(status="processing")
    Contact.objects.filter(phone_e164=B).update(status="failed", error="no such number")

    summary = write_enriched(record, tmp_path / "out.csv", ["phone_e164", "phone_is_valid", "city"])

    header, *written = read(tmp_path / "out.csv")
    assert header == [
        "Phone", "Name", "Company", "Email", "City",
        "phone_e164", "phone_is_valid", "city (enriched)", "outcome", "reason",
    ]  # fmt: skip
    assert [row[:5] for row in written] == rows
    assert [row[5:] for row in written] == [
        [A, "true", "Austin", "pending", ""],
        ["", "", "", "rejected", "phone number too short: 3 digits"],
        ["", "", "", "rejected", "blank row"],
        [B, "true", "", "failed", "no such number"],
    ]
    assert (summary.rows, summary.outcomes) == (4, {"pending": 1, "rejected": 2, "failed": 1})


def test_title_lines_are_left_out_and_wide_rows_lose_nothing(run, tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(f"Our people\n\nPhone,Name\n{A},Ada\n{A},Ada\n{B},Grace,Hopper,x\n")

    write_enriched(run(path), tmp_path / "out.csv", [])

    assert read(tmp_path / "out.csv") == [
        ["Phone", "Name", "outcome", "reason"],
        [A, "Ada", "pending", ""],
        [A, "Ada", "pending", ""],
        [B, "Grace | Hopper | x", "rejected", "4 cells under 2 columns"],
    ]


def test_a_repeat_shows_the_one_contact_and_a_deleted_one_is_said(import_rows, tmp_path):
    record = import_rows((A, "Ada", "Acme"), (A, "Ada"), (B, "Grace"))
    Contact.objects.filter(phone_e164=B).delete()

    write_enriched(record, tmp_path / "out.tsv", ["full_name", "company"])

    written = [row[5:] for row in read(tmp_path / "out.tsv", "\t")[1:]]
    assert written == [
        ["Ada", "Acme", "pending", ""],
        ["Ada", "Acme", "pending", ""],
        ["", "", "deleted", ""],
    ]


def test_rows_that_the_mode_left_out_say_so(import_rows, tmp_path):
    record = import_rows((A, "Ada"), mode="update")

    write_enriched(record, tmp_path / "out.csv", ["phone_e164"])

    *_, outcome, reason = read(tmp_path / "out.csv")[1]
    assert (outcome, reason) == (
        "skipped", "only known contacts were wanted, and nobody has this number"
    )  # fmt: skip


def test_an_unknown_field_is_refused_and_nothing_written(import_rows, tmp_path):
    record = import_rows((A, "Ada"))

    with pytest.raises(ValueError, match="no field 'fax'"):
        write_enriched(record, tmp_path / "out.csv", ["fax"])

    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    "value", ["=1", "+cmd", "-2", "@x", "\t=1", "＝1", "+1 415", "+0123456789"]
)
def test_formulas_are_defused(value):
    assert defused(value) == f"'{value}"


@pytest.mark.parametrize("value", ["", A, "plain", "1-2", "a=b"])
def test_other_values_and_e164_numbers_are_left_alone(value):
    assert defused(value) == value
