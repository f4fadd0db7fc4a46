"""How the commands show the main job on a terminal: mapping, estimate, progress, summary."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from contacts.models import Import
from enrichment import enriching
from enrichment.models import Run
from enrichment.wording import duration
from integrations.money import usd

PLAIN_EVERY_S = 2.0


def show_import(console: Console, record: Import) -> None:
    """Say what became of the rows."""
    console.print(
        f"[bold]{record.name}[/]: {record.total_count:,} rows read as"
        f" {record.file_format.upper()} in {record.encoding}:"
        f" {record.created_count:,} new, {record.updated_count:,} updated,"
        f" {record.repeated_count:,} repeated, {record.skipped_count:,} left out,"
        f" {record.rejected_count:,} rejected"
    )


def show_mapping(console: Console, record: Import) -> None:
    """Say which column was read as what, in the file's order."""
    found = sorted((at, name) for name, at in record.mapping.items())
    pairs = [f"{record.columns[at]} → {name}" for at, name in found]
    if pairs:
        console.print("Columns: " + ", ".join(pairs), highlight=False)


def show_estimate(console: Console, run: Run) -> None:
    """Show what the run will ask and cost."""
    plain: Mapping[str, Any] = run.estimate or {}
    table = Table(title="Estimate", title_justify="left")
    table.add_column("Lookup", no_wrap=True)
    for heading in ("Questions", "Known", "To ask", "Hit rate", "Expected"):
        table.add_column(heading, justify="right")
    for row in plain["lookups"]:
        table.add_row(
            row["lookup"],
            f"{row['questions']:,}",
            f"{row['fresh']:,}",
            f"{row['questions'] - row['fresh']:,}",
            f"{row['hit_rate']:.0%}",
            usd(row["expected_usd"]),
        )
    console.print(table)
    console.print(
        f"{_counted(plain['contacts'], 'contact')},"
        f" {_counted(plain['numbers'], 'different valid number')},"
        f" {plain['invalid']:,} invalid; {_counted(plain['calls'], 'call')}, about"
        f" {duration(plain['seconds'])}. Cost: {usd(plain['min_usd'])} at least,"
        f" [bold]{usd(plain['expected_usd'])}[/] expected, {usd(plain['max_usd'])} at most."
    )
    for problem in plain["problems"]:
        console.print(f"[yellow]{problem}[/]")


def follow(console: Console, run: Run) -> enriching.Progress:
    """Show the run's progress until it ends or stands still, and return the last state of it."""
    last = None
    with _bar(console, run) as show:
        for last in enriching.watch(run):
            show(last)
    assert last is not None
    return last


@contextmanager
def _bar(console: Console, run: Run) -> Iterator[Any]:
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[words]}"),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Looking up", total=run.total_count or None, words="")

        def show(now: enriching.Progress) -> None:
            bar.update(task, total=now.total, completed=now.finished, words=_words(now))

        yield show


class _Lines:
    """Progress where there is no terminal: a line every two seconds, and the last one."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._next_at = 0.0

    def __call__(self, now: enriching.Progress) -> None:
        is_last = now.finished >= now.total or now.state != Run.State.WORKING
        if is_last or time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + PLAIN_EVERY_S
            self._console.print(f"{now.finished:,}/{now.total:,} {_words(now)}", highlight=False)


def _words(now: enriching.Progress) -> str:
    hits = f"{now.hits / now.asked:.0%} hits" if now.asked else "no calls"
    left = "" if now.seconds_left is None else f" · {duration(now.seconds_left)} left"
    return f"{now.per_second:,.0f}/s · {hits} · {usd(now.spent_usd)}{left}"


def show_summary(console: Console, found: enriching.Summary, seconds: float) -> None:
    """Show what became of the file."""
    table = Table(title="Summary", show_header=False, title_justify="left")
    table.add_row("Rows", f"{found.rows:,} ({found.rejected:,} rejected)")
    table.add_row(
        "Contacts", f"{found.contacts:,} ({found.valid:,} valid, {found.invalid:,} invalid numbers)"
    )
    types = ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in found.line_types.items())
    table.add_row("Line types", types or "none known")
    for row in found.lookups:
        if row["asked"] or row["reused"]:
            table.add_row(row["lookup"], _hits(row))
    table.add_row("Spent", _spent(found))
    table.add_row("Time", f"{seconds:.1f} s")
    console.print(table)


def _spent(found: enriching.Summary) -> str:
    if not found.calls:
        return f"{usd(found.spent_usd)}: every answer was known, nothing was bought"
    if found.is_sandbox:
        return f"{usd(found.spent_usd)} at your prices; the sandbox takes no money"
    return usd(found.spent_usd)


def _hits(row: Mapping[str, Any]) -> str:
    parts = []
    if row["asked"]:
        parts.append(f"{row['hits']:,} hits of {row['asked']:,} ({row['hits'] / row['asked']:.0%})")
    if row["reused"]:
        parts.append(f"{row['reused']:,} known already")
    if row["errors"]:
        parts.append(f"{row['errors']:,} errors")
    return ", ".join([*parts, usd(row["spent_usd"])])


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
