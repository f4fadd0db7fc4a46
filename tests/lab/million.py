"""Contacts as a big customer has them, by SQL within seconds: for lists that are measured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models

from contacts.models.searchblock import BLOCK_IDS, COMPANY_LINE, LINE
from tests.lab.seeding import TABLES

COMPANIES_PER_CONTACT = 0.06
MARK = "every-other-contact.csv"
FIRST = "Ada Ben Cleo Dan Eve Finn Gwen Hugo Iris Jack Kate Liam"
LAST = "Adler Birch Cobble Dunn Elder Frost Grove Heath Ivers Juniper"
TYPES = "mobile landline fixed_voip non_fixed_voip toll_free"

_WRITTEN = (
    "phone_raw", "phone_e164", "first_name", "last_name", "full_name", "email", "city",
    "company_id", "phone_is_valid", "phone_country", "line_type", "carrier_name",
    "sms_pumping_risk_level", "status", "error", "provenance",
)  # fmt: skip
_COMPANIES = """
INSERT INTO contacts_company (name, name_key, domain, external_id, provenance, revision)
SELECT 'Company ' || n || ', Inc.', 'company ' || n,
 CASE WHEN n %% 3 = 0 THEN 'company' || n || '.test' END, '', '{}', 0
FROM generate_series(1, %(companies)s) AS n
"""
# Six in ten are completed, one in a hundred has failed; one in 500 is from Norway.
_CONTACTS = """
INSERT INTO contacts_contact (
 {written}, {blanks})
SELECT number, number, first, last, first || ' ' || last,
 CASE WHEN n %% 4 > 0
  THEN lower(first || '.' || last || '.' || n || '@mail' || n %% 977 || '.test') ELSE '' END,
 'Alderton', (SELECT min(id) FROM contacts_company) + (n * 7919::bigint) %% %(companies)s,
 n %% 10 > 0, CASE WHEN n %% 500 = 0 THEN 'NO' WHEN n %% 20 = 0 THEN 'CA' ELSE 'US' END,
 CASE WHEN told THEN (string_to_array(%(types)s, ' '))[1 + n %% 5] ELSE '' END,
 CASE WHEN told THEN 'Carrier ' || (n %% 7) * (n %% 40) ELSE '' END,
 CASE WHEN told THEN (string_to_array('low low low medium high', ' '))[1 + n %% 5] ELSE '' END,
 status, CASE WHEN status = 'failed' THEN 'the provider refused the number' ELSE '' END, '{{}}',
 {nothing}
FROM (
 SELECT n, (string_to_array(%(first)s, ' '))[1 + n %% 12] AS first,
  (string_to_array(%(last)s, ' '))[1 + n / 12 %% 10] AS last,
  '+1' || 201 + n %% 700 || '555' || lpad((n / 700)::text, 4, '0') AS number, n %% 10 < 6 AS told,
  CASE WHEN n %% 10 < 6 THEN 'completed' WHEN n %% 100 = 99 THEN 'failed' ELSE 'pending' END
   AS status
 FROM generate_series(1, %(contacts)s) AS n) AS made
"""
_BLOCKS = f"""
INSERT INTO contacts_searchblock (block, lines)
SELECT id / {BLOCK_IDS}, string_agg({LINE.format(row="c")}, E'\\n')
FROM contacts_contact AS c GROUP BY 1 ORDER BY 1
"""


_COMPANY_BLOCKS = f"""
INSERT INTO contacts_companyblock (block, lines)
SELECT id / {BLOCK_IDS}, string_agg({COMPANY_LINE.format(row="c")}, E'\\n')
FROM contacts_company AS c GROUP BY 1 ORDER BY 1
"""


def ensure(contacts: int) -> None:
    """Have so many contacts, those of an earlier call where they still stand."""
    from contacts.models import Contact, Import

    if not (Import.objects.filter(name=MARK).exists() and Contact.objects.count() == contacts):
        seed(contacts)


@contextmanager
def companies(count: int) -> Iterator[None]:
    """Have so many companies within, those that nobody works at being the newest."""
    from contacts.models import Company

    last = Company.objects.latest("pk").pk
    with connection.cursor() as cursor:
        cursor.execute(
            _COMPANIES.replace("series(1,", "series(%(first)s,"),
            {"first": Company.objects.count() + 1, "companies": count},
        )
        cursor.execute("VACUUM ANALYZE contacts_company, contacts_companyblock")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("DELETE FROM contacts_company WHERE id > %s", [last])
            cursor.execute("SET session_replication_role = origin")
            cursor.execute(
                "DELETE FROM contacts_companyblock WHERE block > %s", [last // BLOCK_IDS]
            )
            cursor.execute("VACUUM ANALYZE contacts_company, contacts_companyblock")


def seed(contacts: int) -> None:
    """Empty every table of earlier work, and write contacts with companies, an import and a tag."""
    from contacts.models import Import, Tag

    values: dict[str, int | str] = {
        "contacts": contacts, "companies": int(contacts * COMPANIES_PER_CONTACT),
        "first": FIRST, "last": LAST, "types": TYPES,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES}, contacts_importrow, contacts_tag CASCADE")
        record, tag = Import.objects.create(name=MARK, path="x"), Tag.objects.create(name="x")
        # Contacts are born pending, and each insert tells the search: not so here.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_COMPANIES, values)
        cursor.execute(_contacts(), values)
        cursor.execute(_BLOCKS)
        cursor.execute(_COMPANY_BLOCKS)
        cursor.execute(
            "INSERT INTO contacts_importrow (source_id, line, outcome, contact_id, reason)"
            " SELECT %s, id, 'created', id, '' FROM contacts_contact WHERE id %% 2 = 0",
            [record.pk],
        )
        cursor.execute(
            "INSERT INTO contacts_contacttag (contact_id, tag_id)"
            " SELECT id, %s FROM contacts_contact WHERE id %% 100 = 0",
            [tag.pk],
        )
        cursor.execute("SET session_replication_role = origin")
        for table in (
            "contact",
            "company",
            "searchblock",
            "companyblock",
            "importrow",
            "contacttag",
        ):
            cursor.execute(f"VACUUM ANALYZE contacts_{table}")


def _contacts() -> str:
    from contacts.models import Contact

    blanks = [
        str(field.column)
        for field in Contact._meta.concrete_fields
        if isinstance(field, models.CharField) and field.column not in _WRITTEN
    ]
    return _CONTACTS.format(
        written=", ".join(_WRITTEN),
        blanks=", ".join([*blanks, "revision"]),
        nothing=", ".join([*["''"] * len(blanks), "0"]),
    )
