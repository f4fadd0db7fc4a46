"""Workers are killed amid a campaign, and answers lost: nobody gets two messages, all get one."""

import os
import signal
import subprocess
import sys
import time

import redis

from contacts.models import Contact
from enrichment import sweeping as of_runs
from integrations.models import Account, Reservation
from integrations.services import ensure_accounts
from outreach import sweeping
from outreach.models import Message
from tests.contacts.killing import ROOT, database_url
from tests.outreach import clock, lab

COUNT, PROCESSES, KILLS = 2_000, 3, 4
RATE = 200  # a second: ten seconds for all, so that the kills fall amid them
LEASE_S, MISSING_S, PATIENCE_S = 3.0, 12.0, 600.0


def started(sandbox, settings):
    """A worker process; it is ready once it says so."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.outreach.sending_program"], cwd=ROOT,
        env=os.environ | {
            "DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL,
            "DJANGO_SETTINGS_MODULE": "config.settings", "SWITCHBOARD_SANDBOX": "1",
            "SWITCHBOARD_SANDBOX_URL": sandbox.url, "SWITCHBOARD_LEASE_S": str(LEASE_S),
            "SWITCHBOARD_WORKERS": str(PROCESSES), "SWITCHBOARD_OUTREACH_UNKNOWN_S": "1",
            "SWITCHBOARD_OUTREACH_MISSING_S": str(MISSING_S), "LOG_LEVEL": "ERROR",
            **clock.AS_SETTING,
        },
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def killed(process):
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def test_nobody_gets_two_though_workers_are_killed_and_answers_lost(
    transactional_db, sandbox, settings
):
    settings.LEASE_S, settings.OUTREACH_UNKNOWN_S = LEASE_S, 1
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
    ensure_accounts()
    Account.objects.filter(provider="twilio_messaging").update(limits=[[RATE, 1]])
    sandbox.set(messages_per_s=2_000, rate_dropped=0.01, latency_ms=50)
    contact = lab.contact("+12015550100")
    fields = {name: getattr(contact, name) for name in ("line_type", "consent_on", "state")}
    Contact.objects.bulk_create(
        Contact(phone_raw=one, phone_e164=one, first_name="Ada", country="US", **fields)
        for one in lab.numbers(COUNT - 1)
    )
    workers = [started(sandbox, settings) for _ in range(PROCESSES)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    campaign = lab.approved()

    give_up_at = time.monotonic() + PATIENCE_S
    kills = 0
    while (left := _left(campaign)) and time.monotonic() < give_up_at:
        if kills < KILLS and left < COUNT * (1 - (kills + 1) / (KILLS + 2)):
            killed(workers.pop(0))
            workers.append(started(sandbox, settings))
            kills += 1
        of_runs.sweep()
        sweeping.sweep()
        time.sleep(0.2)
    for worker in workers:
        killed(worker)

    made = lab.told(sandbox)["messages"]["to"]
    assert kills == KILLS
    assert lab.states(campaign) == {"sent": COUNT}
    assert sorted(made) == sorted([*lab.numbers(COUNT - 1), "+12015550100"])
    assert set(made.values()) == {1}
    assert Message.objects.filter(sid="").count() == 0
    assert not Reservation.objects.exists()


def _left(campaign):
    return Message.objects.filter(campaign=campaign).exclude(state="sent").count()
