"""Lists the providers: what each answers, needs and supplies, its price, rate and circuit."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from integrations.queries.catalogue import catalogue
from integrations.services import ensure_accounts


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="everything, for a program to read")

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_accounts()
        found = catalogue()
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
            return
        table = Table("Lookup", "Needs", "Supplies", "Price", "State", box=None)
        for each in found:
            for lookup in each["lookups"]:
                table.add_row(
                    lookup["lookup"],
                    ", ".join(lookup["needs"]),
                    ", ".join(lookup["supplies"]),
                    f"${lookup['price_usd']} {lookup['charged']}",
                    each["state"] if lookup["is_on"] else "switched off",
                )
        Console(file=self.stdout, width=None).print(table)  # type: ignore[arg-type]
