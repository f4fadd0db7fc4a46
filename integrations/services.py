"""Writes and decisions about accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone

from integrations.accounts import secret_box
from integrations.models import Account
from integrations.registry import PROVIDERS, provider
from integrations.secrets import SecretUnreadable
from integrations.signing import FORMER

_RESEALING: list[Callable[[], int]] = []


def ensure_accounts() -> None:
    """Create an account without secrets for every provider that has none."""
    have = set(Account.objects.values_list("provider", flat=True))
    missing = [Account(provider=p.slug) for p in PROVIDERS if p.slug not in have]
    if missing:
        Account.objects.bulk_create(missing, ignore_conflicts=True)


def set_secrets(
    account: Account, typed: Mapping[str, str], user: AbstractUser | None = None
) -> None:
    """Seal the secrets that were typed over those kept; a blank one stays as it was.

    A new secret deserves a new trial, so a refused account is ready again. Raises
    SecretUnreadable when those kept cannot be read and not all were typed.
    """
    changed = {name: text.strip() for name, text in typed.items() if text.strip()}
    if not changed:
        return
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        kept = _kept(row, changed)
        row.secrets = secret_box().seal({**kept, **_former(row, kept, changed), **changed})
        row.secrets_set = {**row.secrets_set, **dict.fromkeys(changed, _stamp(user))}
        row.state, row.state_reason = Account.State.OK, ""
        row.state_since = row.state_until = None
        row.save(
            update_fields=[
                "secrets", "secrets_set", "state", "state_reason", "state_since", "state_until",
                "updated_at",
            ]
        )  # fmt: skip
        labels = {secret.name: secret.label for secret in provider(row.provider).secrets}
        note(row, user, ". ".join(f"{labels.get(name, name)}: set" for name in changed))
    account.refresh_from_db()


def forget_secrets(account: Account, user: AbstractUser | None = None) -> None:
    """Remove every secret of an account."""
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(
            secrets="", secrets_set={}, updated_at=timezone.now()
        )
        note(account, user, "Secrets: forgotten")
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


def stop_account(
    account_id: int, version: int, state: str, reason: str, *, until: datetime | None = None
) -> bool:
    """Mark an account as refused or used up, unless it was changed since `version`.

    From `until` on it is asked again by itself (`resume_renewed`).
    """
    return bool(
        Account.objects.filter(pk=account_id, version=version, state=Account.State.OK).update(
            state=state, state_reason=reason[:300], state_since=timezone.now(), state_until=until
        )
    )


def resume_renewed() -> int:
    """Let accounts be asked again whose plan was to be renewed by now; return how many."""
    now = timezone.now()
    renewed = Account.objects.filter(state=Account.State.EXHAUSTED, state_until__lte=now)
    return renewed.update(
        state=Account.State.OK, state_reason="", state_since=None, state_until=None, updated_at=now
    )


def resume_account(
    account: Account, user: AbstractUser | None = None, *, version: int | None = None
) -> bool:
    """Let a stopped account be asked again; with `version` only if nobody changed it since."""
    rows = Account.objects.filter(pk=account.pk).exclude(state=Account.State.OK)
    if version is not None:
        rows = rows.filter(version=version)
    moved = rows.update(
        state=Account.State.OK, state_reason="", state_since=None, state_until=None,
        updated_at=timezone.now(),
    )  # fmt: skip
    if moved:
        note(account, user, "Asked again after it was stopped")
    account.refresh_from_db()
    return bool(moved)


def note(account: Account, user: AbstractUser | None, what: str) -> None:
    """Keep who changed what; never a secret. Without a person nobody is named, so nothing is."""
    if user is not None and what:
        LogEntry.objects.log_actions(
            user.pk, [account], CHANGE, change_message=what, single_object=True
        )


def _kept(row: Account, changed: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets kept; unreadable ones may go where all are being replaced."""
    if not row.secrets:
        return {}
    try:
        return secret_box().open(row.secrets)
    except SecretUnreadable:
        if {secret.name for secret in provider(row.provider).secrets} <= set(changed):
            return {}
        raise


def _former(row: Account, kept: Mapping[str, str], changed: Mapping[str, str]) -> dict[str, str]:
    """Return what is signed with for a while yet: the secrets that are being replaced."""
    return {
        FORMER + one.name: kept[one.name]
        for one in provider(row.provider).secrets
        if one.signs
        and one.name in changed
        and kept.get(one.name, "") not in ("", changed[one.name])
    }


def _stamp(user: AbstractUser | None) -> dict[str, Any]:
    return {
        "at": timezone.now().isoformat(timespec="seconds"),
        "by": user.get_username() if user else "",
    }
