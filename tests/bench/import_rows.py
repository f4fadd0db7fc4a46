"""An import of a million rows as a real export looks, in a process of its own: time and memory."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import phonenumbers

from tests.bench.report import Result
from tests.integrations.sandbox.running import Running

ROWS, QUICK_ROWS = 1_000_000, 100_000
TARGET_S, TARGET_MIB = 60.0, 300
HEADERS = ["Name", "Company", "Phone", "Email", "City", "State", "Notes", "ID"]
FORMS = (
    "({a}) 555-{n:04d}",
    "{a}-555-{n:04d}",
    "+1 {a} 555 {n:04d}",
    "1{a}555{n:04d}",
    "{a}.555.{n:04d}",
    "+1{a}555{n:04d}",
)
BAD = ("", "123", "n/a", "call reception", "+1 415 555 0100 4155550101 99")
FIRST = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gwen", "Hugo", "Iris", "Jack", "Kate", "Liam")
LAST = ("Adler", "Birch", "Cobble", "Dunn", "Elder", "Frost", "Grove", "Heath", "Ivers", "Juniper")
CITIES = (("Alderton", "WA"), ("Birchfield", "TX"), ("Cobble Hill", "MA"), ("Dunmore", "IL"))


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from django.conf import settings

    from tests.lab import seeding

    rows = QUICK_ROWS if is_quick else ROWS
    seeding.fresh_contacts(0)
    file = Path(settings.HOME) / "rows.csv"
    write_rows(file, rows)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.importing", str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    file.unlink()
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    target_s = TARGET_S * rows / ROWS
    yield Result(
        "import_rows",
        target={"seconds": target_s, "peak_mib": TARGET_MIB},
        is_met=told["seconds"] <= target_s and told["peak_mib"] <= TARGET_MIB,
        per_second=round(rows / told["seconds"]),
        **told,
        settings={"rows": rows},
    )


def write_rows(file: Path, count: int) -> None:
    """Write rows of which about 5 % repeat an earlier one and 2 % cannot be read."""
    dice, areas = random.Random(7), american_areas()
    earlier: list[list[str]] = []
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADERS)
        for number in range(count):
            draw = dice.random()
            if draw < 0.05 and earlier:
                row = dice.choice(earlier)
            else:
                phone = dice.choice(BAD) if draw > 0.98 else phone_of(number, areas, dice)
                row = row_of(number, phone, dice)
            if number % 200 == 0:
                earlier.append(row)
            writer.writerow(row)


def american_areas() -> list[int]:
    """Return the area codes of the United States, some 300."""
    found = []
    for area in range(201, 990):
        number = phonenumbers.parse(f"+1{area}5550100")
        if phonenumbers.region_code_for_number(number) == "US":
            found.append(area)
    return found


def phone_of(number: int, areas: list[int], dice: random.Random) -> str:
    """Return one of some three million fictitious numbers, written in one of six ways."""
    line, area = divmod(number, len(areas))
    return dice.choice(FORMS).format(a=areas[area], n=line % 10_000)


def row_of(number: int, phone: str, dice: random.Random) -> list[str]:
    first, last = dice.choice(FIRST), dice.choice(LAST)
    city, state = dice.choice(CITIES)
    email = f"{first}.{last}.{number}@mail{number % 977}.test".lower()
    company = f"Company {dice.randrange(60_000)}, Inc."
    note = f"met at the fair, follow up {number}"
    return [f"{first} {last}", company, phone, email, city, state, note, f"C{number}"]
