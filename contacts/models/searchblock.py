"""SearchBlock: what the search reads of neighbouring contacts, as one text; written by triggers."""

from __future__ import annotations

import pgtrigger
from django.db import models

from contacts.models.contact import Contact

# With as many lines a block stays below the 2 kB beyond which PostgreSQL would pack it.
BLOCK_IDS = 24
LINE = "concat_ws(E'\\t', {row}.phone_e164, lower({row}.full_name), lower({row}.email))"


class SearchBlock(models.Model):
    """A line for each contact with an id of `block * BLOCK_IDS` and the following.

    A filter, not an index: it has every contact's line as it is, and may have older ones too, of
    what has changed or gone. Who finds a term in it looks at the contacts themselves. An insert
    adds blocks, a change adds a block of one line; `searching.tidy` makes many of them one again.
    """

    block = models.BigIntegerField()
    lines = models.TextField()

    objects = models.Manager()

    class Meta:
        indexes = [
            # The search, newest contacts first; tidying.
            models.Index(name="searchblock_by_block", fields=["-block"]),
        ]

    def __str__(self) -> str:
        return f"contacts from {self.block * BLOCK_IDS}"


_ADD_INSERTED = f"""
INSERT INTO contacts_searchblock (block, lines)
SELECT id / {BLOCK_IDS}, string_agg({LINE.format(row="new_rows")}, E'\\n')
FROM new_rows GROUP BY 1 ORDER BY 1;
RETURN NULL;
"""
_ADD_CHANGED = f"""
INSERT INTO contacts_searchblock (block, lines)
VALUES (NEW.id / {BLOCK_IDS}, {LINE.format(row="NEW")});
RETURN NULL;
"""

pgtrigger.register(
    pgtrigger.Trigger(
        name="search_inserted",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]
        func=_ADD_INSERTED,
    ),
    pgtrigger.Trigger(
        name="search_changed",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]
            "phone_e164", "full_name", "email"
        ),
        condition=pgtrigger.Condition(
            "ROW(OLD.phone_e164, OLD.full_name, OLD.email)"
            " IS DISTINCT FROM ROW(NEW.phone_e164, NEW.full_name, NEW.email)"
        ),
        func=_ADD_CHANGED,
    ),
)(Contact)
