"""Mappings as they are kept: found, saved as new versions, brought back, checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from crm_sync.connector import Connector, Field, Problem, Row
from crm_sync.mapping.check import check, of_rows
from crm_sync.mapping.ours import catalogue
from crm_sync.mapping.rows import fields_from_json, fields_to_json, from_json, to_json
from crm_sync.mapping.transforms import steps
from crm_sync.models import Connection, Link, Mapping
from crm_sync.registry import connector

OLDER_MOST = 10_000


class MappingRefused(ValueError):
    """The rows were not saved; `problems` say what is wrong with which."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(one.words for one in problems))
        self.problems = problems


class Overtaken(Exception):
    """Somebody has saved another version meanwhile; `current` is it."""

    def __init__(self, current: Mapping) -> None:
        super().__init__(f"Version {current.version} has been saved meanwhile.")
        self.current = current


def _kind(of: Connection) -> Connector | None:
    try:
        return connector(of.kind)
    except LookupError:
        return None


def objects(of: Connection) -> tuple[str, ...]:
    """Return the objects that the connection's CRM has, none for a CRM that is not known here."""
    kind = _kind(of)
    return tuple(kind.objects) if kind else ()


def defaults(of: Connection, obj: str) -> tuple[Row, ...]:
    """Return the connector's own mapping, where each row goes the ways that our field can."""
    kind = _kind(of)
    return tuple(_able(row, obj) for row in (kind.defaults.get(obj, ()) if kind else ()))


def _able(row: Row, obj: str) -> Row:
    ours = catalogue(obj).get(row.ours)
    can_return = ours is not None and ours.pull != "never" and not steps(row.transform).one_way
    return row if can_return or row.direction != "both" else replace(row, direction="push")


def must_be_unique(of: Connection) -> bool:
    """Tell whether the CRM writes by our key, which then must be unique there."""
    kind = _kind(of)
    return kind.has_upsert if kind else True


def find(of: Connection, obj: str) -> Mapping:
    """Return the current mapping, or the defaults as version 0, which is stored nowhere."""
    kept = Mapping.objects.filter(connection=of, object=obj, is_current=True).first()
    if kept is not None:
        return kept
    kind = _kind(of)
    key = kind.key_fields.get(obj, "") if kind else ""
    rows = to_json(defaults(of, obj))
    return Mapping(connection=of, object=obj, version=0, rows=rows, key_field=key)


def current(of: Connection, obj: str) -> Mapping:
    """Return the mapping that syncs use, made from the connector's defaults where there is none."""
    found = find(of, obj)
    if found.pk:
        return found
    found.version = 1
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError:  # somebody else has just made it
        return Mapping.objects.get(connection=of, object=obj, is_current=True)
    return found


def key_fields(of: Connection) -> dict[str, str]:
    """Return which field of the CRM holds our key, by object that has a mapping."""
    kept = Mapping.objects.filter(connection=of, is_current=True).exclude(key_field="")
    return dict(kept.values_list("object", "key_field"))


def rows_of(mapping: Mapping) -> tuple[Row, ...]:
    return from_json(mapping.rows)


def fields_of(mapping: Mapping) -> dict[str, Field]:
    """Return the CRM's fields as it last described them, {} where it never has."""
    return fields_from_json(mapping.described)


def versions(of: Connection, obj: str) -> QuerySet[Mapping]:
    return (
        Mapping.objects.filter(connection=of, object=obj)
        .select_related("created_by").defer("described").order_by("-version")
    )  # fmt: skip


@transaction.atomic
def save(
    of: Connection, obj: str, rows: Iterable[Row], user: User | None = None,
    *, key_field: str | None = None, seen: int | None = None,
) -> Mapping:  # fmt: skip
    """Return the mapping with these rows: a new version, or the current one if nothing changed.

    `seen` is the version that was edited, 0 for the defaults, which are version 1. Raises Overtaken
    when it is not the current one any more, MappingRefused for rows that cannot be, compared with
    what the CRM described.
    """
    # Not the mapping's own row: who waits for it would find it current no more.
    Connection.objects.select_for_update(no_key=True).get(pk=of.pk)
    kept = current(of, obj)
    if seen is not None and (seen or 1) != kept.version:
        raise Overtaken(kept)
    new, fields = tuple(rows), fields_of(kept)
    wrong = of_rows(new, fields, obj)
    if wrong:
        raise MappingRefused([one.problem for one in wrong])
    key = kept.key_field if key_field is None else key_field
    if (to_json(new), key) == (to_json(rows_of(kept)), kept.key_field):
        return kept
    return _publish(kept, new, key, user)


def _publish(kept: Mapping, rows: tuple[Row, ...], key: str, user: User | None) -> Mapping:
    Mapping.objects.filter(pk=kept.pk).update(is_current=False)
    fields = fields_of(kept)
    return Mapping.objects.create(
        connection=kept.connection, object=kept.object, version=kept.version + 1,
        rows=to_json(rows), key_field=key, described=kept.described, checked_at=kept.checked_at,
        problems=_problems(kept.connection, kept.object, rows, fields, key), created_by=user,
    )  # fmt: skip


def restore(old: Mapping, user: User | None = None, *, seen: int | None = None) -> Mapping:
    """Return a new version with the rows of an older one. Raises as `save` does."""
    rows, key = rows_of(old), old.key_field
    return save(old.connection, old.object, rows, user, key_field=key, seen=seen)


def describe(of: Connection, obj: str, fields: Iterable[Field]) -> Mapping:
    """Keep what the CRM says of an object now, and what is wrong with the mapping by that.

    What it never had is left out of a mapping that nobody has touched yet: the defaults name all
    that a CRM of the kind may have.
    """
    kept = current(of, obj)
    told = {one.name: one for one in fields}
    if kept.version == 1 and kept.created_by_id is None and not kept.described:
        kept.rows = [row for row in kept.rows if row["remote"] in told]
    kept.described = fields_to_json(told.values())
    kept.problems = _problems(of, obj, rows_of(kept), told, kept.key_field)
    kept.checked_at = timezone.now()
    kept.save(update_fields=["rows", "described", "problems", "checked_at"])
    return kept


def _problems(
    of: Connection, obj: str, rows: Sequence[Row], fields: dict[str, Field], key: str
) -> list[dict[str, Any]]:
    must = must_be_unique(of)
    return [asdict(one) for one in check(rows, fields, key, obj=obj, must_be_unique=must)]


def older(mapping: Mapping, most: int = OLDER_MOST) -> int:
    """Return how many records were last sent with an earlier version, counted up to `most`."""
    return _sent_with_older(mapping)[:most].count()


def _sent_with_older(mapping: Mapping) -> QuerySet[Link]:
    return Link.objects.filter(
        connection=mapping.connection, object=mapping.object, state=Link.State.LINKED,
        mapping_version__gt=0, mapping_version__lt=mapping.version,
    )  # fmt: skip


def owe_older(mapping: Mapping) -> int:
    """Put what was last sent with an earlier version into the outbox, and only that.

    Returns how many records it was.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO crm_sync_outboxitem (connection_id, object, subject_id, state)
            SELECT connection_id, object, coalesce(contact_id, company_id), 'waiting'
            FROM crm_sync_link
            WHERE connection_id = %s AND object = %s AND state = 'linked'
              AND mapping_version > 0 AND mapping_version < %s
              AND coalesce(contact_id, company_id) IS NOT NULL
            ORDER BY coalesce(contact_id, company_id)
            ON CONFLICT (connection_id, object, subject_id) DO UPDATE
            SET changes = crm_sync_outboxitem.changes + 1, tries = 0, losses = 0,
                state = CASE WHEN crm_sync_outboxitem.state IN ('rejected', 'dead')
                             THEN 'waiting' ELSE crm_sync_outboxitem.state END
            """,
            [mapping.connection_id, mapping.object, mapping.version],
        )
        return int(cursor.rowcount)
