"""The main job as a person does it: a file in, the same rows and more out."""

import csv
from decimal import Decimal

import pytest
import redis
from django.core.management import CommandError, call_command

from contacts.models import Contact, Import
from enrichment.models import Run

MESSY = """Contacts,,
exported today,,
Name;Phone;Note
"Lee, Ann";(415) 555-0100;"two
lines"
Bob Ray;415.555.0101;=1+1
Bob Ray;+1 415 555 0101;again
Zoë Kent;415-555-01;short
;;
Cy Poe;+44 20 7946 0018 x12;abroad
"""


@pytest.fixture
def messy(tmp_path):
    path = tmp_path / "messy.csv"
    path.write_text(MESSY, encoding="cp1252")
    return path


@pytest.fixture
def enrich(transactional_db, sandbox, settings, tmp_path):
    """Run the command and return the rows that it wrote."""
    settings.UPLOADS = tmp_path / "uploads"
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()

    def run(source, **options):
        out = tmp_path / "out.csv"
        call_command("enrich", str(source), str(out), **options)
        if not out.exists():
            return None
        with out.open(newline="", encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))

    return run


def test_out_has_the_rows_and_columns_of_in_and_what_was_learned(enrich, messy):
    rows = enrich(messy)

    names = [row["Name"] for row in rows]
    assert names == ["Lee, Ann", "Bob Ray", "Bob Ray", "Zoë Kent", "", "Cy Poe"]
    assert list(rows[0])[:3] == ["Name", "Phone", "Note"]
    assert [row["outcome"] for row in rows] == [
        "completed", "completed", "completed", "rejected", "rejected", "completed",
    ]  # fmt: skip
    assert rows[0]["phone_e164"] == "+14155550100"
    assert rows[0]["line_type"]
    assert rows[3]["reason"]
    assert rows[5]["phone_ext"] == "12"


def test_repeated_rows_are_one_contact_asked_once(enrich, messy, sandbox):
    enrich(messy)

    assert Contact.objects.count() == 3
    assert sandbox.count()["calls"] == 3


def test_again_creates_nothing_and_buys_nothing(enrich, messy, sandbox, capsys):
    first = enrich(messy)
    sandbox.fresh()

    second = enrich(messy)

    said = capsys.readouterr().out
    assert said.count("Columns: Name → full_name, Phone → phone, Note → ") == 2
    assert second == first
    assert Contact.objects.count() == 3
    assert sandbox.count()["calls"] == 0


def test_a_dry_run_keeps_nothing_and_asks_nothing(enrich, messy, sandbox):
    assert enrich(messy, dry_run=True) is None

    assert Contact.objects.count() == 0
    assert Import.objects.get().state == Import.State.UNDONE
    assert sandbox.count()["calls"] == 0


def test_a_budget_is_not_passed_and_what_was_bought_is_written(enrich, messy, sandbox, tmp_path):
    with pytest.raises(CommandError, match="Stopped after"):
        enrich(messy, budget="0.09")

    assert sandbox.count()["calls"] == 2
    assert Run.objects.get().spent_usd == Decimal("0.086")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len([row for row in csv.DictReader(file) if row["line_type"]]) >= 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"colour,size\nred,9\n", "phone"),
        (b"%PDF-1.7 \x00\x01\x02", "PDF"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(enrich, tmp_path, content, words):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=words):
        enrich(path)

    assert (Contact.objects.count(), Import.objects.count()) == (0, 0)


def test_an_unknown_recipe_names_those_there_are(enrich, messy):
    with pytest.raises(CommandError, match="there are: address, company, email, full, phone"):
        enrich(messy, recipe="everything")


@pytest.mark.parametrize("budget", ["much", "-1", "NaN"])
def test_a_budget_is_an_amount(enrich, messy, budget):
    with pytest.raises(CommandError, match="not an amount"):
        enrich(messy, budget=budget)


def test_a_file_that_is_not_there_is_said(enrich, tmp_path):
    with pytest.raises(CommandError, match=r"missing\.csv"):
        enrich(tmp_path / "missing.csv")
