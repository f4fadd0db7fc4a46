"""When alerts are raised, and where they go: thresholds, Slack, e-mail, and a test of each."""

from __future__ import annotations

import structlog
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from dashboards.alerting import channels, notifying
from dashboards.alerting.forms import EmailForm, RuleFormSet, SlackForm
from dashboards.alerting.kinds import KINDS, rules
from dashboards.models import AlertChannel, AlertRule, Notice
from dashboards.views.access import page
from dashboards.views.alerts import CHANNELS, RULES
from integrations.accounts import is_sandbox

NOTICES_SHOWN = 20

log = structlog.get_logger(__name__)


@page(RULES)
def edit_rules(request: HttpRequest) -> HttpResponse:
    """A row for every kind."""
    rules()
    order = list(KINDS)
    rows = AlertRule.objects.filter(kind__in=order)
    formset = RuleFormSet(request.POST or None, queryset=rows.order_by("kind"))
    if request.method == "POST" and formset.is_valid():
        changed = [rule.kind for rule in formset.save()]
        log.info("alert_rules_changed", kinds=changed, user=request.user.pk)
        said = "The thresholds hold from the next look, within half a minute."
        messages.success(request, said if changed else "Nothing was changed.")
        return HttpResponseRedirect(reverse("dashboards:alert_rules"))
    forms = sorted(formset.forms, key=lambda form: order.index(form.instance.kind))
    context = {
        **admin.site.each_context(request),
        "title": "Thresholds",
        "formset": formset,
        "rows": [(KINDS[form.instance.kind], form) for form in forms],
    }
    return render(request, "dashboards/alerts/rules.html", context)


@page(CHANNELS)
def edit_channels(request: HttpRequest) -> HttpResponse:
    """Two forms, each saved by itself, and what was sent of late."""
    which = request.POST.get("channel", "")
    slack = SlackForm(request.POST if which == channels.SLACK else None, prefix="slack")
    email = EmailForm(request.POST if which == channels.EMAIL else None, prefix="email")
    for form in (slack, email):
        if form.is_bound and form.is_valid():
            form.save()
            log.info("alert_channel_changed", channel=which, user=request.user.pk)
            messages.success(request, f"{AlertChannel.Kind(which).label} is set up as you said.")
            return HttpResponseRedirect(reverse("dashboards:alert_channels"))
    context = {
        **admin.site.each_context(request),
        "title": "Slack and e-mail",
        "slack": slack,
        "email": email,
        "is_sandbox": is_sandbox(),
        "notices": Notice.objects.order_by("-id")[:NOTICES_SHOWN],
    }
    return render(request, "dashboards/alerts/channels.html", context)


@require_POST
@page(CHANNELS)
def test_channel(request: HttpRequest, kind: str) -> HttpResponse:
    """Send a test at once, and say what became of it."""
    if kind not in AlertChannel.Kind.values:
        messages.error(request, "There is no such channel.")
        return HttpResponseRedirect(reverse("dashboards:alert_channels"))
    notice = notifying.send_test(channels.channel(kind), request.user.get_username())
    if notice.state == Notice.State.SENT:
        messages.success(request, f"The test went to {notice.get_channel_display()}.")
    elif notice.state == Notice.State.KEPT:
        messages.success(request, "It works. In the sandbox nothing is sent; see the test below.")
    else:
        messages.error(request, f"The test did not arrive. {notice.error}")
    return HttpResponseRedirect(reverse("dashboards:alert_channels"))


@require_POST
@page(CHANNELS)
def send_again(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Have a message sent once more of which nobody knows whether it arrived."""
    if notifying.send_again(get_object_or_404(Notice, pk=notice_id)):
        log.info("notice_sent_again", notice=notice_id, user=request.user.pk)
        messages.success(request, "It is sent again within half a minute.")
    else:
        messages.info(request, "Nothing was sent: what became of it is known by now.")
    return HttpResponseRedirect(reverse("dashboards:alert_channels"))
