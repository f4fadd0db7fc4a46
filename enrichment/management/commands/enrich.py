"""Enrich a file: python manage.py enrich IN OUT.csv [--recipe NAME] [--budget USD] [--dry-run]."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from contextlib import ExitStack
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from contacts.exporting import write_enriched
from contacts.importing import service, undo, work
from contacts.importing.mapping import NoPhoneColumn
from contacts.importing.table import FileRefused
from contacts.models import Import
from enrichment import console as show
from enrichment import enriching, services
from enrichment.models import Run
from enrichment.recipes import ensure_recipes
from integrations.accounts import is_sandbox
from integrations.sandbox.hosting import sandbox
from integrations.services import ensure_accounts


class Command(BaseCommand):
    help = "Import a file of phone numbers, enrich its contacts, write it with what was learned."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source", type=Path, metavar="IN", help="CSV, TSV, XLSX or a zip of one"
        )
        parser.add_argument("out", type=Path, metavar="OUT.csv")
        parser.add_argument("--recipe", default="phone", help="which recipe (default: phone)")
        parser.add_argument("--budget", help="US dollars that must not be exceeded")
        parser.add_argument("--region", default=settings.DEFAULT_REGION)
        parser.add_argument("--dry-run", action="store_true", help="estimate, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        if settings.NEEDS_POSTGRES:  # the project's own: a first command may be this one
            call_command("migrate", verbosity=0)
        with ExitStack() as stack:
            if is_sandbox():
                settings.SANDBOX_URL = stack.enter_context(sandbox(settings.SANDBOX_URL))
                console.print("[yellow]Sandbox: nothing is bought, nothing is sent.[/]")
            enrich(console, **{name: options[name] for name in OPTIONS})


OPTIONS = ("source", "out", "recipe", "budget", "region", "dry_run")


def enrich(
    console: Console,
    source: Path,
    out: Path,
    recipe: str = "phone",
    budget: str | None = None,
    region: str = "US",
    *,
    dry_run: bool = False,
    works_here: bool = True,
) -> enriching.Summary | None:
    """Do the main job and return its summary, None after a dry run. Raises CommandError."""
    began = time.monotonic()
    cap = _cap(budget)
    ensure_accounts()
    ensure_recipes()
    record, run = _prepare(console, source, recipe, region, cap)
    show.show_estimate(console, run)
    if dry_run:
        _take_back(console, run, record)
        return None
    last = _work(console, run, works_here=works_here)
    write_enriched(record, out, enriching.OUT_FIELDS)
    found = enriching.summary(record, run)
    show.show_summary(console, found, time.monotonic() - began)
    console.print(f"Written to [bold]{out}[/]")
    if last.state not in enriching.ENDED:
        services.cancel(run)
        raise CommandError(
            f"Stopped after {last.finished:,} of {last.total:,} contacts: {last.reason}."
            " What was learned is kept; mend that and run the same command again."
        )
    return found


def _cap(budget: str | None) -> Decimal | None:
    if budget is None:
        return None
    try:
        cap = Decimal(budget.lstrip("$"))
    except InvalidOperation:
        raise CommandError(f"--budget {budget}: not an amount of US dollars") from None
    if not cap.is_finite() or cap < 0:
        raise CommandError(f"--budget {budget}: not an amount of US dollars")
    return cap


def _prepare(
    console: Console, source: Path, recipe: str, region: str, cap: Decimal | None
) -> tuple[Import, Run]:
    try:
        chosen = enriching.find_recipe(recipe)
        record = _import(console, source, region)
    except (enriching.UnknownRecipe, FileRefused, NoPhoneColumn, OSError) as refused:
        raise CommandError(str(refused)) from refused
    run = services.create_run(chosen, {"import": record.pk}, cap_usd=cap, name=record.name)
    return record, run


def _take_back(console: Console, run: Run, record: Import) -> None:
    """Keep nothing of a dry run but the two rows that say that it was."""
    services.cancel(run)
    undo.undo(record, rings=False)
    undo.run_undo(record.pk)
    console.print("Dry run: nothing was asked, and the import is undone.")


def _import(console: Console, source: Path, region: str) -> Import:
    record = service.create_import(source, region=region)
    show.show_mapping(console, record)
    try:
        service.start(record, ring=False)
    except NoPhoneColumn:
        service.delete_import(record)
        raise
    record = work.run_import(record.pk)
    if record.state == Import.State.FAILED:
        raise FileRefused(record.error)
    show.show_import(console, record)
    return record


def _work(console: Console, run: Run, *, works_here: bool) -> enriching.Progress:
    services.approve(run)
    services.start(run.pk)
    run.refresh_from_db()
    with ExitStack() as stack:
        if works_here:
            stack.enter_context(enriching.worker_here())
        try:
            return show.follow(console, run)
        except KeyboardInterrupt:
            services.cancel(run)
            raise CommandError(
                "Stopped. What was learned is kept; the same command again goes on from there."
            ) from None
        except enriching.NobodyWorks as stuck:
            services.cancel(run)
            raise CommandError(str(stuck)) from stuck
