"""Alerts: what is wrong now, who has it in hand, and what was wrong before."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from dashboards.alerting import budgets, steering
from dashboards.alerting.kinds import KINDS
from dashboards.alerting.watching import stand_in
from dashboards.models import Alert, Notice
from dashboards.views.access import fragment, page
from integrations.accounts import is_sandbox

PERMISSION, STEER = "dashboards.view_alert", "dashboards.acknowledge_alert"
RULES, CHANNELS = "dashboards.change_alertrule", "dashboards.change_alertchannel"
SHOWN = 50
HOURS = {1: "1 hour", 8: "8 hours", 24: "1 day", 168: "1 week"}


@page(PERMISSION)
def overview(request: HttpRequest) -> HttpResponse:
    """What stands, and the history behind it, newest first, a page at a time."""
    before = _before(request)
    history = list(_rows(Alert.objects.raised().filter(cleared_at__isnull=False), before))
    context = {
        **admin.site.each_context(request),
        "title": "Alerts",
        "history": [_row(alert) for alert in history[:SHOWN]],
        "older": history[SHOWN - 1].pk if len(history) > SHOWN else None,
        "is_older": before is not None,
        "is_sandbox": is_sandbox(),
        "may_rules": request.user.has_perm(RULES),
        "may_channels": request.user.has_perm(CHANNELS),
        **_live(request),
    }
    return render(request, "dashboards/alerts/page.html", context)


@fragment(PERMISSION)
def live(request: HttpRequest) -> HttpResponse:
    """The part that changes by itself."""
    stand_in()
    return render(request, "dashboards/alerts/_standing.html", _live(request))


@fragment(PERMISSION)
def strip(request: HttpRequest) -> HttpResponse:
    """What stands, in a line or two, for the top of the home page."""
    stand_in()
    rows = [_row(alert) for alert in _standing()]
    loud = [row for row in rows if not (row["alert"].acknowledged_at or row["muted_until"])]
    context = {"rows": loud[:3], "more": len(rows) - len(loud[:3])}
    return render(request, "dashboards/alerts/_strip.html", context)


@require_POST
@page(STEER)
def acknowledge(request: HttpRequest, alert_id: int) -> HttpResponse:
    alert = get_object_or_404(Alert.objects.raised(), pk=alert_id)
    if steering.acknowledge(alert, request.user.get_username()):
        messages.success(request, "Everybody sees now that you have it in hand.")
    else:
        messages.info(request, "It is over, or somebody has it in hand already.")
    return HttpResponseRedirect(reverse("dashboards:alert"))


@require_POST
@page(STEER)
def mute(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Mute for as many hours as chosen; none lifts it."""
    alert = get_object_or_404(Alert.objects.raised(), pk=alert_id)
    asked = request.POST.get("hours", "")
    hours = next((one for one in HOURS if asked == str(one)), None)
    if hours:
        until = steering.mute(alert, hours, request.user.get_username())
        messages.success(request, f"Nobody is told of it until {until:%b %d, %H:%M} UTC.")
    elif asked == "0":
        steering.unmute(alert)
        messages.success(request, "Slack and e-mail are told of it again.")
    else:
        messages.error(request, "Choose for how long.")
    return HttpResponseRedirect(reverse("dashboards:alert"))


def _live(request: HttpRequest) -> dict[str, Any]:
    return {
        "standing": [_row(alert) for alert in _standing()],
        "may_steer": request.user.has_perm(STEER),
        "hours": HOURS.items(),
    }


def _standing() -> list[Alert]:
    rows = _rows(Alert.objects.standing())
    return sorted(rows, key=lambda alert: (alert.level != Alert.Level.DANGER, -alert.pk))


def _rows(rows: QuerySet[Alert], before: int | None = None) -> QuerySet[Alert]:
    """Return one page of alerts, and one more, with what was sent and until when it is muted."""
    same = Alert.objects.filter(
        kind=OuterRef("kind"), subject=OuterRef("subject"), muted_until__gt=timezone.now()
    )
    if before is not None:
        rows = rows.filter(pk__lt=before)
    muted = Subquery(same.order_by("-muted_until").values("muted_until")[:1])
    notices = Prefetch("notices", Notice.objects.order_by("id"))
    return rows.annotate(silent_until=muted).prefetch_related(notices).order_by("-id")[: SHOWN + 1]


def _row(alert: Alert) -> dict[str, Any]:
    kind = KINDS.get(alert.kind)
    return {
        "alert": alert,
        "label": kind.label if kind else alert.kind,
        "link": budgets.place(alert.subject) or (reverse(kind.page) if kind else ""),
        "notices": list(alert.notices.all()),
        "muted_until": getattr(alert, "silent_until", None),
    }


def _before(request: HttpRequest) -> int | None:
    """Return the id that the page of the history begins below; what is no id is left out."""
    asked = request.GET.get("before", "")
    if asked and not (asked.isdecimal() and len(asked) < 19):
        messages.warning(request, f"“{asked[:40]}” is no place in the history; here is its start.")
        return None
    return int(asked) if asked else None
