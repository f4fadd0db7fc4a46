"""Web, worker, beat and commands refuse to start on what could not work, in a clear line."""

import os
import subprocess
import sys

import pytest
from django.db import ProgrammingError, connection

from config.embedded import PROJECT
from config.starting import LACKS_MIGRATIONS, explain, refuse_unready
from integrations.models import Account

NOWHERE = "postgres://ann:hush@127.0.0.1:1/contacts"
SAID_OF_POSTGRES = "PostgreSQL at 127.0.0.1:1/contacts cannot be used: "
SAID_OF_REDIS = "Redis at 127.0.0.1:1 cannot be used: "


def run(*command, **environment):
    """Run one of our programs and return its exit code and what it said on stderr."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT,
        env={**os.environ, "SWITCHBOARD_START_PATIENCE_S": "0", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stderr


def test_command_without_its_database_says_so_in_one_line():
    code, said = run("manage.py", "migrate", DATABASE_URL=NOWHERE, REDIS_URL="redis://127.0.0.1:1")

    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith(SAID_OF_POSTGRES) and said.endswith("Mend DATABASE_URL or it.\n")
    assert "hush" not in said


@pytest.mark.parametrize(
    "program",
    [
        ("-m", "gunicorn", "config.wsgi", "--preload", "--bind", "127.0.0.1:0"),
        ("-m", "celery", "-A", "config", "worker"),
        ("-m", "celery", "--quiet", "-A", "config", "beat", "--pidfile="),
    ],
    ids=["web", "worker", "beat"],
)
def test_process_without_its_database_does_not_start(program):
    code, said = run(*program, DATABASE_URL=NOWHERE, REDIS_URL="redis://127.0.0.1:1")

    assert code == 1
    assert SAID_OF_POSTGRES in said
    assert "Traceback" not in said and "hush" not in said


def test_settings_that_cannot_be_read_are_one_line():
    code, said = run("manage.py", "migrate", SWITCHBOARD_WORKERS="many")

    assert code == 1
    assert "SWITCHBOARD_WORKERS" in said and "Traceback" not in said


@pytest.mark.django_db(transaction=True)
class TestRefuseUnready:
    def test_passes_when_all_is_well(self):
        refuse_unready(0)

    def test_names_redis(self, settings):
        settings.REDIS_URL, settings.NEEDS_REDIS = "redis://:hush@127.0.0.1:1/0", False

        with pytest.raises(SystemExit, match=SAID_OF_REDIS) as refused:
            refuse_unready(0)

        assert "hush" not in str(refused.value)

    def test_says_how_to_start_our_own_redis(self, settings, tmp_path):
        settings.REDIS_URL, settings.NEEDS_REDIS = f"unix://{tmp_path}/none", True

        with pytest.raises(SystemExit, match=r"python -m config\.embedded start"):
            refuse_unready(0)

    def test_production_is_no_sandbox_by_accident(self, settings):
        settings.IS_PRODUCTION, settings.SANDBOX = True, None
        Account.objects.create(provider="twilio")

        with pytest.raises(SystemExit, match=r"integrations\.E002.*SWITCHBOARD_SANDBOX=0"):
            refuse_unready(0)

    def test_wrong_key_is_told(self, settings):
        Account.objects.create(provider="twilio", secrets="sealed with another key")

        with pytest.raises(SystemExit, match=r"integrations\.E001"):
            refuse_unready(0)

    def test_missing_keys_are_told_all_at_once(self, settings):
        settings.SECRET_KEY, settings.SECRET_KEYS = "", []

        with pytest.raises(SystemExit, match=r"(?s)switchboard\.E001.*switchboard\.E002"):
            refuse_unready(0)


@pytest.mark.django_db
def test_a_table_that_is_missing_is_a_lack_of_migrations_only_where_some_are_missing():
    error = ProgrammingError("relation does not exist")

    assert explain(error) is None

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'enrichment'")

    assert explain(error) == LACKS_MIGRATIONS
