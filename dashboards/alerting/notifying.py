"""Sends what is owed for alerts, over Slack and e-mail, and tries again where that may help.

A notice is a row before anybody tries to send it, and claimed for a minute by who does: a sender
that is killed loses nothing. Killed between the sending and the writing down, it is sent again,
for an alert that comes twice is better than one that never does; the second says what it may be.
Slack knows no key by which it could drop that; an e-mail keeps its Message-ID, by which some do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import F, Q
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
PERHAPS = "Perhaps sent twice: who was sending it was lost before it wrote that down."

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


def _claim(resting: set[str]) -> Notice | None:
    """Take the next that is due; of several who try for one, the UPDATE lets one have it."""
    now = timezone.now()
    left = Q(state=Notice.State.SENDING, claimed_until__lt=now)
    due = Q(state=Notice.State.WAITING, due_at__lte=now) | left
    rows = Notice.objects.filter(due).exclude(channel__in=resting)
    for pk, state in rows.order_by("id").values_list("pk", "state")[:10]:
        lost = {"error": PERHAPS} if state == Notice.State.SENDING else {}
        mine = Notice.objects.filter(due, pk=pk).update(
            state=Notice.State.SENDING, claimed_until=now + CLAIM, tries=F("tries") + 1, **lost
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
    text = f"{notice.text}\n({PERHAPS})" if notice.error == PERHAPS else notice.text
    try:
        if channel.kind == AlertChannel.Kind.SLACK:
            slack.post(webhook(channel), f"*{notice.title}*\n{text}")
        else:
            mail.send(channel.recipients.split(), notice.title, text, key=_key(notice))
    except NotDelivered as why:
        return "", why
    return (Notice.State.KEPT if is_sandbox() else Notice.State.SENT), None


def _key(notice: Notice) -> str:
    """Return what tells this notice from all others, those of other installations too."""
    return f"alert-{notice.pk}-{notice.created_at:%Y%m%d%H%M%S%f}"


def _settle(notice: Notice, state: str, failure: NotDelivered | None) -> None:
    now = timezone.now()
    if failure or notice.error != PERHAPS:
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
