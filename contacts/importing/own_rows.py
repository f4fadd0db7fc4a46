"""Rows that a room above has put together itself, taken in as an import like any other."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from django.contrib.auth.models import User

from contacts.importing import files
from contacts.importing.service import NAME_LIMIT, check_mapping
from contacts.models import Import


def take_in_rows(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    mapping: Mapping[str, int],
    name: str,
    origin: str,
    user: User | None = None,
) -> Import:
    """Write rows into a file of ours and return its import, waiting for a worker.

    The first row stands on line 2. Cells are text in one line. Where there are no rows the import
    is done at once: it stands for what came with them.
    """
    with tempfile.TemporaryDirectory(prefix="switchboard-") as folder:
        path = Path(folder) / "rows.csv"
        count = _write(path, header, rows)
        with files.keep(path) as copy:
            return Import.objects.create(
                name=name[:NAME_LIMIT],
                origin=origin,
                path=copy.name,
                digest=copy.digest,
                size_bytes=copy.size_bytes,
                line_count=copy.line_count,
                mapping=check_mapping(mapping, header),
                columns=list(header),
                file_format="csv",
                encoding="utf-8",
                delimiter=",",
                header_row=1,
                state=Import.State.WAITING if count else Import.State.DONE,
                created_by=user,
            )


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([" ".join(cell.replace("\0", "").split()) for cell in row])
            count += 1
    return count
