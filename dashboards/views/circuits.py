"""Circuits: which providers are not asked at present, why, until when; opened and reset by hand."""

from __future__ import annotations

from typing import Any

import structlog
from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from dashboards.redis_state import circuit_label, redis_state
from dashboards.views.access import fragment, page
from integrations import fleet
from integrations.circuits import CircuitState

PERMISSION = "dashboards.view_circuits"
STEER = "dashboards.steer_circuits"
COLOURS = {"closed": "success", "half-open": "warning", "open": "danger"}
NOBODY_KNOWS = "Redis is away: the workers cannot be told. Try again when it answers."

log = structlog.get_logger(__name__)


class SteerForm(forms.Form):
    """What to do with a circuit, and why: others will ask."""

    what = forms.ChoiceField(choices=[("open", "Open"), ("reset", "Reset")])
    reason = forms.CharField(
        max_length=200,
        strip=True,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say why; whoever comes after you will ask."},
    )


@page(PERMISSION)
def overview(request: HttpRequest) -> HttpResponse:
    """Every circuit, those that are open first."""
    context = {**admin.site.each_context(request), "title": "Circuits", **_state(request)}
    return render(request, "dashboards/circuits.html", context)


@fragment(PERMISSION)
def table(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboards/_circuits.html", _state(request))


@page(STEER)
def steer(request: HttpRequest, key: str) -> HttpResponse:
    """One circuit with the form that opens or resets it; an unknown key leads back."""
    state = next((one for one in fleet.known_states() if one.key == key), None)
    if state is None:
        messages.error(request, f"There is no circuit {key}.")
        return HttpResponseRedirect(reverse("dashboards:circuits"))
    form = SteerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _do(request, state, **form.cleaned_data)
        return HttpResponseRedirect(reverse("dashboards:circuits"))
    context = {
        **admin.site.each_context(request),
        "title": f"Circuit of {circuit_label(state.key)}",
        "circuit": _row(state),
        "form": form,
    }
    return render(request, "dashboards/circuit.html", context)


def _do(request: HttpRequest, state: CircuitState, what: str, reason: str) -> None:
    by = request.user.get_username()
    is_known = (
        fleet.open_by_hand(state.key, reason, by) if what == "open" else fleet.reset(state.key)
    )
    if not is_known:
        messages.error(request, NOBODY_KNOWS)
        return
    log.info("circuit_steered", circuit=state.key, what=what, reason=reason, user=request.user.pk)
    done = "opened until somebody resets it" if what == "open" else "reset: calls go out again"
    messages.success(request, f"The circuit of {circuit_label(state.key)} is {done}.")


def _state(request: HttpRequest) -> dict[str, Any]:
    return {
        "redis": redis_state(),
        "circuits": [_row(state) for state in fleet.known_states()],
        "may_steer": request.user.has_perm(STEER),
    }


def _row(state: CircuitState) -> dict[str, Any]:
    return {
        "state": state,
        "label": circuit_label(state.key),
        "colour": COLOURS[state.state],
        "is_by_hand": state.is_by_hand,
        "link": reverse("dashboards:circuit", args=[state.key]),
    }
