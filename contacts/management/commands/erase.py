"""Erase a person: python manage.py erase PHONE_OR_EMAIL [--asked-by WHO] [--yes]."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from contacts.erasing import service, work
from contacts.erasing.service import Preview
from contacts.models import Erasure
from contacts.phone import PhoneRefused, parse


class Command(BaseCommand):
    help = "Erase a person from everything that is kept here, and from the CRMs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("who", metavar="PHONE_OR_EMAIL")
        parser.add_argument("--asked-by", default="the operator", help="stands on the receipt")
        parser.add_argument("--yes", action="store_true", help="erase, instead of only looking")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        preview = _preview(options["who"])
        _show(console, preview)
        if not options["yes"]:
            console.print("Nothing was erased. Add --yes to erase them.")
            return
        erasure = service.start(preview.person, asked_by=options["asked_by"])
        erasure = work.run(erasure.pk)
        console.print(f"Erasure {erasure.pk}: {_said(erasure)}", highlight=False)


def _preview(who: str) -> Preview:
    if "@" in who:
        return service.preview_words([], [who.strip().lower()])
    try:
        return service.preview_words([parse(who, settings.DEFAULT_REGION).e164], [])
    except PhoneRefused as refused:
        raise CommandError(f"{who} is no number ({refused.reason}) and no e-mail") from refused


def _show(console: Console, preview: Preview) -> None:
    for kind, count in sorted(preview.counts.items()):
        console.print(f"  {count:>6,}  {kind}", highlight=False)
    for other in preview.found.others:
        console.print(f"  stays: contact {other.pk}, who shares it", highlight=False)


def _said(erasure: Erasure) -> str:
    if erasure.erased_at is None:
        return f"{erasure.words or erasure.get_state_display().lower()}; a worker goes on with it"
    return "erased; a worker looks through all once more, then the receipt is whole"
