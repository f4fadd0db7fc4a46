"""Sends what is owed for alerts, over Slack and e-mail, and tries again where that may help.

A notice is a row before anybody tries to send it, and claimed for a minute by who does. A sender
that is killed leaves its claim, and nobody knows whether the message arrived: Slack knows no key by
which it could drop a second one. It is not sent again by itself, the page says so, and a person may
have it sent again; the alert itself stands on the page all the while.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from dashboards.alerting import budgets
from dashboards.alerting.channels import webhook
from dashboards.alerting.kinds import KINDS
from dashboards.models import Alert, AlertChannel, Notice
from integrations import mail, slack
from integrations.accounts import is_sandbox
from integrations.messages import NotDelivered

CLAIM = timedelta(seconds=60)  # a sending takes 20 s at the most
MAX_TRIES = 5
PAUSES_S = (30, 120, 480, 1800)
SITE = "Switchboard"
PERHAPS = (
    "Who was sending it was lost before it wrote down whether it arrived, so it is not sent again"
    " by itself."
)

log = structlog.get_logger(__name__)


def owe(alerts: Iterable[Alert], event: Notice.Event) -> None:
    """Write down, in the caller's transaction, that the channels are to be told.

    A muted alert is told to nobody; that one is over, only to who heard that it was raised, and of
    an event to nobody.
    """
    channels = AlertChannel.objects.filter(is_enabled=True).values_list("kind", flat=True)
    told = [
        alert
        for alert in alerts
        if not _is_muted(alert) and (event == Notice.Event.RAISED or not _is_event(alert))
    ]
    rows = [
        Notice(
            alert=alert, channel=channel, event=event, title=_title(alert, event),
            text=_text(alert, event),
        )
        for alert in told
        for channel in channels
        if event == Notice.Event.RAISED or _heard(alert, channel)
    ]  # fmt: skip
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def _is_event(alert: Alert) -> bool:
    kind = KINDS.get(alert.kind)
    return kind is not None and kind.is_event


def send_test(channel: AlertChannel, by: str) -> Notice:
    """Send a message that only says that the channel works, once and at once."""
    notice = Notice.objects.create(
        channel=channel.kind,
        event=Notice.Event.TEST,
        title=f"{SITE}: this is a test",
        text=f"{by} asked whether alerts arrive here. They do.",
        state=Notice.State.SENDING,
        tries=MAX_TRIES,
        claimed_until=timezone.now() + CLAIM,
    )
    _settle(notice, *_send(notice))
    return notice


def deliver(limit: int = 50) -> int:
    """Send what is due, `limit` messages at the most, and return how many were tried.

    A channel that does not answer is left alone until the next round: each try may take seconds.
    """
    _note_lost()
    resting: set[str] = set()
    for count in range(limit):
        notice = _claim(resting)
        if notice is None:
            return count
        state, failure = _send(notice)
        _settle(notice, state, failure)
        if failure and not failure.is_final:
            resting.add(notice.channel)
    return limit


def send_again(notice: Notice) -> bool:
    """Owe once more what was perhaps sent, on a person's word; False when it is not that."""
    held = Notice.objects.filter(pk=notice.pk, state=Notice.State.UNKNOWN)
    return bool(held.update(state=Notice.State.WAITING, due_at=timezone.now(), tries=0, error=""))


def _note_lost() -> None:
    """Say of what a lost sender had in hand that nobody knows whether it arrived."""
    lost = Notice.objects.filter(state=Notice.State.SENDING, claimed_until__lt=timezone.now())
    if count := lost.update(state=Notice.State.UNKNOWN, error=PERHAPS):
        log.error("notice_unknown", count=count)


def _claim(resting: set[str]) -> Notice | None:
    """Take the next that is due; of several who try for one, the UPDATE lets one have it."""
    now = timezone.now()
    due = Notice.objects.filter(state=Notice.State.WAITING, due_at__lte=now)
    rows = due.exclude(channel__in=resting).order_by("id")
    for pk in rows.values_list("pk", flat=True)[:10]:
        mine = due.filter(pk=pk).update(
            state=Notice.State.SENDING, claimed_until=now + CLAIM, tries=F("tries") + 1
        )
        if mine:
            return Notice.objects.get(pk=pk)
    return None


def _send(notice: Notice) -> tuple[str, NotDelivered | None]:
    """Return the state that the notice is in now, and why it was not delivered."""
    channel = AlertChannel.objects.filter(kind=notice.channel).first()
    is_wanted = channel and (channel.is_enabled or notice.event == Notice.Event.TEST)
    if channel is None or not is_wanted:
        return "", NotDelivered("The channel is switched off.", is_final=True)
    try:
        if channel.kind == AlertChannel.Kind.SLACK:
            slack.post(webhook(channel), f"*{notice.title}*\n{notice.text}")
        else:
            mail.send(channel.recipients.split(), notice.title, notice.text, key=_key(notice))
    except NotDelivered as why:
        return "", why
    return (Notice.State.KEPT if is_sandbox() else Notice.State.SENT), None


def _key(notice: Notice) -> str:
    """Return what tells this notice from all others, those of other installations too."""
    return f"alert-{notice.pk}-{notice.created_at:%Y%m%d%H%M%S%f}"


def _settle(notice: Notice, state: str, failure: NotDelivered | None) -> None:
    now = timezone.now()
    notice.error = str(failure)[:300] if failure else ""
    if failure is None:
        notice.state, notice.sent_at = Notice.State(state), now
    elif failure.is_final or notice.tries >= MAX_TRIES:
        notice.state = Notice.State.FAILED
        log.error("notice_failed", channel=notice.channel, notice=notice.pk, why=notice.error)
    else:
        notice.state = Notice.State.WAITING
        notice.due_at = now + timedelta(seconds=PAUSES_S[notice.tries - 1])
    notice.save(update_fields=["state", "due_at", "error", "sent_at"])


def _is_muted(alert: Alert) -> bool:
    muted = Alert.objects.filter(kind=alert.kind, subject=alert.subject)
    return muted.filter(muted_until__gt=timezone.now()).exists()


def _heard(alert: Alert, channel: str) -> bool:
    return alert.notices.filter(channel=channel, event=Notice.Event.RAISED).exists()


def _title(alert: Alert, event: str) -> str:
    mark = "Over" if event == Notice.Event.CLEARED else alert.get_level_display()
    return f"{SITE}: {mark}: {KINDS[alert.kind].label}"[:200]


def _text(alert: Alert, event: str) -> str:
    said = alert.message
    if event == Notice.Event.CLEARED:
        said = f"It is over. It was: {alert.message}"
    path = budgets.place(alert.subject) or reverse("dashboards:alert")
    where = f"{settings.SITE_URL.rstrip('/')}{path}" if settings.SITE_URL else ""
    return f"{said}\n{where}".strip()
