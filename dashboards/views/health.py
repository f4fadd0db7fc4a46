"""Health for machines: is the process up, may it be sent requests, and how is everything else.

Ready is who can serve a page: the database answers and has every migration. Redis away is said
but refuses nobody, because the pages live on the database and the queue is there.
"""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import django
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from contacts.leases import living_workers
from dashboards import queues
from dashboards.alerting.measuring import beat_age_s
from dashboards.alerting.watching import stand_in
from dashboards.models import Alert
from dashboards.redis_state import open_circuits, redis_state
from integrations.accounts import is_sandbox

PERMISSION = "dashboards.view_health"
OLD_S = 300
SILENT_S = 120

View = Callable[[HttpRequest], HttpResponse]
Checks = dict[str, dict[str, Any]]


def for_operators(view: View) -> View:
    """Ask for the bearer token of HEALTH_TOKEN, or for a person who may see health."""

    @wraps(view)
    def ask(request: HttpRequest) -> HttpResponse:
        if _has_token(request) or request.user.has_perm(PERMISSION):
            return view(request)
        if request.user.is_authenticated:
            return JsonResponse({"error": "You may not see this."}, status=403)
        asks = {"WWW-Authenticate": "Bearer"}
        return JsonResponse({"error": "Sign in or send the token."}, status=401, headers=asks)

    return never_cache(ask)


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The database and its migrations decide; 503 without them."""
    checks = {"database": _database(), "redis": _redis()}
    return _answer({name: {"status": check["status"]} for name, check in checks.items()})


@for_operators
def detailed(request: HttpRequest) -> HttpResponse:
    """Every check with its figures; 503 when something does not work at all."""
    checks: Checks = {"database": _database(), "redis": _redis()}
    if checks["database"]["status"] == "ok":
        stand_in()
        checks |= {"workers": _workers(), "queues": _queues(), "beat": _beat(), "alerts": _alerts()}
        about: dict[str, Any] = {"is_sandbox": is_sandbox()}
    else:
        about = {}
    checks["circuits"] = _circuits()
    about |= {"django": django.get_version(), "python": sys.version.split()[0]}
    return _answer(checks, **about)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    wanted = settings.HEALTH_TOKEN
    return bool(wanted) and secrets.compare_digest(given.encode(), wanted.encode())


def _answer(checks: Checks, **about: Any) -> HttpResponse:
    """Put the worst of the checks on top."""
    found = {check["status"] for check in checks.values()}
    status = next((one for one in ("error", "warning") if one in found), "ok")
    body = {"status": status, "checks": checks, **about}
    return JsonResponse(body, status=503 if status == "error" else 200)


def _database() -> dict[str, Any]:
    begun = time.perf_counter()
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return {"status": "error", "problem": f"The database cannot be used: {_kind(error)}"}
    if plan:
        missing = [str(migration) for migration, _ in plan]
        return {"status": "error", "problem": "Migrations are missing", "missing": missing}
    return {"status": "ok", "ms": round((time.perf_counter() - begun) * 1000, 1)}


def _redis() -> dict[str, Any]:
    begun = time.perf_counter()
    state = redis_state()
    if state.problem:
        return {"status": "warning", "problem": state.problem}
    took_ms = round((time.perf_counter() - begun) * 1000, 1)
    return {"status": "ok", "ms": took_ms, "used_mib": round(state.used_mib, 1)}


def _workers() -> dict[str, Any]:
    alive = living_workers()
    return {"status": "ok" if alive else "warning", "alive": alive}


def _queues() -> dict[str, Any]:
    lines = [line for line in queues.runs() if line.state == "working"] + queues.imports()
    oldest_s = max((line.waits_s for line in lines), default=0.0)
    depth = sum(line.waiting for line in lines)
    return {
        "status": "warning" if oldest_s > OLD_S else "ok",
        "waiting": depth,
        "oldest_s": round(oldest_s, 1),
    }


def _beat() -> dict[str, Any]:
    age_s = beat_age_s()
    is_silent = age_s is None or age_s > SILENT_S
    rounded = None if age_s is None else round(age_s, 1)
    return {"status": "warning" if is_silent else "ok", "age_s": rounded}


def _alerts() -> dict[str, Any]:
    standing = [str(alert) for alert in Alert.objects.standing().order_by("pk")[:100]]
    return {"status": "warning" if standing else "ok", "standing": standing}


def _circuits() -> dict[str, Any]:
    found = {state.key: state.state for state in open_circuits()}
    return {"status": "warning" if found else "ok", "open": found}


def _kind(error: Exception) -> str:
    return type(error).__name__
