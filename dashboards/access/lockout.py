"""Lock-out after failed sign-ins: who is counted as one, until when, the page that says so."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address
from typing import Any

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dashboards.access.errors import page


def client_address(request: HttpRequest) -> str | None:
    """Return the address that the sign-in comes from; None when it is none.

    Behind a proxy it is the last of X-Forwarded-For, which the proxy itself has written; those
    before it can be invented by the client.
    """
    given = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        given = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or given
    try:
        return str(ip_address(given))
    except ValueError:
        return None


def locked_until(username: str, address: str | None = None) -> datetime | None:
    """Return when the lock of a name ends, None when there is none; of any address if none is."""
    rows = _failures(username)
    addresses = [address] if address else set(rows.values_list("ip_address", flat=True))
    ends = [_end(rows.filter(ip_address=one)) for one in addresses]
    return max((end for end in ends if end), default=None)


def unlock(user: User) -> bool:
    """Forget the failed sign-ins of a person; False when there were none."""
    return bool(reset(username=user.get_username()))


def refuse(request: HttpRequest, response: Any, credentials: dict[str, Any]) -> HttpResponse:
    """Say until when nobody can sign in under this name from here; django-axes asks for it."""
    until = locked_until(credentials.get("username") or "", client_address(request))
    left_s = (until - timezone.now()).total_seconds() if until else 0.0
    context = {"until": until, "minutes": max(1, -int(-left_s // 60))}
    return page(request, 429, "Too many failed sign-ins", "locked", **context)


def _failures(username: str) -> QuerySet[AccessAttempt]:
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    rows: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(
        username=username, attempt_time__gte=since
    )
    return rows


def _end(rows: QuerySet[AccessAttempt]) -> datetime | None:
    """Return when so many of the failures are forgotten that fewer than the limit are left."""
    found = list(rows.order_by("attempt_time").values_list("failures_since_start", "attempt_time"))
    left = sum(count for count, _ in found)
    for count, at in found:
        if left < settings.AXES_FAILURE_LIMIT:
            return None
        left -= count
        if left < settings.AXES_FAILURE_LIMIT:
            end: datetime = at + settings.AXES_COOLOFF_TIME
            return end
    return None
