"""Import a file: python manage.py import_contacts FILE [--region US] [--mode fill] [--preview]."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from contacts.importing import service, work
from contacts.importing.fields import BY_NAME
from contacts.importing.mapping import Mapping, NoPhoneColumn
from contacts.importing.table import FileRefused
from contacts.models import Import, ImportRow


class Command(BaseCommand):
    help = "Import a CSV, TSV or XLSX file (or a zip of one) as contacts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path, metavar="FILE")
        parser.add_argument(
            "--region", default=settings.DEFAULT_REGION, help="of numbers without +"
        )
        parser.add_argument("--mode", default=Import.Mode.FILL, choices=Import.Mode.values)
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN", help="instead of a guess"
        )
        parser.add_argument("--overwrite-human-edits", action="store_true")
        parser.add_argument(
            "--preview", action="store_true", help="show how it is read, keep nothing"
        )
        parser.add_argument(
            "--rejects", type=Path, metavar="OUT.csv", help="write rejected rows here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        try:
            record = service.create_import(
                options["source"],
                region=options["region"],
                mode=options["mode"],
                overwrite_human_edits=options["overwrite_human_edits"],
            )
        except (FileRefused, ValueError) as refused:
            raise CommandError(str(refused)) from refused
        try:
            _show_mapping(console, record, options["map"])
        except ValueError as refused:
            service.delete_import(record)
            raise CommandError(str(refused)) from refused
        if options["preview"]:
            service.delete_import(record)
            return
        service.start(record, ring=False)
        record = _run(console, record)
        if options["rejects"]:
            with options["rejects"].open("w", encoding="utf-8", newline="") as out:
                out.writelines(service.rejects(record))
        if record.state != Import.State.DONE:
            raise CommandError(f"{record.error} ({record.total_count:,} rows are imported)")


def _show_mapping(console: Console, record: Import, wanted: list[str]) -> None:
    """Print which column is read as what, and the first rows as they will be read."""
    if wanted:
        names = dict(pair.split("=", 1) for pair in wanted if "=" in pair)
        record.mapping = Mapping.from_names(names, record.columns).fields
        record.save(update_fields=["mapping"])
    if "phone" not in record.mapping:
        raise NoPhoneColumn(record.columns)
    for field, at in record.mapping.items():
        console.print(f"  {BY_NAME[field].label:12} ← {record.columns[at]}", highlight=False)
    if unused := service.unused_columns(record):
        console.print(f"  not imported: {', '.join(unused)}", highlight=False)
    shown = [name for name in record.mapping if name not in service.NOT_KEPT]
    table = Table("line", *shown, "number")
    for row in service.preview_rows(record):
        number = row.get("e164") or f"rejected: {row['refused']}"
        table.add_row(str(row["line"]), *(row.get(name, "") for name in shown), number)
    console.print(table)


def _run(console: Console, record: Import) -> Import:
    began = time.monotonic()
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task(record.name, total=record.line_count or None)
        record = work.run_import(
            record.pk, report=lambda now: progress.update(bar, completed=now.read_line)
        )
    counts = service.describe(record)
    seconds = time.monotonic() - began
    said = ", ".join(f"{counts[o.value]:,} {o.label.lower()}" for o in ImportRow.Outcome)
    console.print(f"{record.total_count:,} rows in {seconds:.1f} s: {said}", highlight=False)
    return record
