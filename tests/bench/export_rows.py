"""An export of a million contacts as CSV, served by a process of its own: time and memory.

Beside it the other formats, over a fiftieth of the contacts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from django.db import connection

from tests.bench.report import Result
from tests.integrations.sandbox.running import Running

ROWS, QUICK_ROWS = 1_000_000, 100_000
TARGET = {"peak_mib": 200, "first_byte_s": 1.0}
# Numbers of the range reserved for fiction, eleven times over; every fiftieth is a mobile.
FILL = """
INSERT INTO contacts_contact ({columns})
SELECT {values} FROM generate_series(0, %s) AS n
"""
VALUES = {
    "phone_raw": "'+1' || 200 + n / 100 %% 800 || '55501' || lpad((n %% 100)::text, 2, '0')",
    "phone_e164": "'+1' || 200 + n / 100 %% 800 || '55501' || lpad((n %% 100)::text, 2, '0')",
    "first_name": "'Ada'",
    "last_name": "'Adler-' || n",
    "full_name": "'Ada Adler-' || n",
    "email": "'ada.adler.' || n || '@mail' || n %% 977 || '.test'",
    "position": "'Head of things'",
    "city": "'Alderton'",
    "state": "'WA'",
    "postal_code": "lpad((n %% 99999)::text, 5, '0')",
    "country": "'United States'",
    "phone_is_valid": "true",
    "phone_country": "'US'",
    "line_type": "CASE WHEN n %% 50 = 0 THEN 'mobile' ELSE 'landline' END",
    "carrier_name": "'Reserved Wireless'",
    "sms_pumping_risk_level": "'low'",
    "company_id": "(SELECT min(id) + n %% 1000 FROM contacts_company)",
    "provenance": "'{}'",
}


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    rows = QUICK_ROWS if is_quick else ROWS
    fill(rows)
    told = served("csv", "")
    assert told["rows"] == rows
    yield Result(
        "export_rows",
        target=TARGET,
        is_met=all(told[name] <= limit for name, limit in TARGET.items()),
        per_second=round(rows / told["seconds"]),
        **told,
        others={name: served(name, "line_type=mobile") for name in ("json", "xlsx")},
    )


def served(format_name: str, query: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.exporting", format_name, query],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def fill(count: int) -> None:
    """Write so many contacts of a thousand companies."""
    from contacts.models import Company, Contact
    from tests.lab import seeding

    seeding.fresh_contacts(0)
    Company.objects.bulk_create(
        Company(name=f"Company {at}", name_key=f"company {at}", domain=f"c{at}.test")
        for at in range(1000)
    )
    blank = {
        field.column: "''"
        for field in Contact._meta.concrete_fields
        if field.empty_strings_allowed and not field.has_db_default() and not field.null
    }
    values = {name: text for name, text in {**blank, **VALUES}.items() if name != "id"}
    sql = FILL.format(columns=", ".join(values), values=", ".join(values.values()))
    with connection.cursor() as cursor:
        cursor.execute(sql, [count - 1])
        cursor.execute("VACUUM ANALYZE contacts_contact")
