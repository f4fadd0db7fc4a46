"""Brings the database up to date: migrations, roles, an account per provider, first recipes."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from dashboards.access.roles import ensure_roles
from enrichment.recipes import ensure_recipes
from integrations.services import ensure_accounts


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        ensure_roles()
        ensure_accounts()
        ensure_recipes()
