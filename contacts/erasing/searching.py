"""Looks through every table for what else names a person, a stretch of pages at a time.

What rooms can find by ids has gone before. Here is found what stands in texts: rejected rows,
answers about somebody else, searches that were saved. Rows that a room declares go whole; of all
others the number and the e-mail are cut out. Every stretch is a transaction of its own, so that a
search goes on where it was killed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, connection, models, transaction

from contacts.erasing.parts import PARTS, Counts, Forget
from contacts.erasing.patterns import ERASED, Patterns

PAGES = 2_000  # of 8 kB
# Who may sign in here, and what Django and its packages keep for themselves.
STAFF = frozenset(("auth", "axes", "contenttypes", "django_celery_beat", "sessions"))
# What others write when they are changed; looked at after them.
LATE = ("contacts.contactchange", "contacts.searchblock", "contacts.companyblock")
MENTIONS = "other places that named the person"
_TEXTS = (models.CharField, models.TextField, models.JSONField, ArrayField)

Model = type[models.Model]


def tables() -> list[Model]:
    """Return the tables that are looked through, in their order."""
    apart = {label for part in PARTS.values() for label in part.apart}
    found = {
        model._meta.label_lower: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in STAFF
    }
    kept = sorted(
        (label in LATE, label) for label in found if label not in apart and texts_of(found[label])
    )
    return [found[label] for _, label in kept]


def texts_of(model: Model) -> list[models.Field[Any, Any]]:
    """Return the columns that can hold words; choices and digests too, there are no others."""
    return [one for one in model._meta.concrete_fields if isinstance(one, _TEXTS)]


def forgetting() -> Mapping[str, Forget]:
    """Return what rooms do with whole rows, by table."""
    return {label: how for part in PARTS.values() for label, how in part.forget.items()}


def first() -> dict[str, Any]:
    """Return the position from which a search begins."""
    return {"table": 0, "page": 0}


def search(patterns: Patterns, position: Mapping[str, Any]) -> tuple[dict[str, Any] | None, Counts]:
    """Look through the next stretch; return where to go on, None at the end, and what went.

    In the caller's transaction, which keeps the position with it.
    """
    models_ = tables()
    at, page = int(position["table"]), int(position["page"])
    if at >= len(models_) or not patterns:
        return None, {}
    model = models_[at]
    counts = _forget(model, patterns, _hits(model, patterns, page))
    if page + PAGES < _size(model):
        return {"table": at, "page": page + PAGES}, counts
    return {"table": at + 1, "page": 0}, counts


def progress(position: Mapping[str, Any]) -> float:
    """Return how much of the tables is looked through, 0 to 1."""
    return min(1.0, int(position.get("table", 0)) / max(1, len(tables())))


def _hits(model: Model, patterns: Patterns, page: int) -> list[tuple[Any, ...]]:
    """Return the primary keys of rows that name the person, on some pages of the table."""
    table = connection.ops.quote_name(model._meta.db_table)
    keys = ", ".join(f"t.{connection.ops.quote_name(str(f.column))}" for f in model._meta.pk_fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {keys} FROM {table} AS t WHERE t.ctid >= %s::tid AND t.ctid < %s::tid"
            " AND t::text ~* %s",
            [f"({page},0)", f"({page + PAGES},0)", patterns.sql],
        )
        keys_found: list[tuple[Any, ...]] = cursor.fetchall()
    return keys_found


def _size(model: Model) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size(%s::regclass) / 8192",
            [connection.ops.quote_name(model._meta.db_table)],
        )
        (pages,) = cursor.fetchone() or (0,)
    return int(pages)


def _forget(model: Model, patterns: Patterns, keys: list[tuple[Any, ...]]) -> Counts:
    if not keys:
        return {}
    how = forgetting().get(model._meta.label_lower)
    whole = how([key if len(key) > 1 else key[0] for key in keys]) if how else 0
    cut = sum(_cut(model, patterns, key) for key in keys)  # also what may not go whole just now
    return {MENTIONS: whole or cut}


def _cut(model: Model, patterns: Patterns, key: tuple[Any, ...]) -> int:
    """Cut a row's texts; tell whether anything was found in it."""
    rows = model._base_manager.filter(pk=key if len(key) > 1 else key[0])
    row = rows.select_for_update().first()
    if row is None:
        return 0
    changes = {}
    for one in texts_of(model):
        before = getattr(row, one.attname)
        after = patterns.cut(before)
        if after != before:
            changes[one.attname] = _fitted(one, after)
    if not changes:
        return 0
    try:
        with transaction.atomic():
            rows.update(**changes)
    except IntegrityError:  # a name that must be one of its kind, or must not be empty
        rows.update(**{name: _told_apart(value, key) for name, value in changes.items()})
    return 1


def _fitted(field: models.Field[Any, Any], value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return (value or ("" if field.blank else ERASED))[: getattr(field, "max_length", None)]


def _told_apart(value: Any, key: tuple[Any, ...]) -> Any:
    return f"erased {'-'.join(map(str, key))}" if isinstance(value, str) else value
