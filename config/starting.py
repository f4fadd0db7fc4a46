"""Refuses to start what could not work, and says in plain words why and what to do."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.checks import ERROR, CheckMessage, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError, ProgrammingError
from kombu.exceptions import OperationalError as BrokerAway

from config.checks import START

BY_HAND = "python -m config.embedded start"
LACKS_MIGRATIONS = "The database lacks migrations. Run: python manage.py prepare"


def refuse_unready(patience_s: float | None = None) -> None:
    """Exit with a message unless the database, Redis and the configuration are fit to work with.

    For web, worker and beat; `manage.py` runs system checks of its own. Servers that start beside
    us, or are just being restarted, get `patience_s` to answer.
    """
    patience_s = settings.START_PATIENCE_S if patience_s is None else patience_s
    for problem in (_database_problem, _redis_problem):
        if said := _patiently(problem, patience_s):
            sys.exit(said)
    if _has_pending_migrations():
        sys.exit(LACKS_MIGRATIONS)
    found = [m for m in run_checks(tags=[START], databases=["default"]) if m.level >= ERROR]
    connection.close()  # the web server forks after this
    if found:
        lines = sorted(_words(m) for m in found)  # Django keeps its checks in a set
        sys.exit("Switchboard does not start:\n" + "\n".join(lines))


def explain(error: BaseException) -> str | None:
    """Return one line about a server that is not fit to work with, None when it is not to blame."""
    if isinstance(error, OperationalError):
        return _database_problem()
    if isinstance(error, ProgrammingError):
        return LACKS_MIGRATIONS if _has_pending_migrations() else None
    if isinstance(error, redis.ConnectionError | BrokerAway):
        return _redis_problem()
    return None


def _patiently(problem: Callable[[], str | None], patience_s: float) -> str | None:
    deadline = time.monotonic() + patience_s
    while (said := problem()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return said


def _database_problem() -> str | None:
    try:
        connection.close_if_unusable_or_obsolete()
        connection.ensure_connection()
    except OperationalError as error:
        where = connection.settings_dict
        if settings.NEEDS_POSTGRES:
            return f"The project's own PostgreSQL is not running. Start it with: {BY_HAND}"
        at = f"{where['HOST'] or 'localhost'}:{where['PORT'] or 5432}/{where['NAME']}"
        return f"PostgreSQL at {at} cannot be used: {_first_line(error)}. Mend DATABASE_URL or it."
    return None


def _redis_problem() -> str | None:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=3) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        if settings.NEEDS_REDIS:
            return f"The project's own Redis is not running. Start it with: {BY_HAND}"
        where = urlsplit(settings.REDIS_URL)
        at = f"{where.hostname}:{where.port or 6379}" if where.hostname else where.path
        return f"Redis at {at} cannot be used: {_first_line(error)}. Mend REDIS_URL or it."
    return None


def _has_pending_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")


def _words(message: CheckMessage) -> str:
    return f"  {message.id}: {message.msg}" + (f" {message.hint}" if message.hint else "")
