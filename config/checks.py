"""System checks of what an operator sets: each says what is wrong and what to do about it."""

from __future__ import annotations

from typing import Any

import phonenumbers
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

from integrations.secrets import SecretBox, SecretKeyInvalid

# What web, worker and beat look at before they start (`config.starting`).
START = "start"

MAKE_A_KEY = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"


@register(START, Tags.security)
def secret_key_is_set(app_configs: Any, **_: Any) -> list[CheckMessage]:
    try:
        found = settings.SECRET_KEY
    except ImproperlyConfigured:
        found = ""
    if found:
        return []
    return [
        Error(
            "SECRET_KEY is not set; in production nothing is made up for it.",
            hint=f"Set SECRET_KEY to a long random text: {MAKE_A_KEY}",
            id="switchboard.E001",
        )
    ]


@register(START, Tags.security)
def keys_of_secrets_are_fit(app_configs: Any, **_: Any) -> list[CheckMessage]:
    try:
        SecretBox(settings.SECRET_KEYS)
    except SecretKeyInvalid as why:
        return [
            Error(
                f"Account secrets cannot be sealed: {why}.",
                hint=f"Set SWITCHBOARD_SECRET_KEYS, the newest key first: {MAKE_A_KEY}",
                id="switchboard.E002",
            )
        ]
    return []


@register(START)
def region_is_known(app_configs: Any, **_: Any) -> list[CheckMessage]:
    if settings.DEFAULT_REGION in phonenumbers.SUPPORTED_REGIONS:
        return []
    return [
        Error(
            f"SWITCHBOARD_REGION is {settings.DEFAULT_REGION!r}, which is no region with phones.",
            hint="Set it to two capital letters of ISO 3166-1, such as US, GB or DE.",
            id="switchboard.E003",
        )
    ]


@register(START)
def work_is_sized(app_configs: Any, **_: Any) -> list[CheckMessage]:
    sizes = {
        "SWITCHBOARD_WORKERS": settings.WORKER_PROCESSES,
        "SWITCHBOARD_IN_FLIGHT": settings.IN_FLIGHT,
        "SWITCHBOARD_LEASE_S": settings.LEASE_S,
        "SWITCHBOARD_EXPORT_DAYS": settings.EXPORT_DAYS,
        "SWITCHBOARD_WORKER_DAYS": settings.WORKER_DAYS,
        "SWITCHBOARD_ALERT_DAYS": settings.ALERT_DAYS,
        "SWITCHBOARD_DRAFT_DAYS": settings.DRAFT_DAYS,
        "SWITCHBOARD_PARCEL_DAYS": settings.PARCEL_DAYS,
        "SWITCHBOARD_SWEEP_S": settings.CELERY_BEAT_SCHEDULE["sweep"]["schedule"],
    }
    return [
        Error(f"{name} is {size}.", hint="Set it to 1 or more.", id="switchboard.E004")
        for name, size in sizes.items()
        if size < 1
    ]


@register(START, Tags.security)
def production_hides_its_errors(app_configs: Any, **_: Any) -> list[CheckMessage]:
    if not (settings.IS_PRODUCTION and settings.DEBUG):
        return []
    return [
        Error(
            "DEBUG is on in production: error pages would show settings and contacts.",
            hint="Unset DEBUG.",
            id="switchboard.E005",
        )
    ]


@register(START, Tags.security)
def production_tells_no_machine_of_its_own(app_configs: Any, **_: Any) -> list[CheckMessage]:
    if not (settings.IS_PRODUCTION and settings.WEBHOOK_LOOPBACK_HOSTS):
        return []
    return [
        Error(
            "Webhooks may be sent to this machine itself in production.",
            hint="Unset SWITCHBOARD_WEBHOOK_LOOPBACK_HOSTS: it is for development.",
            id="switchboard.E007",
        )
    ]


@register(Tags.security, deploy=True)
def production_knows_its_name(app_configs: Any, **_: Any) -> list[CheckMessage]:
    own = {"localhost", "127.0.0.1", "[::1]"}
    if not settings.IS_PRODUCTION or set(settings.ALLOWED_HOSTS) - own:
        return []
    return [
        Warning(
            "ALLOWED_HOSTS names no host but this machine; browsers elsewhere get 400.",
            hint="Set ALLOWED_HOSTS, for example switchboard.example.com.",
            id="switchboard.W001",
        )
    ]


@register(Tags.security, deploy=True)
def production_keeps_its_contacts(app_configs: Any, **_: Any) -> list[CheckMessage]:
    if not settings.IS_PRODUCTION or not (settings.NEEDS_POSTGRES or settings.NEEDS_REDIS):
        return []
    return [
        Warning(
            "Production runs the embedded PostgreSQL or Redis, which nobody backs up or watches.",
            hint="Set DATABASE_URL and REDIS_URL.",
            id="switchboard.W002",
        )
    ]
