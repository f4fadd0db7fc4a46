"""The secrets of senders: typed or made here, sealed, and read by nobody but the door."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from integrations.accounts import secret_box
from integrations.secrets import SecretUnreadable
from integrations.signing import FORMER, FORMER_FOR
from webhooks.models import Sender

NAME = "secret"


@dataclass(frozen=True, slots=True)
class Known:
    """What the door knows of a sender: its secrets, the newest first, and for whom it speaks."""

    secrets: tuple[str, ...] = ()
    organization: str = ""


def ensure_senders() -> None:
    """Make the row of every sender that has none."""
    have = set(Sender.objects.values_list("slug", flat=True))
    missing = [Sender(slug=slug) for slug in Sender.Slug.values if slug not in have]
    if missing:
        Sender.objects.bulk_create(missing, ignore_conflicts=True)


def set_secret(sender: Sender, typed: str, user: User | None = None) -> None:
    """Seal a secret over the one that is kept, which counts for FORMER_FOR yet.

    The door hears of it within `kept.FRESH_S`.
    """
    with transaction.atomic():
        row = Sender.objects.select_for_update().get(pk=sender.pk)
        before = _opened(row).get(NAME, "")
        kept = {FORMER + NAME: before} if before not in ("", typed) else {}
        row.sealed = secret_box().seal({NAME: typed, **kept})
        row.secret_set_at = timezone.now()
        row.secret_set_by = user.get_username() if user else ""
        row.save(update_fields=["sealed", "secret_set_at", "secret_set_by"])
    sender.refresh_from_db()


def make_secret(sender: Sender, user: User | None = None) -> str:
    """Make a secret of 256 random bits and return it; nobody can read it again."""
    made = secrets.token_urlsafe(32)
    set_secret(sender, made, user)
    return made


def known(slug: str) -> Known:
    """Return what the door knows of a sender; without a secret that can be read it knows none."""
    row = Sender.objects.filter(slug=slug).first()
    if row is None:
        return Known()
    held = _opened(row)
    is_former_good = row.secret_set_at and row.secret_set_at > timezone.now() - FORMER_FOR
    found = [held.get(NAME, ""), held.get(FORMER + NAME, "") if is_former_good else ""]
    return Known(tuple(filter(None, found)), row.organization)


def reseal() -> int:
    """Seal every secret anew with the first key. Raises SecretUnreadable."""
    with transaction.atomic():
        rows = list(Sender.objects.exclude(sealed="").select_for_update().order_by("pk"))
        for row in rows:
            row.sealed = secret_box().rotate(row.sealed)
            row.save(update_fields=["sealed"])
    return len(rows)


def _opened(row: Sender) -> dict[str, str]:
    try:
        return secret_box().open(row.sealed) if row.sealed else {}
    except SecretUnreadable:
        return {}
