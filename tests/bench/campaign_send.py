"""How near to Twilio's limit a campaign is sent, and how often Twilio says that it is too much.

Worker processes of their own send to the sandbox, which takes so many messages a second and answers
429 to more. Clocks of Python are put back to an hour in which all numbers may be written to, those
of PostgreSQL are not: polling, minutes later in life, would be due at once and is put off.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date

from tests.bench.report import Result
from tests.integrations.sandbox.running import Running
from tests.outreach import clock

MESSAGES, QUICK_MESSAGES = 10_000, 1_000
LIMIT = 100  # messages a second, the account's rate and the sandbox's
PROCESSES = 2
POLL_S = 30 * 86_400
TARGET = {"share_of_limit": 0.9, "share_429": 0.01}


def run(sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    messages = QUICK_MESSAGES if is_quick else MESSAGES
    with clock.shifted(clock.OFFSET):
        campaign = _approved(messages)
    sandbox.fresh(messages_per_s=LIMIT, latency_ms=100)
    workers = [_started() for _ in range(PROCESSES)]
    try:
        began, first = time.perf_counter(), _sent(campaign)
        while not first:
            time.sleep(0.05)
            began, first = time.perf_counter(), _sent(campaign)
        while (done := _sent(campaign)) < messages:
            time.sleep(0.1)
        seconds = time.perf_counter() - began
    finally:
        for worker in workers:
            os.kill(worker.pid, signal.SIGTERM)
            worker.communicate()
    told = sandbox.http.get("/_control/twilio_messaging").json()["messages"]
    share = (done - first) / seconds / LIMIT
    share_429 = told["throttled"] / (told["made"] + told["throttled"])
    assert told["made"] == messages
    yield Result(
        "campaign_send",
        target=TARGET,
        is_met=share >= TARGET["share_of_limit"] and share_429 <= TARGET["share_429"],
        share_of_limit=round(share, 3),
        share_429=round(share_429, 4),
        per_second=round((done - first) / seconds, 1),
        settings={"messages": messages, "limit": LIMIT, "processes": PROCESSES},
    )


def _approved(messages: int) -> int:
    from contacts.models import Contact
    from integrations.models import Account
    from integrations.services import ensure_accounts
    from outreach.campaigns import service
    from outreach.models import Template
    from tests.outreach import lab

    ensure_accounts()
    Account.objects.filter(provider="twilio_messaging").update(limits=[[LIMIT, 1]])
    made = Contact.objects.bulk_create(
        Contact(
            phone_raw=one, phone_e164=one, first_name="Ada", line_type="mobile", state="NY",
            country="US", consent_on=date(2026, 1, 5),
        )
        for one in lab.numbers(messages)
    )  # fmt: skip
    words = Template.objects.create(name="bench", body="Hello {{ first_name }}")
    campaign = service.create("bench", words, {"ids": [one.pk for one in made]})
    service.estimate(campaign, waits=True)
    service.approve(campaign)
    return campaign.pk


def _sent(campaign_id: int) -> int:
    from outreach.models import Message

    return Message.objects.filter(campaign=campaign_id, state="sent").count()


def _started() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.outreach.sending_program"],
        env=os.environ
        | clock.AS_SETTING
        | {
            "SWITCHBOARD_WORKERS": str(PROCESSES),
            "SWITCHBOARD_OUTREACH_POLL_S": str(POLL_S),
        },
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process
