"""Many processes want a token at once; whoever asks for it may be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from crm_sync.models import Connection
from tests.contacts.killing import ROOT, database_url
from tests.crm_sync.connections import connection, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES = 3


class Asker:
    """A process that asks `count` times once it is told to."""

    def __init__(self, server):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.crm_sync.tokens.asker"], cwd=ROOT,
            env=os.environ | {
                "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings",
                "SWITCHBOARD_SANDBOX": "1", "SWITCHBOARD_SANDBOX_URL": server.url,
                "LOG_LEVEL": "ERROR",
            },
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout.readline() == "ready\n"

    def ask(self, row, count):
        self.process.stdin.write(json.dumps({"row": row.pk, "count": count}) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "asking\n"

    def result(self):
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def running(running_tokens, django_db_setup):
    """Those that live, which a test may end."""
    found = []
    yield found
    for one in found:
        one.end()


@pytest.fixture
def askers(server, running):
    """Three that wait for an order; each takes two seconds to start."""
    running[:] = [one for one in running if one.process.poll() is None]
    while len(running) < PROCESSES:
        running.append(Asker(server))
    return running


def test_ar_23_fifty_cold_askers_over_processes_cause_one_request(server, askers):
    row = connection("salesforce", "client_credentials")
    server.set(delay_s=0.5)

    for one, count in zip(askers, (17, 17, 16), strict=True):
        one.ask(row, count)
    found = [one.result() for one in askers]

    assert found == [["access-1"]] * PROCESSES
    assert len(server.tokens()) == 1


def test_ar_23_a_refresh_token_that_serves_once_is_used_once(server, askers):
    row = signed_in()
    server.set(delay_s=0.5)

    for one in askers:
        one.ask(row, 10)

    assert [one.result() for one in askers] == [["access-1"]] * PROCESSES
    assert [form["refresh_token"] for form in server.tokens()] == ["refresh-0"]
    row.refresh_from_db()
    assert (row.state, row.token_version) == ("ready", 2)


def test_the_lease_of_a_killed_process_runs_out(server, askers):
    victim, other, _ = askers
    row = signed_in()
    server.set(delay_s=30, rotates=False)
    victim.ask(row, 1)
    server.until_asked()
    victim.end()

    server.set(delay_s=0)
    other.ask(row, 5)
    time.sleep(0.5)
    assert len(server.tokens()) == 1  # the lease stands
    Connection.objects.filter(pk=row.pk).update(
        renewing_until=timezone.now() - timedelta(seconds=1)
    )

    assert other.result() == ["access-2"]
    assert len(server.tokens()) == 2
