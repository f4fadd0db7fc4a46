"""What providers sign with: our secrets, of every account, and for a while those before them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from integrations.accounts import is_sandbox, secret_box, secrets_from_environment
from integrations.models import Account
from integrations.registry import provider
from integrations.secrets import SecretUnreadable

# Before the name of a secret: the one that it has replaced.
FORMER = "former:"
FORMER_FOR = timedelta(days=7)


def secrets_of(slug: str) -> list[Mapping[str, str]]:
    """Return the secrets of every account at a provider, also of those that are switched off.

    What a provider signs with one of them is its own; for FORMER_FOR also what it signs with the
    one that was replaced. Those that cannot be read are left out.
    """
    of = provider(slug)
    found: list[Mapping[str, str]] = [secrets_from_environment(of)]
    for row in Account.objects.filter(provider=slug).exclude(secrets=""):
        try:
            held = secret_box().open(row.secrets)
        except SecretUnreadable:
            continue
        found += [held, _former(row, held)]
    if is_sandbox():
        found.append({one.name: one.sandbox for one in of.secrets})
    return [held for held in found if held]


def _former(row: Account, held: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets before those that are held, as far as they were replaced lately."""
    since = (timezone.now() - FORMER_FOR).isoformat()
    return {
        name: held[FORMER + name]
        for name, stamp in row.secrets_set.items()
        if FORMER + name in held and stamp["at"] > since
    }
