"""ContactChange: who changed what of a contact, from what to what; written by the database."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from contacts.models.contact import Contact

# What the machine keeps for itself; a change of these alone is no news to a person.
NOT_TRACKED = frozenset((
    "id", "status", "error", "reprocessed_at", "cost_usd", "quality_score", "provenance",
    "revision", "enriched_at", "created_at", "updated_at",
))  # fmt: skip
TRACKED: tuple[models.Field[object, object], ...] = tuple(
    field for field in Contact._meta.concrete_fields if field.name not in NOT_TRACKED
)
# Who acts in this transaction ("person:ann"), set by `contacts.history.acting_as`.
ACTOR = "COALESCE(current_setting('switchboard.actor', true), '')"


class ContactChange(models.Model):
    """One statement's changes to one contact.

    `before`, `after` and `sources` are by column; `sources` tells who says so, as far as the
    writer told it by the contact's provenance. `by` is who was signed in. No foreign key: the
    history outlives what it speaks of.
    """

    contact_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    by = models.CharField(max_length=200, blank=True, db_default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    sources = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    objects = models.Manager()

    class Meta:
        verbose_name = "change of a contact"
        verbose_name_plural = "changes of contacts"
        ordering = ["-id"]
        indexes = [
            # The history on a contact's page, newest first.
            models.Index(name="contactchange_by_contact", fields=["contact_id", "-id"]),
        ]

    def __str__(self) -> str:
        return f"contact {self.contact_id}: {', '.join(sorted(self.after))}"


def _columns(row: str) -> str:
    return f"ROW({', '.join(f'{row}.{field.column}' for field in TRACKED)})"


def _is_replaced(field: models.Field[object, object]) -> str:
    old, new = f"OLD.{field.column}", f"NEW.{field.column}"
    if field.null:
        return f"({old} IS NOT NULL AND {old} IS DISTINCT FROM {new})"
    return f"({old} <> '' AND {old} <> {new})"


# A blank that the engine or an import fills is told by its provenance already and costs nothing
# here: they count the revision up. Recorded is what would be lost: a value that is replaced or
# emptied by whomever, what a signed-in person did, and a write that told no source.
_WORTH_TELLING = " OR ".join((
    *(_is_replaced(field) for field in TRACKED),
    f"(({ACTOR} <> '' OR NEW.revision = OLD.revision)"
    f" AND {_columns('OLD')} IS DISTINCT FROM {_columns('NEW')})",
))  # fmt: skip


def _note(field: models.Field[object, object]) -> str:
    column, fact = field.column, f"provenance -> '{field.name}'"
    return f"""
IF OLD.{column} IS DISTINCT FROM NEW.{column} THEN
    was := was || jsonb_build_object('{column}', OLD.{column});
    became := became || jsonb_build_object('{column}', NEW.{column});
    IF (NEW.{fact}) IS DISTINCT FROM (OLD.{fact}) THEN
        said := said || jsonb_build_object('{column}', NEW.{fact} -> 'by');
    END IF;
END IF;"""


# Column by column: jsonb_each over both rows takes five times as long.
_RECORD_FIELDS = f"""{"".join(map(_note, TRACKED))}
INSERT INTO contacts_contactchange (contact_id, by, before, after, sources)
VALUES (NEW.id, {ACTOR}, was, became, said);
RETURN NULL;
"""

# Only a contact that is opened again: the way through the states is told by its runs. A worker
# that gives a contact back unworked has written it in this very transaction.
_IS_OPENED = (
    "NEW.status = 'pending' AND OLD.status <> 'pending' AND OLD.updated_at IS DISTINCT FROM now()"
)
_RECORD_STATUS = f"""
INSERT INTO contacts_contactchange (contact_id, by, before, after, sources)
VALUES (NEW.id, {ACTOR}, jsonb_build_object('status', OLD.status),
        jsonb_build_object('status', NEW.status), '{{}}');
RETURN NULL;
"""

pgtrigger.register(
    pgtrigger.Trigger(
        name="history_fields",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]
            *(field.column for field in TRACKED)
        ),
        condition=pgtrigger.Condition(f"({_WORTH_TELLING})"),
        declare=[(name, "JSONB NOT NULL DEFAULT '{}'") for name in ("was", "became", "said")],
        func=_RECORD_FIELDS,
    ),
    pgtrigger.Trigger(
        name="history_status",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("status"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition(_IS_OPENED),
        func=_RECORD_STATUS,
    ),
)(Contact)
