"""Writes and decisions about accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db import transaction
from django.utils import timezone

from integrations.accounts import secret_box
from integrations.models import Account
from integrations.registry import PROVIDERS

_RESEALING: list[Callable[[], int]] = []


def ensure_accounts() -> None:
    """Create an account without secrets for every provider that has none."""
    have = set(Account.objects.values_list("provider", flat=True))
    Account.objects.bulk_create(
        [Account(provider=p.slug) for p in PROVIDERS if p.slug not in have], ignore_conflicts=True
    )


def set_secrets(account: Account, typed: Mapping[str, str]) -> None:
    """Seal the secrets that were typed over those kept; a blank one stays as it was.

    A new secret deserves a new trial, so a refused account is ready again.
    """
    changed = {name: text.strip() for name, text in typed.items() if text.strip()}
    if not changed:
        return
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        kept = secret_box().open(row.secrets) if row.secrets else {}
        row.secrets = secret_box().seal({**kept, **changed})
        row.state, row.state_reason, row.state_since = Account.State.OK, "", None
        row.save(update_fields=["secrets", "state", "state_reason", "state_since", "updated_at"])
    account.refresh_from_db()


def forget_secrets(account: Account) -> None:
    """Remove every secret of an account."""
    Account.objects.filter(pk=account.pk).update(secrets="", updated_at=timezone.now())
    account.refresh_from_db()


def also_reseal(function: Callable[[], int]) -> None:
    """Let another room reseal what it keeps; the function returns how many it resealed."""
    if function not in _RESEALING:
        _RESEALING.append(function)


def reseal_secrets() -> int:
    """Seal every secret that is kept anew with the first key and return how many there were.

    After this the old keys may go. Raises SecretUnreadable, and then changes nothing.
    """
    with transaction.atomic():
        rows = list(Account.objects.exclude(secrets="").select_for_update().order_by("pk"))
        for row in rows:
            row.secrets = secret_box().rotate(row.secrets)
            row.save(update_fields=["secrets", "updated_at"])
        return len(rows) + sum(reseal() for reseal in _RESEALING)


def stop_account(account_id: int, version: int, state: str, reason: str) -> bool:
    """Mark an account as refused or used up, unless it was changed since `version`."""
    return bool(
        Account.objects.filter(pk=account_id, version=version, state=Account.State.OK).update(
            state=state, state_reason=reason[:300], state_since=timezone.now()
        )
    )


def resume_account(account: Account) -> None:
    """Let an account be asked again, on a person's word."""
    Account.objects.filter(pk=account.pk).update(
        state=Account.State.OK, state_reason="", state_since=None, updated_at=timezone.now()
    )
    account.refresh_from_db()
