"""Reseals the accounts' secrets after a change of keys, or forgets those of one account."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.models import Account
from integrations.secrets import SecretKeyInvalid, SecretUnreadable
from integrations.services import forget_secrets, reseal_secrets


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("reseal", help="seal all of them with the first key; old keys may then go")
        forget = verbs.add_parser("forget", help="remove the secrets of one account")
        forget.add_argument("account", type=int, help="the account's id, as a check names it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "forget":
            self._forget(options["account"])
            return
        try:
            count = reseal_secrets()
        except (SecretKeyInvalid, SecretUnreadable) as why:
            raise CommandError(str(why)) from why
        self.stdout.write(f"Resealed the secrets of {count} accounts with the first key.")

    def _forget(self, account_id: int) -> None:
        account = Account.objects.filter(pk=account_id).first()
        if not account:
            raise CommandError(f"There is no account {account_id}.")
        forget_secrets(account)
        self.stdout.write(f"Forgot the secrets of {account}.")
