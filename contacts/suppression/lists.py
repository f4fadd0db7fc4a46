"""Do-not-contact lists from elsewhere: taken in, replaced by a newer issue, taken away again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.postgres.functions import TransactionNow
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from contacts.importing import files
from contacts.importing.guessing import guess
from contacts.importing.mapping import NoPhoneColumn
from contacts.importing.table import FileRefused, Table
from contacts.models.suppression import (
    MAX_AGE_DAYS,
    Channel,
    ListedNumber,
    RefusedLine,
    SuppressionList,
)
from contacts.numbering import home
from contacts.spreadsheet import defused
from contacts.suppression import loading
from contacts.suppression.service import hold_every_number

_SAMPLE_ROWS = 200
# A file of as many lines is read at once, a longer one by a worker.
AT_ONCE = 5_000
_PAGE = 2_000
_AREA, _SEVEN = re.compile(r"\d{3}"), re.compile(r"\d{3}-?\d{4}")
State = SuppressionList.State


class NotPossible(ValueError):
    """The list is not in a state for that; the message says which it is in."""


def take_in(
    source: Path | str,
    *,
    name: str,
    as_of: date,
    user: User | None = None,
    channel: str = Channel.ALL,
    max_age_days: int = MAX_AGE_DAYS,
    region: str = "",
    replaces: SuppressionList | None = None,
) -> SuppressionList:
    """Take a file (Path) or pasted text (str) in; short ones stand when this returns.

    Its numbers count all at once when it has been read to its end; in the same moment those of the
    list that it `replaces` end. Raises FileRefused for a file that can't be read or is a standing
    list already, NotPossible where the other list doesn't stand or somebody is replacing it.
    """
    region = (region or settings.DEFAULT_REGION).upper()
    home(region)
    with files.keep(source) as copy, transaction.atomic():
        table = copy.table()
        if replaces is not None and not _standing(replaces):
            raise NotPossible("only a list that stands can be replaced")
        if replaces is None and (twin := _twin(copy.digest)) is not None:
            raise FileRefused(
                f"this file is the list “{twin}” already: to say that it is newer, replace that one"
            )
        try:
            with transaction.atomic():
                record = SuppressionList.objects.create(
                    name=name[:100], channel=Channel(channel), as_of=as_of, region=region,
                    max_age_days=max_age_days, path=copy.name, digest=copy.digest,
                    line_count=copy.line_count, encoding=table.encoding,
                    delimiter=table.delimiter, header_row=table.header_row,
                    number_columns=number_columns(table, region), replaces=replaces,
                    created_by=user, due_at=TransactionNow(),
                )  # fmt: skip
        except IntegrityError as error:
            raise NotPossible("somebody is replacing it already: look at that list") from error
    if 0 < copy.line_count <= AT_ONCE:
        return loading.run(record.pk)
    transaction.on_commit(loading.ring, robust=True)
    return record


def _standing(record: SuppressionList) -> bool:
    return SuppressionList.objects.filter(pk=record.pk, state=State.STANDING).exists()


def _twin(digest: str) -> SuppressionList | None:
    live = (State.WAITING, State.WORKING, State.STANDING)
    return SuppressionList.objects.filter(digest=digest, state__in=live).first()


def number_columns(table: Table, region: str) -> list[int]:
    """Return the columns whose cells, put together, make a number. Raises FileRefused.

    The register of the United States has the area code in a column of its own.
    """
    rows = [row.cells for row in islice(table.rows(), _SAMPLE_ROWS) if not row.problem]
    if not rows:
        raise FileRefused("there is no line in it")
    if all(len(row) > 1 and _AREA.fullmatch(row[0]) and _SEVEN.fullmatch(row[1]) for row in rows):
        return [0, 1]
    try:
        return [guess(table.columns, rows, region).fields["phone"]]
    except NoPhoneColumn as error:
        raise FileRefused(str(error)) from error


def set_age(record: SuppressionList, days: int) -> None:
    """Say after how many days a list is stale. Raises ValidationError outside 1 to 3,660."""
    record.max_age_days = days
    record.clean_fields(exclude=[f.name for f in record._meta.fields if f.name != "max_age_days"])
    SuppressionList.objects.filter(pk=record.pk).update(max_age_days=days)


def delete(record: SuppressionList, user: User | None) -> int:
    """Take a list away with all that it suppresses, and return how many numbers those were.

    What it was stays known: name, days, counts, and who deleted it. Raises NotPossible when it has
    been replaced or deleted before.
    """
    live = (State.WAITING, State.WORKING, State.STANDING, State.FAILED)
    with transaction.atomic():
        hold_every_number()
        here = SuppressionList.objects.filter(pk=record.pk, state__in=live)
        if not here.update(
            state=State.DELETED, worker_id=None, ended_at=Now(), ended_by=user, path=""
        ):
            raise NotPossible("it has been replaced or deleted already")
        count, _ = ListedNumber.objects.filter(source=record).delete()
        RefusedLine.objects.filter(source=record).delete()
        if record.path:
            transaction.on_commit(lambda: files.drop(record.path))
    record.refresh_from_db()
    return count


def refused(record: SuppressionList) -> Iterator[str]:
    """Yield all lines without a number as CSV, in blocks: line, text, reason."""
    yield _as_csv([("line", "text", "reason")])
    lines = RefusedLine.objects.filter(source=record).order_by("line")
    told, last = lines.values_list("line", "text", "reason"), -1
    while page := list(told.filter(line__gt=last)[:_PAGE]):
        yield _as_csv([(line, defused(text), defused(why)) for line, text, why in page])
        last = page[-1][0]


def _as_csv(rows: Sequence[tuple[object, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def lists_of(phone: str) -> list[SuppressionList]:
    """Return the standing lists that a number is on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT source_id FROM contacts_listednumber WHERE phone_e164 = %s", [phone])
        ids = [pk for (pk,) in cursor.fetchall()]
    return list(SuppressionList.objects.filter(pk__in=ids, state=State.STANDING).order_by("pk"))
