"""System checks of the accounts: their secrets can be read, and production is not a sandbox."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from integrations.accounts import has_secrets, secret_box
from integrations.models import Account
from integrations.secrets import SecretKeyInvalid, SecretUnreadable

# The name is `config.checks.START`, which this room must not import.
START = "start"


@register(START, Tags.database)
def secrets_are_readable(
    app_configs: Any, databases: Collection[str] | None, **_: Any
) -> list[CheckMessage]:
    if not _is_there(databases):
        return []
    return [
        Error(
            f"The secrets of the account {account} cannot be read with the configured keys.",
            hint="Put the key they were sealed with into SWITCHBOARD_SECRET_KEYS, behind the new"
            f" one; if it is lost: python manage.py secrets forget {account.pk}",
            id="integrations.E001",
        )
        for account in Account.objects.exclude(secrets="")
        if not _is_readable(account)
    ]


@register(START, Tags.database)
def production_is_no_sandbox_by_accident(
    app_configs: Any, databases: Collection[str] | None, **_: Any
) -> list[CheckMessage]:
    if not settings.IS_PRODUCTION or settings.SANDBOX is not None or not _is_there(databases):
        return []
    if has_secrets():
        return []
    return [
        Error(
            "No account has a secret, so this would be a sandbox; production does not become one"
            " by accident.",
            hint="Set SWITCHBOARD_SANDBOX=0 and type the secrets in the back office, or set the"
            " provider's environment variables; or set SWITCHBOARD_SANDBOX=1 to mean it.",
            id="integrations.E002",
        )
    ]


def _is_there(databases: Collection[str] | None) -> bool:
    """Whether we may ask the database, and it has been migrated that far."""
    if not databases or "default" not in databases:
        return False
    return Account._meta.db_table in connection.introspection.table_names()


def _is_readable(account: Account) -> bool:
    try:
        secret_box().open(account.secrets)
    except SecretUnreadable:
        return False
    except SecretKeyInvalid:
        return True  # switchboard.E002 says it
    return True
