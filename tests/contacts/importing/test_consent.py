"""The day of consent: read in the ways people write it, kept as a date, taken back on undo."""

from datetime import date

import pytest

from contacts.importing.dates import read_date
from contacts.importing.undo import run_undo, undo
from contacts.models import Contact, Import, ImportRow

HEADER = ("Phone", "Name", "Consent date")
A, B = "+14155550100", "+14155550101"


@pytest.mark.parametrize(
    ("text", "region", "day"),
    [
        ("2026-04-03", "US", date(2026, 4, 3)),
        ("20260403", "US", date(2026, 4, 3)),
        ("2026-04-03T10:15:00Z", "DE", date(2026, 4, 3)),
        ("4/3/2026", "US", date(2026, 4, 3)),
        ("4/3/2026", "GB", date(2026, 3, 4)),
        ("25/3/2026", "US", date(2026, 3, 25)),
        ("3.4.2026", "US", date(2026, 4, 3)),
        ("3-4-2026 08:00", "NL", date(2026, 4, 3)),
        ("31/31/2026", "US", None),
        ("2026-13-01", "US", None),
        ("4/3-2026", "US", None),
        ("yes", "US", None),
    ],
)
def test_days_are_read_as_they_are_written(text, region, day):
    assert read_date(text, region) == day


def test_a_column_of_days_is_taken_for_the_consent(run, write):
    run(write((A, "Ada", "4/3/2026"), (B, "Ben", ""), header=HEADER))

    days = dict(Contact.objects.values_list("full_name", "consent_on"))
    assert days == {"Ada": date(2026, 4, 3), "Ben": None}
    assert Contact.objects.get(full_name="Ada").provenance["consent_on"]["sure"] == 0.9


def test_a_column_of_yes_and_no_is_not(run, write):
    record = run(write((A, "Ada", "yes"), (B, "Ben", "no"), header=HEADER))

    assert "consent_on" not in record.mapping
    assert set(Contact.objects.values_list("consent_on", flat=True)) == {None}


@pytest.mark.parametrize(
    ("day", "remark"),
    [("2026-99-01", "day of consent not readable"), ("2999-01-01", "lies in the future")],
)
def test_a_day_that_cannot_be_is_left_out_with_a_remark(run, write, day, remark):
    record = run(write((A, "Ada", "2026-04-03"), (B, "Ben", day), header=HEADER))

    assert remark in ImportRow.objects.get(source=record, line=3).reason
    assert Contact.objects.get(full_name="Ben").consent_on is None


def test_a_later_file_fills_replaces_and_is_undone(run, write):
    run(write((A, "Ada", ""), (B, "Ben", "2026-01-01"), header=HEADER))
    rows = ((A, "Ada", "2026-02-02"), (B, "Ben", "2026-02-02"))

    record = run(write(*rows, header=HEADER, name="new.csv"), mode=Import.Mode.OVERWRITE)

    assert set(Contact.objects.values_list("consent_on", flat=True)) == {date(2026, 2, 2)}

    undo(record, rings=False)
    run_undo(record.pk)

    days = dict(Contact.objects.values_list("full_name", "consent_on"))
    assert days == {"Ada": None, "Ben": date(2026, 1, 1)}


def test_the_same_file_again_changes_nothing(run, write):
    file = write((A, "Ada", "2026-04-03"), header=HEADER)
    run(file)

    record = run(file)

    assert (record.repeated_count, record.updated_count, record.created_count) == (1, 0, 0)
