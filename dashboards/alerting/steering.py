"""What people do with alerts: say that they have them in hand, and keep them quiet for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from dashboards.models import Alert

log = structlog.get_logger(__name__)


def acknowledge(alert: Alert, by: str) -> bool:
    """Note who has it in hand; False when it is over, or somebody was first."""
    rows = Alert.objects.standing().filter(pk=alert.pk, acknowledged_at=None)
    return bool(rows.update(acknowledged_at=timezone.now(), acknowledged_by=by[:150]))


def mute(alert: Alert, hours: int, by: str) -> datetime:
    """Tell nobody of this kind and subject until then, also if it ends and begins again."""
    until = timezone.now() + timedelta(hours=hours)
    Alert.objects.filter(pk=alert.pk).update(muted_until=until, muted_by=by[:150])
    log.info("alert_muted", kind=alert.kind, subject=alert.subject, hours=hours)
    return until


def unmute(alert: Alert) -> None:
    """Tell everybody again, whichever of its alerts it was muted at."""
    same = Alert.objects.filter(kind=alert.kind, subject=alert.subject, muted_until__isnull=False)
    same.update(muted_until=None, muted_by="")
