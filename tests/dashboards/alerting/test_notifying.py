"""What is owed is sent once, whoever dies and whatever is down."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from config.embedded import PROJECT
from dashboards.alerting import notifying
from dashboards.models import Alert, AlertChannel, Notice
from tests.contacts.killing import database_url
from tests.dashboards.alerting.conftest import standing
from tests.integrations.sandbox.running import running_sandbox

WEBHOOK = "https://hooks.slack.com/services/T0/B0/abcdefghijklmnop"


@pytest.fixture(scope="module")
def sandbox_process():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process, settings):
    sandbox_process.fresh()
    settings.SANDBOX_URL = sandbox_process.url
    return sandbox_process


@pytest.fixture
def slack(db):
    return AlertChannel.objects.create(kind="slack", is_enabled=True)


@pytest.fixture
def email(db):
    return AlertChannel.objects.create(
        kind="email", is_enabled=True, recipients="ops@example.test\nbo@example.test"
    )


@pytest.fixture
def alert(db):
    return Alert.objects.create(
        kind="dead_letters", level="warning", value=2, raised_at=timezone.now(),
        message="2 contacts were given up after three tries. Replay them.",
    )  # fmt: skip


def posted(sandbox):
    return sandbox.count()["providers"].get("slack", {}).get("webhook", {}).get("answered", 0)


def states():
    return sorted(Notice.objects.values_list("channel", "state", "tries"))


def time_passes(seconds):
    for notice in Notice.objects.all():
        ago = timedelta(seconds=seconds)
        notice.due_at -= ago
        notice.claimed_until = notice.claimed_until and notice.claimed_until - ago
        notice.save()


def test_slack_hears_once_and_in_the_sandbox_that_is_the_sandbox(alert, slack, sandbox):
    notifying.owe([alert], Notice.Event.RAISED)
    notifying.owe([alert], Notice.Event.RAISED)

    assert [notifying.deliver(), notifying.deliver()] == [1, 0]
    assert (posted(sandbox), states()) == (1, [("slack", "kept", 1)])
    assert Notice.objects.get().title == "Switchboard: Warning: Work was given up"


def test_in_the_sandbox_an_e_mail_goes_nowhere_and_can_be_read(alert, email):
    notifying.owe([alert], Notice.Event.RAISED)
    notifying.deliver()

    assert states() == [("email", "kept", 1)]
    assert Notice.objects.get().text == "2 contacts were given up after three tries. Replay them."
    assert mail.outbox == []


def test_an_e_mail_goes_to_every_recipient(alert, email, settings):
    settings.SANDBOX, settings.SITE_URL = False, "https://switchboard.example.test/"
    notifying.owe([alert], Notice.Event.RAISED)
    notifying.deliver()

    (sent,) = mail.outbox
    assert states() == [("email", "sent", 1)]
    assert sent.to == ["ops@example.test", "bo@example.test"]
    assert sent.subject == "Switchboard: Warning: Work was given up"
    assert sent.body.endswith("\nhttps://switchboard.example.test/admin/alerts/")


def test_slack_down_is_tried_again_and_then_given_up_in_sight(alert, slack, sandbox):
    sandbox.set(rate_5xx=1.0)
    notifying.owe([alert], Notice.Event.RAISED)

    tried = []
    for _ in range(7):
        tried.append(notifying.deliver())
        time_passes(2000)

    notice = Notice.objects.get()
    assert tried == [1, 1, 1, 1, 1, 0, 0]
    assert (notice.state, notice.tries, notice.error) == ("failed", 5, "Slack answered 503.")


def test_slack_that_comes_back_hears_it_then_and_once(alert, slack, sandbox, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    notifying.owe([alert], Notice.Event.RAISED)
    notifying.deliver()
    notifying.deliver()
    assert states() == [("slack", "waiting", 1)]

    settings.SANDBOX_URL = sandbox.url
    time_passes(31)
    notifying.deliver()

    assert (posted(sandbox), states()) == (1, [("slack", "kept", 2)])


def test_one_that_does_not_answer_holds_up_no_other(alert, slack, email, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    second = Alert.objects.create(kind="redis", level="danger", value=1, message="m",
                                  raised_at=timezone.now())  # fmt: skip
    notifying.owe([alert, second], Notice.Event.RAISED)

    assert notifying.deliver() == 3
    assert states() == [("email", "kept", 1), ("email", "kept", 1), ("slack", "waiting", 0),
                        ("slack", "waiting", 1)]  # fmt: skip


def test_a_channel_switched_off_meanwhile_hears_nothing(alert, slack, sandbox):
    notifying.owe([alert], Notice.Event.RAISED)
    AlertChannel.objects.update(is_enabled=False)
    notifying.deliver()

    assert (posted(sandbox), states()) == (0, [("slack", "failed", 1)])


def test_what_a_lost_sender_had_in_hand_is_sent_again_only_by_a_person(alert, slack, sandbox):
    """A sender that died in the middle of its work leaves its claim behind."""
    notifying.owe([alert], Notice.Event.RAISED)
    Notice.objects.update(
        state="sending", tries=1, claimed_until=timezone.now() + timedelta(seconds=60)
    )

    assert notifying.deliver() == 0

    time_passes(61)
    assert [notifying.deliver(), notifying.deliver()] == [0, 0]
    assert (posted(sandbox), states()) == (0, [("slack", "unknown", 1)])

    notice = Notice.objects.get()
    assert notice.error == notifying.PERHAPS
    assert [notifying.send_again(notice), notifying.send_again(notice)] == [True, False]
    assert notifying.deliver() == 1
    assert (posted(sandbox), states()) == (1, [("slack", "kept", 1)])


class Watcher:
    """A process of its own that looks and sends."""

    def __init__(self, sandbox):
        environment = os.environ | {
            "DATABASE_URL": database_url(),
            "SWITCHBOARD_SANDBOX": "1",
            "SWITCHBOARD_SANDBOX_URL": sandbox.url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.dashboards.alerting.watcher"],
            cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.heard() == "ready"

    def tell(self, order):
        self.program.stdin.write(f"{order}\n")
        self.program.stdin.flush()

    def heard(self):
        return self.program.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.kill()
        self.program.communicate()


@pytest.mark.django_db(transaction=True)
def test_two_who_look_and_send_at_once_raise_and_tell_once(rule, run, slack, sandbox):
    rule("queue_depth", threshold=8, clears_at=4, for_s=0, quiet_s=0)
    at_work = run(10)
    told = []
    with ExitStack() as stack:
        two = [stack.enter_context(Watcher(sandbox)) for _ in range(2)]
        for order, done in (("look", 0), ("send", 0), ("look", 10), ("send", 10)):
            at_work.done_count = done
            at_work.save()
            for one in two:
                one.tell(order)
            told += [one.heard() for one in two]

    assert told == ["done"] * 8
    assert (standing(), Alert.objects.count()) == ([], 1)
    assert states() == [("slack", "kept", 1)] * 2
    assert posted(sandbox) == 2


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_while_it_sends_does_not_have_it_sent_twice(alert, slack, sandbox):
    """The sandbox takes its time; the sender is killed before it hears the answer."""
    sandbox.set(latency_ms=3000)
    notifying.owe([alert], Notice.Event.RAISED)
    with Watcher(sandbox) as sender:
        sender.tell("send")
        give_up_at = time.monotonic() + 60
        while states() != [("slack", "sending", 1)]:
            assert time.monotonic() < give_up_at, states()
            time.sleep(0.02)
        sender.program.kill()

    sandbox.set(latency_ms=0)
    time_passes(61)
    notifying.deliver()

    assert states() == [("slack", "unknown", 1)]
