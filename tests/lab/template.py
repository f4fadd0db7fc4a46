"""A test process's database, copied from one that has been migrated once.

To migrate takes 12 s of CPU, and every process that tests would do it; a copy takes half a second.
The migrated one stays for the next run, until a migration or what pins its packages changes.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

PREFIX = "test_migrated_"
IMPORTED = re.compile(r"^(?:import|from) (\w+(?:\.\w+)+)", re.MULTILINE)
LOCK = 7_740_001  # names the lock under which one process at a time migrates or copies


def make_database(name: str, *, anew: bool = False) -> None:
    """Make an empty migrated database of this name and connect to it; `anew` trusts no earlier one.

    Raises what PostgreSQL and the migrations do, also when another run is at work in it.
    """
    template = PREFIX + _digest()
    with locked() as cursor:
        if anew or template not in _migrated(cursor):
            _migrate(cursor, template)
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        _hasten(cursor, name)
    connect_to(name)


def drop_database(name: str, before: str) -> None:
    """Drop it and connect to the one of before."""
    connect_to(before)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def connect_to(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


@contextmanager
def locked() -> Iterator[Any]:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield cursor  # the lock ends with the connection


def _migrated(cursor: Any) -> list[str]:
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    return [name for (name,) in cursor.fetchall()]


def _migrate(cursor: Any, template: str) -> None:
    """Take the place of every earlier one; what is only half migrated has another name."""
    before, half = connection.settings_dict["NAME"], "test_migrating"
    for old in [half, *_migrated(cursor)]:
        cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
    cursor.execute(f'CREATE DATABASE "{half}"')
    _hasten(cursor, half)
    connect_to(half)
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connect_to(before)
    cursor.execute(f'ALTER DATABASE "{half}" RENAME TO "{template}"')


def _hasten(cursor: Any, name: str) -> None:
    """Wait for no disk at a commit: no test takes the machine's power away (2.7 ms become 0.2)."""
    cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')


def _digest() -> str:
    """What the migrations make of an empty database follows from these files."""
    loader = MigrationLoader(None)
    modules = {one.__module__ for one in loader.disk_migrations.values()}
    files = {Path(str(sys.modules[name].__file__)) for name in modules}
    read = {file: file.read_bytes() for file in files | {settings.BASE_DIR / "requirements.lock"}}
    for text in list(read.values()):
        for name in IMPORTED.findall(text.decode()):
            found = getattr(sys.modules.get(name), "__file__", None)
            if found and Path(found).is_relative_to(settings.BASE_DIR):
                read[Path(found)] = Path(found).read_bytes()
    return hashlib.sha256(b"".join(read[one] for one in sorted(read))).hexdigest()[:16]
