"""One id from the click through the task to the provider call: every log line on the way has it.

A request brings its own X-Request-ID or is given one; a task takes over that of whoever published
it; a run keeps the one it was approved under, so that workers woken by the sweep have it too. It
lives in structlog's context variables, where the rooms below read it without importing this one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import sentry_sdk
import structlog
from celery.signals import before_task_publish, task_postrun, task_prerun
from django.http import HttpRequest
from django.http.response import HttpResponseBase

KEY = "correlation_id"
HEADER = "X-Request-ID"
# Not "correlation_id": that is a task's own id in Celery's messages.
TASK_HEADER = "switchboard_correlation_id"
# What is longer or has other characters would be foreign text in our logs.
FIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
# Nor may an id be what we mask: a number of seven digits or more could be a phone's.
NUMBERS = re.compile(r"[0-9._-]+")


def new_id() -> str:
    return uuid4().hex


def current_id() -> str:
    """Return the id of what is being done now, empty outside of requests, tasks and runs."""
    return str(structlog.contextvars.get_contextvars().get(KEY, ""))


def fit(given: Any) -> str:
    """Return a given id if it is fit to be one, else a new one."""
    text = given if isinstance(given, str) else ""
    return text if FIT.fullmatch(text) and not NUMBERS.fullmatch(text) else new_id()


class CorrelationMiddleware:
    """Names the request before anything else sees it, and tells the browser the name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        own = fit(request.headers.get(HEADER))
        request.correlation_id = own  # type: ignore[attr-defined]  # for error pages
        sentry_sdk.set_tag(KEY, own)  # timings are reported when the context is gone
        with structlog.contextvars.bound_contextvars(**{KEY: own}):
            response = self._get_response(request)
        response.headers[HEADER] = own
        return response


@before_task_publish.connect
def send_along(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """What beat publishes has none yet: each of its tasks gets a new one here."""
    if headers is not None:
        headers.setdefault(TASK_HEADER, current_id() or new_id())


@task_prerun.connect
def take_over(task: Any = None, **_: Any) -> None:
    if task.request.is_eager:  # runs inside of the request that asked for it
        return
    structlog.contextvars.clear_contextvars()
    given = getattr(task.request, TASK_HEADER, None)
    structlog.contextvars.bind_contextvars(**{KEY: fit(given)}, task=task.name)


@task_postrun.connect
def leave(task: Any = None, **_: Any) -> None:
    if not task.request.is_eager:
        structlog.contextvars.clear_contextvars()
