"""Structured logs: one line an event, secrets and personal data cut before they are written."""

from __future__ import annotations

import logging
import logging.config
from typing import Any

import structlog

from integrations.redaction import redact_event

# A request, a ring or a flower a line would drown what matters; and what some of them write at
# lower levels are whole contacts: SQL with its values, a template's variables, addresses.
FLOORS = {
    **dict.fromkeys(
        (
            "aiohttp",
            "axes",
            "celery.app.trace",
            "celery.beat",
            "celery.worker.consumer",
            "celery.worker.strategy",
            "django.db.backends",
            "django.template",
            "django_celery_beat",
            "flower",
            "httpcore2",
            "httpx2",
            "kombu",
            "openai",
        ),
        logging.WARNING,
    ),
    # It asks before the worker is up, and says so four times.
    "flower.inspector": logging.ERROR,
}


def configure(options: dict[str, Any]) -> None:
    """Set up structlog and route the standard library's loggers through it.

    `level` is the lowest that is written; `is_json` chooses one JSON object a line.
    """
    structlog.configure(
        processors=STEPS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(_routes(options["is_json"], options["level"]))


def hand_over(logger: Any, name: str, event: Any) -> Any:
    """Give an event to the standard library with its exception as such: Sentry looks for it."""
    exc_info = event.pop("exc_info", None)
    return (event,), {"extra": {"_logger": logger, "_name": name}, "exc_info": exc_info}


# Steps that every line goes through, a library's too.
FIRST: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# One list for good: loggers keep to the one that they were first used with.
STEPS: list[Any] = [structlog.stdlib.filter_by_level, *FIRST, hand_over]


def take_exception(_logger: Any, _name: str, event: Any) -> Any:
    """Take back the exception that `hand_over` gave, and keep it out of what follows the line."""
    record = event["_record"]
    if record.exc_info:
        event["exc_info"], record.exc_info = record.exc_info, None
    record.exc_text = None
    return event


def _routes(is_json: bool, level: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": FIRST,
                "keep_exc_info": True,
                "processors": _last(is_json),
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            **{name: {"level": floor} for name, floor in FLOORS.items()},
            # The web server's own handler would write addresses with what was searched for.
            "gunicorn.error": {"handlers": [], "propagate": True},
        },
    }


def _last(is_json: bool) -> list[Any]:
    """Return what happens to every line, ours or a library's, just before it is written."""
    return [
        take_exception,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        redact_event,
        structlog.processors.JSONRenderer()
        if is_json
        else structlog.dev.ConsoleRenderer(colors=False),
    ]
