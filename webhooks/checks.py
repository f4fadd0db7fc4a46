"""System checks of webhooks: limits that let somebody in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

POSITIVE = ("DELIVERY_RETENTION_DAYS", "WEBHOOKS_PER_MINUTE", "WEBHOOKS_WRONG_PER_MINUTE")


@register()
def limits_let_somebody_in(app_configs: Any, **_: Any) -> list[CheckMessage]:
    return [
        Error(
            f"SWITCHBOARD_{name} is {getattr(settings, name)}.",
            hint="Set it to 1 or more, or leave it out.",
            id="webhooks.E001",
        )
        for name in POSITIVE
        if getattr(settings, name) < 1
    ]
