"""Brings the list of RDAP servers up to date with IANA's bootstrap registry."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import httpx2
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.client import shared_client, shared_transport
from integrations.providers.rdap.bootstrap import IANA, Bootstrap, NotBootstrap, read_bootstrap
from integrations.providers.rdap.servers import FILE

TIMEOUT_S = 30.0
MOST_BYTES = 5_000_000


class Command(BaseCommand):
    """Reads the registry from IANA, or elsewhere, and writes ours; says what changed."""

    help = "Renew the list of RDAP servers from IANA's bootstrap registry (RFC 9224)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="source", default=IANA, help="an address, or a file")
        parser.add_argument("--to", default=str(FILE), help="the file to write")
        parser.add_argument("--check", action="store_true", help="say what would change, no more")
        parser.add_argument("--force", action="store_true", help="also where most endings go")

    def handle(self, *args: Any, **options: Any) -> None:
        to = Path(options["to"])
        try:
            new = read_bootstrap(_read(options["source"]))
            old = read_bootstrap(to.read_bytes()) if to.exists() else Bootstrap("", "", {})
        except (NotBootstrap, OSError, httpx2.HTTPError) as wrong:
            raise CommandError(f"{options['source']}: {wrong}. Nothing was changed.") from wrong
        kept = old.servers.keys() & new.servers.keys()
        if len(kept) < len(old.servers) / 2 and not options["force"]:
            raise CommandError(
                f"It lacks {len(old.servers) - len(kept):,} of {len(old.servers):,} endings."
                " Nothing was changed; --force takes it all the same."
            )
        if not options["check"]:
            _replace(to, new.written())
        moved = sum(old.servers[ending] != new.servers[ending] for ending in kept)
        self.stdout.write(
            f"{len(new.servers):,} endings as of {new.publication}:"
            f" {len(new.servers) - len(kept):,} are new, {moved:,} have moved,"
            f" {len(old.servers) - len(kept):,} are gone."
            + (" Nothing was written." if options["check"] else " Restart what runs to use them.")
        )


def _read(source: str) -> bytes:
    if "://" not in source:
        return Path(source).read_bytes()
    return asyncio.run(_fetch(source))


async def _fetch(url: str) -> bytes:
    try:
        answer = await shared_client().get(url, timeout=TIMEOUT_S)
        answer.raise_for_status()
        if len(answer.content) > MOST_BYTES:
            raise NotBootstrap(f"it is larger than {MOST_BYTES:,} bytes")
        return answer.content
    finally:
        await shared_transport().aclose()


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(text, encoding="ascii")
    os.replace(beside, path)
