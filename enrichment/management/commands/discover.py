"""Look for businesses: python manage.py discover PLACE… [--kind plumber] [--budget USD]."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from contextlib import ExitStack
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from enrichment import sweeping
from enrichment.discovery import queries, service, work
from enrichment.discovery.places import PlacesRefused, read_places
from enrichment.models import Discovery
from enrichment.runtime import Runtime
from enrichment.wording import usd
from integrations.accounts import is_sandbox
from integrations.registry import searches
from integrations.sandbox.hosting import sandbox
from integrations.search import Wanted

STANDS = (*service.ENDED, Discovery.State.PAUSED, Discovery.State.BLOCKED)
SWEEP_S = 5.0


class Command(BaseCommand):
    help = "Look for businesses in US ZIPs or towns, and import what is found."

    def add_arguments(self, parser: ArgumentParser) -> None:
        known = ", ".join(searches())
        parser.add_argument("places", nargs="+", metavar="PLACE", help='"94103" or "Austin, TX"')
        parser.add_argument("--kind", default="", help="plumber, dentist; empty for any")
        parser.add_argument(
            "--search", action="append", metavar="SLUG", help=f"in their order; there are: {known}"
        )
        parser.add_argument("--per-place", type=int, default=60)
        parser.add_argument("--budget", help="US dollars that must not be exceeded")
        parser.add_argument("--dry-run", action="store_true", help="estimate, ask nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        if settings.NEEDS_POSTGRES:  # the project's own: a first command may be this one
            call_command("migrate", verbosity=0)
        row = _made(options)
        _show_estimate(console, row)
        if options["dry_run"]:
            service.cancel(row)
            console.print("Dry run: nothing was asked.")
            return
        with ExitStack() as stack:
            if is_sandbox():
                settings.SANDBOX_URL = stack.enter_context(sandbox(settings.SANDBOX_URL))
                console.print("[yellow]Sandbox: nothing is bought.[/]")
            service.approve(row, row.cap_usd)
            _work(row)
        _show(console, row)
        if row.state != Discovery.State.DONE:
            raise CommandError(f"Stopped: {row.reason}. What was bought is kept; do it again.")


def _made(options: dict[str, Any]) -> Discovery:
    chosen = options["search"] or ["yelp.search", "google_places.text"]
    try:
        found = read_places("\n".join(options["places"]))
        return service.create(
            [Wanted(options["kind"], near) for near in found.near],
            searches=chosen,
            per_place=options["per_place"],
            cap_usd=_cap(options["budget"]),
        )
    except (PlacesRefused, service.DiscoveryRefused) as refused:
        raise CommandError(str(refused)) from refused


def _cap(budget: str | None) -> Decimal | None:
    try:
        cap = None if budget is None else Decimal(budget.lstrip("$"))
    except InvalidOperation:
        raise CommandError(f"--budget {budget}: not an amount of US dollars") from None
    if cap is not None and (not cap.is_finite() or cap < 0):
        raise CommandError(f"--budget {budget}: not an amount of US dollars")
    return cap


def _work(row: Discovery) -> None:
    """Work here until the discovery ends or stands still; places that wait are waited for."""
    runtime, swept = Runtime(), time.monotonic()
    try:
        while row.state not in STANDS:
            work.work(5.0, using=runtime)
            row.refresh_from_db()
            if row.state not in STANDS:
                time.sleep(0.2)
            if time.monotonic() - swept > SWEEP_S:
                sweeping.sweep()
                swept = time.monotonic()
    except KeyboardInterrupt:
        service.cancel(row)
        raise CommandError("Stopped. The same command again has its pages for free.") from None
    finally:
        runtime.close()


def _show_estimate(console: Console, row: Discovery) -> None:
    plain = row.estimate
    console.print(
        f"[bold]{row}[/]: {plain['calls']:,} calls expected, {plain['free']:,} pages known."
        f" Cost: {usd(plain['min_usd'])} at least, [bold]{usd(plain['expected_usd'])}[/] expected,"
        f" {usd(plain['max_usd'])} at most."
    )
    for problem in plain["problems"]:
        console.print(f"[yellow]{problem}[/]")


def _show(console: Console, row: Discovery) -> None:
    table = Table(title="Found", show_header=False, title_justify="left")
    table.add_row("Found", f"{row.found_count:,}")
    for _, words, count in queries.fates(row):
        table.add_row(words, f"{count:,}")
    table.add_row("Spent", usd(queries.spent_usd(row)))
    console.print(table)
