"""Reports errors to Sentry, when a DSN is set: where and in what it happened, never about whom.

Nothing that a person typed or a provider said leaves the house: no bodies, cookies, headers,
queries or local variables; numbers, e-mail addresses and secrets are masked wherever they stand,
and so is what stands in quotation marks in the text of an exception that is not our own, because
that is where libraries repeat the value which they did not like.
"""

from __future__ import annotations

import re
from typing import Any

import sentry_sdk
import structlog
from sentry_sdk.integrations.argv import ArgvIntegration
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.transport import Transport

from integrations.redaction import redact

# Our own messages name providers, lookups and rules; they never hold a contact's values.
OURS = (
    "config.", "contacts.", "integrations.", "enrichment.", "outreach.", "crm_sync.", "webhooks.",
    "dashboards.",
)  # fmt: skip
KEPT_OF_REQUEST = ("method", "url")
QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")


def report_errors(
    dsn: str,
    *,
    environment: str,
    release: str = "",
    traces_rate: float = 0.0,
    transport: Transport | None = None,
) -> None:
    """Start reporting; `traces_rate` is the share of requests and tasks that are timed, 0 to 1."""
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release or None,
        traces_sample_rate=traces_rate or None,
        transport=transport,
        # send_default_pii stays unset, which is off; setting it is deprecated (2.75).
        include_local_variables=False,
        max_request_body_size="never",
        trace_propagation_targets=[],  # providers are told nothing of our traces
        auto_enabling_integrations=False,  # those for HTTP clients note the numbers in addresses
        disabled_integrations=[ArgvIntegration()],
        integrations=[DjangoIntegration(), CeleryIntegration()],
        before_send=without_people,
        before_send_transaction=without_people,
    )


def without_people(event: Any, hint: dict[str, Any]) -> Any:
    """Return an event as it may leave us, with the correlation id as a tag."""
    known = structlog.contextvars.get_contextvars()
    _word_log_line(event, hint)
    for exception in (event.get("exception") or {}).get("values") or ():
        _word_exception(exception)
    request = event.pop("request", {})
    event.pop("user", None)
    event = redact(event)
    event["request"] = {key: _address(request[key]) for key in KEPT_OF_REQUEST if key in request}
    tags = {**(event.get("tags") or {}), **{key: str(value) for key, value in known.items()}}
    event["tags"] = redact(tags)
    return event


def _word_log_line(event: Any, hint: dict[str, Any]) -> None:
    """Put the name of one of our own log events where Sentry shows a message; the rest beside."""
    record = hint.get("log_record")
    if record is None:
        return
    if isinstance(record.msg, dict):
        event["logentry"] = {"message": str(record.msg.get("event", ""))}
        event["extra"] = {key: value for key, value in record.msg.items() if key != "event"}
    else:
        event["logentry"] = {"message": record.getMessage()}


def _word_exception(exception: dict[str, Any]) -> None:
    if not str(exception.get("module") or "").startswith(OURS):
        exception["value"] = QUOTED.sub("'…'", str(exception.get("value") or ""))


def _address(text: str) -> Any:
    return redact(text.partition("?")[0])
