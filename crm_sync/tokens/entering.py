"""How a connection's row is signed in with: its kind and way, what was typed, and where."""

from __future__ import annotations

from django.conf import settings

from crm_sync.models import Connection
from crm_sync.signing_in import Login, kind
from crm_sync.tokens.keeping import typed
from integrations.accounts import is_sandbox
from integrations.errors import AccountUnusable
from integrations.secrets import SecretUnreadable


def login_of(row: Connection) -> Login:
    """Return a connection's login. Raises AccountUnusable, with what to mend."""
    try:
        of = kind(row.kind)
        way = of.way(row.way)
        held = typed(row)
    except (LookupError, SecretUnreadable) as why:
        raise AccountUnusable(f"{row.label}: {why}") from why
    missing = [one.label for one in way.typed if not one.is_optional and not held.get(one.name)]
    if missing:
        raise AccountUnusable(f"{row.label}: {', '.join(missing)} not set")
    return Login(of, way, held, row.address, _sandbox_url(row))


def _sandbox_url(row: Connection) -> str:
    """Return where the sandbox plays the CRM, "" for the CRM itself.

    A connection to the CRM itself never becomes one to the sandbox, nor the other way: its tokens
    would be lost. Raises AccountUnusable.
    """
    if row.is_sandbox:
        return str(settings.SANDBOX_URL)
    if is_sandbox():
        raise AccountUnusable(
            f"{row.label} leads to the CRM itself, and this Switchboard is in the sandbox: it was"
            " not asked."
        )
    return ""
