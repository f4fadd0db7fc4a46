"""Channels: where alerts go besides the page; Slack's webhook is sealed, and shown nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from dashboards.models import AlertChannel
from integrations import slack
from integrations.accounts import is_sandbox, secret_box
from integrations.messages import NotDelivered
from integrations.secrets import SecretUnreadable

SLACK, EMAIL = AlertChannel.Kind.SLACK.value, AlertChannel.Kind.EMAIL.value


def channel(kind: str) -> AlertChannel:
    """Return a channel, which is switched off until somebody has set it up."""
    return AlertChannel.objects.get_or_create(kind=kind)[0]


def set_slack(*, is_enabled: bool, typed: str) -> None:
    """Switch Slack on or off; a blank webhook stays as it was."""
    sealed = {"sealed": secret_box().seal({"webhook": typed.strip()})} if typed.strip() else {}
    AlertChannel.objects.update_or_create(kind=SLACK, defaults={"is_enabled": is_enabled, **sealed})


def set_email(*, is_enabled: bool, recipients: Sequence[str]) -> None:
    AlertChannel.objects.update_or_create(
        kind=EMAIL, defaults={"is_enabled": is_enabled, "recipients": "\n".join(recipients)}
    )


def webhook(held: AlertChannel) -> str:
    """Return Slack's address; in the sandbox, the sandbox's. Raises NotDelivered."""
    if is_sandbox():
        return f"{settings.SANDBOX_URL.rstrip('/')}{slack.SANDBOX_PATH}"
    try:
        return secret_box().open(held.sealed).get("webhook", "") if held.sealed else ""
    except SecretUnreadable as why:
        raise NotDelivered(str(why), is_final=True) from why


def reseal() -> int:
    """Seal the webhook anew with the first key. Raises SecretUnreadable."""
    with transaction.atomic():
        rows = list(AlertChannel.objects.exclude(sealed="").select_for_update().order_by("kind"))
        for row in rows:
            row.sealed = secret_box().rotate(row.sealed)
            row.save(update_fields=["sealed"])
    return len(rows)
