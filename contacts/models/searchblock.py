"""What the search reads of neighbouring contacts or companies, as one text; written by triggers."""

from __future__ import annotations

import pgtrigger
from django.db import models

from contacts.models.company import Company
from contacts.models.contact import Contact

# With as many lines a block stays below the 2 kB beyond which PostgreSQL would pack it.
BLOCK_IDS = 24
LINE = "concat_ws(E'\\t', {row}.phone_e164, lower({row}.full_name), lower({row}.email))"
COMPANY_LINE = "concat_ws(E'\\t', lower({row}.name), lower({row}.domain))"


class Block(models.Model):
    """A line for each row with an id of `block * BLOCK_IDS` and the following.

    A filter, not an index: it has every row's line as it is, and may have older ones too, of what
    has changed or gone. Who finds a term in it looks at the rows themselves. An insert adds blocks,
    a change adds a block of one line; `searching.tidy` makes many of them one again.
    """

    block = models.BigIntegerField()
    lines = models.TextField()

    objects = models.Manager()

    class Meta:
        abstract = True


class SearchBlock(Block):
    """Neighbouring contacts."""

    class Meta:
        indexes = [
            # The search, newest contacts first; tidying.
            models.Index(name="searchblock_by_block", fields=["-block"]),
        ]

    def __str__(self) -> str:
        return f"contacts from {self.block * BLOCK_IDS}"


class CompanyBlock(Block):
    """Neighbouring companies."""

    class Meta:
        indexes = [
            # The search, newest companies first; tidying.
            models.Index(name="companyblock_by_block", fields=["-block"]),
        ]

    def __str__(self) -> str:
        return f"companies from {self.block * BLOCK_IDS}"


def _written(blocks: str, line: str, *columns: str) -> tuple[pgtrigger.Trigger, pgtrigger.Trigger]:
    """Return the triggers that write blocks: one for each insert, one for each changed row."""
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    inserted = pgtrigger.Trigger(
        name="search_inserted",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]
        func=f"""
INSERT INTO {blocks} (block, lines)
SELECT id / {BLOCK_IDS}, string_agg({line.format(row="new_rows")}, E'\\n')
FROM new_rows GROUP BY 1 ORDER BY 1;
RETURN NULL;
""",
    )
    changed = pgtrigger.Trigger(
        name="search_changed",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf(*columns),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition(f"ROW({old}) IS DISTINCT FROM ROW({new})"),
        func=f"""
INSERT INTO {blocks} (block, lines)
VALUES (NEW.id / {BLOCK_IDS}, {line.format(row="NEW")});
RETURN NULL;
""",
    )
    return inserted, changed


pgtrigger.register(*_written("contacts_searchblock", LINE, "phone_e164", "full_name", "email"))(
    Contact
)
pgtrigger.register(*_written("contacts_companyblock", COMPANY_LINE, "name", "domain"))(Company)
