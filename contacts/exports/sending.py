"""Sends a small export while it is read, and keeps what was sent as its file."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models.functions import Now

from contacts.exports import files, making
from contacts.models import Export

BROKEN_OFF = "the download was broken off: make it again"


def sent(export: Export) -> Iterator[bytes]:
    """Yield the bytes of an export that is SENDING; at the end it is done, else failed."""
    mine = Export.objects.filter(pk=export.pk, state=Export.State.SENDING)
    mine.update(started_at=Now())
    rows = making.rows_of(export)
    try:
        with files.drafted(export.format) as draft:
            for block in making.blocks_of(export, rows):
                draft.file.write(block)
                yield block
            making.keep(mine, draft, rows)
    except BaseException:  # the reader went away (GeneratorExit), or the machine is in trouble
        making.fail(mine, BROKEN_OFF)
        raise
