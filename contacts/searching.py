"""What a typed term finds: any part of a number, a name, an e-mail address or a company's name.

`contacts_matching` is the condition, exact and slow: it looks at every contact. Lists ask
`newest`, which reads the `SearchBlock`s first and only the contacts of those that have the term.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower, StrIndex
from django.db.models.lookups import GreaterThan

from contacts.models import Company, Contact
from contacts.models.searchblock import BLOCK_IDS, COMPANY_LINE, LINE

# What people write between digits.
_PUNCTUATION = re.compile(r"[\s().\-/]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
# Up to so many companies the newest contacts of each are looked up; of more, contacts are frequent.
FIRMS = 2_000
# Blocks with more rows than this are made one again, so many blocks at a time.
_ROWS_OF_BLOCK, _TIDIED = 4, 5_000


@dataclass(frozen=True, slots=True)
class Term:
    """`text` as typed; `digits`: what a number may have anywhere; `start`: how it has to begin."""

    text: str
    digits: tuple[str, ...] = ()
    start: str = ""

    @classmethod
    def read(cls, typed: str) -> Term:
        text = _CONTROLS.sub(" ", typed).strip()
        compact = _PUNCTUATION.sub("", text)
        if not re.fullmatch(r"\+?[0-9]+", compact):
            return cls(text)
        if compact.startswith("+"):
            return cls(text, (), compact)
        # "020 7946 0100" and "00 44 20…" are written with zeros that an international number lacks.
        short = compact.lstrip("0")
        return cls(text, (compact, short) if short != compact and len(short) > 5 else (compact,))


def contacts_matching(typed: str) -> Q:
    """Return the condition on contacts."""
    firms = Company.objects.filter(companies_matching(typed)).order_by().values("pk")
    return _own(Term.read(typed)) | Q(company_id__in=firms)


def condition_of(typed: str) -> tuple[str, tuple[Any, ...]]:
    """Return the condition as SQL over a table called contacts_contact, with its parameters."""
    firms = newest_companies(typed, FIRMS + 1)
    is_many = len(firms) > FIRMS
    fits = contacts_matching(typed) if is_many else _own(Term.read(typed)) | Q(company__in=firms)
    query = Contact.objects.filter(fits).query
    sql, params = query.where.as_sql(query.get_compiler(connection=connection), connection)
    return sql, tuple(params)


def companies_matching(typed: str) -> Q:
    """Return the condition on companies: any part of the name or the domain."""
    text = Term.read(typed).text
    return Q(_has("name", text)) | Q(_has("domain", text))


def newest_companies(typed: str, limit: int) -> list[int]:
    """Return ids of the companies that a term finds, newest first, by their blocks."""
    found = Company.objects.filter(companies_matching(typed))
    here, params = _sql(_in_block(found))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT found.id FROM (SELECT DISTINCT block FROM contacts_companyblock"
            " WHERE strpos(lines, lower(%s)) > 0 ORDER BY block DESC) AS hit"
            f" CROSS JOIN LATERAL ({here}) AS found (id) LIMIT %s",
            [Term.read(typed).text, *params, limit],
        )
        return [pk for (pk,) in cursor.fetchall()]


def newest(
    rows: QuerySet[Contact], typed: str, offset: int, limit: int, *, most_firms: int = FIRMS
) -> list[int]:
    """Return ids of the `rows` (unordered, any filters) that a term finds, newest first."""
    term, last = Term.read(typed), offset + limit
    firms = newest_companies(typed, most_firms + 1)
    if len(firms) > most_firms:
        met = rows.filter(contacts_matching(typed)).order_by("-pk")
        return list(met.values_list("pk", flat=True)[offset:last])
    here, params = _sql(_in_block(rows.filter(_own(term))))
    theirs, their_params = _sql(rows.filter(company_id=RawSQL("firm.id", ())))
    needles = sorted({term.text, *term.digits, term.start} - {""}) or [""]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM (("
            " SELECT found.id FROM (SELECT DISTINCT block FROM contacts_searchblock"
            f" WHERE {' OR '.join(['strpos(lines, lower(%s)) > 0'] * len(needles))}"
            f" ORDER BY block DESC) AS hit CROSS JOIN LATERAL ({here}) AS found (id) LIMIT %s"
            ") UNION (SELECT found.id FROM unnest(%s::bigint[]) AS firm (id)"
            f" CROSS JOIN LATERAL ({theirs} LIMIT %s) AS found (id) ORDER BY 1 DESC LIMIT %s"
            ")) AS met ORDER BY id DESC OFFSET %s LIMIT %s",
            [*needles, *params, last, firms, *their_params, last, last, offset, limit],
        )
        return [pk for (pk,) in cursor.fetchall()]


def tidy() -> int:
    """Make one row of each block that changes have left many of; return how many blocks."""
    contacts = _tidied("contacts_searchblock", "contacts_contact", LINE)
    return contacts + _tidied("contacts_companyblock", "contacts_company", COMPANY_LINE)


def _tidied(blocks: str, table: str, line: str) -> int:
    """One statement, so that what it deletes and what it reads are of the same moment: a change
    that commits meanwhile keeps the row that it added."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH many AS MATERIALIZED (SELECT block FROM {blocks} GROUP BY block"
            " HAVING count(*) > %(rows)s ORDER BY block LIMIT %(blocks)s),"
            f" gone AS (DELETE FROM {blocks} WHERE block IN (SELECT block FROM many))"
            f" INSERT INTO {blocks} (block, lines)"
            f" SELECT many.block, string_agg({line.format(row='c')}, E'\\n')"
            f" FROM many JOIN {table} c ON c.id >= many.block * %(ids)s"
            " AND c.id < (many.block + 1) * %(ids)s GROUP BY 1",
            {"rows": _ROWS_OF_BLOCK, "blocks": _TIDIED, "ids": BLOCK_IDS},
        )
        return int(cursor.rowcount)


def _own(term: Term) -> Q:
    """What a contact says itself; in a number that begins with + nothing may stand before it."""
    found = Q(_has("full_name", term.text)) | Q(_has("email", term.text))
    if term.start:
        return found | Q(phone_e164__startswith=term.start)
    for digits in term.digits:
        found |= Q(phone_e164__contains=digits)
    return found


def _has(column: str, text: str) -> Any:
    """LIKE would read % and _ as signs; PostgreSQL folds the case of both sides the same way."""
    return GreaterThan(StrIndex(Lower(column), Lower(Value(text))), 0)


def _in_block(rows: QuerySet[Any]) -> QuerySet[Any]:
    first, end = f"hit.block * {BLOCK_IDS}", f"(hit.block + 1) * {BLOCK_IDS}"
    return rows.filter(pk__gte=RawSQL(first, ()), pk__lt=RawSQL(end, ()))


def _sql(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    sql, params = rows.order_by("-pk").values("pk").query.sql_with_params()
    return sql, tuple(params)
