"""What this room has of a person, and its going."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import QuerySet

from contacts.erasing.parts import Counts, Part
from contacts.erasing.people import Person
from contacts.models import (
    Contact,
    ContactChange,
    ContactTag,
    Erasure,
    Happening,
    ImportRow,
    Note,
    Suppression,
)
from contacts.models.searchblock import BLOCK_IDS, LINE
from contacts.suppression.service import hold

OF_A_CONTACT = "contact."
GONE = "erased"
SAID_STOP = "{reason} on {since:%d %b %Y}"


def count(person: Person) -> Counts:
    """Return by kind what there is."""
    ids = person.contacts
    return {
        "contacts": Contact.objects.filter(pk__in=ids).count(),
        "notes": Note.objects.filter(contact__in=ids).count(),
        "tags": ContactTag.objects.filter(contact__in=ids).count(),
        "changes in the history": ContactChange.objects.filter(contact_id__in=ids).count(),
        "rows of imports": ImportRow.objects.filter(contact_id__in=ids).count(),
        "entries on “do not contact”": _suppressions(person).count(),
        "entries in the office’s log": _entries(person).count(),
    }


def erase(person: Person, erasure: Erasure) -> Counts:
    """Take away what is known by the contacts' ids and the number; the contacts themselves last."""
    before = count(person)
    ids = list(person.contacts)
    keep_proof(person, erasure)
    forget_rows(ImportRow.objects.filter(contact_id__in=ids))
    ContactChange.objects.filter(contact_id__in=ids).delete()
    Happening.objects.filter(
        kind__startswith=OF_A_CONTACT, subject__in=[str(pk) for pk in ids]
    ).delete()
    _entries(person).update(object_repr=GONE, change_message="")
    Contact.objects.filter(pk__in=ids).delete()  # with notes and tags
    _write_blocks({pk // BLOCK_IDS for pk in ids})
    return before


def keep_proof(person: Person, erasure: Erasure) -> None:
    """Take what stood against the number off its list, and keep that it stood, without it."""
    phones = person.own_phones()
    if not phones:
        return
    hold(phones)
    rows = list(_suppressions(person).order_by("pk"))
    erasure.kept += [
        SAID_STOP.format(reason=row.get_reason_display(), since=row.since)
        + (f", lifted on {row.lifted_at:%d %b %Y}" if row.lifted_at else "")
        for row in rows
    ]
    Suppression.objects.filter(pk__in=[row.pk for row in rows]).delete()


def forget_rows(rows: QuerySet[ImportRow]) -> int:
    """Empty what rows of imports say; that there was one, and what became of it, stays."""
    rejected = rows.filter(outcome=ImportRow.Outcome.REJECTED)
    rejected.update(reason=GONE)
    others = rows.exclude(outcome=ImportRow.Outcome.REJECTED)
    others.update(reason="")
    return rows.update(raw=None, before=None, undo_reason="", contact_id=None)


def _forget_import_rows(keys: Sequence[Any]) -> int:
    return sum(forget_rows(ImportRow.objects.filter(pk=tuple(key))) for key in keys)


def _suppressions(person: Person) -> QuerySet[Suppression]:
    return Suppression.objects.filter(phone_e164__in=person.own_phones())


def _entries(person: Person) -> QuerySet[LogEntry]:
    contact = ContentType.objects.get_for_model(Contact)
    ids = [str(pk) for pk in person.contacts]
    rows = LogEntry.objects.filter(content_type=contact, object_id__in=ids)
    return rows.exclude(object_repr=GONE)


def _write_blocks(blocks: set[int]) -> None:
    """Write the lines of neighbours anew, from the contacts that are still there."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contacts_searchblock WHERE block = ANY(%s)", [sorted(blocks)])
        cursor.execute(
            "INSERT INTO contacts_searchblock (block, lines)"
            f" SELECT c.id / {BLOCK_IDS}, string_agg({LINE.format(row='c')}, E'\\n')"
            f" FROM unnest(%s::bigint[]) AS gone (block) JOIN contacts_contact AS c"
            f" ON c.id >= gone.block * {BLOCK_IDS} AND c.id < (gone.block + 1) * {BLOCK_IDS}"
            " GROUP BY 1",
            [sorted(blocks)],
        )


PART = Part(
    "contacts",
    count,
    erase,
    forget={"contacts.importrow": _forget_import_rows},
    apart={
        "contacts.listednumber": "registers of numbers that others keep, which the law has us hold",
        "contacts.erasure": "the work itself: it is emptied at its end",
    },
)
