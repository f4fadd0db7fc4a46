"""Things that pass their thresholds, and a Redis that knows of no circuit."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dashboards.alerting import kinds
from dashboards.models import Alert, AlertRound, AlertRule
from enrichment.models import Recipe, Run
from tests.dashboards.rows import EVIL


@pytest.fixture(autouse=True)
def no_circuits(no_circuits):
    """For every test of this part."""


@pytest.fixture
def run(db):
    """A run at work with so many contacts waiting."""

    def make(waiting=0, **fields):
        recipe = Recipe.objects.get_or_create(slug="r", defaults={"name": "R"})[0]
        fields = {"state": "working", "name": "Autumn", **fields}
        return Run.objects.create(recipe=recipe, total_count=waiting, **fields)

    return make


@pytest.fixture
def rule(db):
    """Edits the rule of a kind; all others are switched off."""

    def edit(kind, **fields):
        kinds.rules()
        AlertRule.objects.exclude(kind=kind).update(is_enabled=False)
        AlertRule.objects.filter(kind=kind).update(**fields)

    return edit


@pytest.fixture
def looked(db):
    """Somebody has just looked: no page does it instead."""
    AlertRound.objects.create(looked_at=timezone.now())


def earlier(seconds, **filters):
    """Let open alerts have begun, and have been calm, so much earlier."""
    for alert in Alert.objects.filter(cleared_at=None, **filters):
        ago = timedelta(seconds=seconds)
        alert.since -= ago
        alert.quiet_since = alert.quiet_since and alert.quiet_since - ago
        alert.save(update_fields=["since", "quiet_since"])


def standing():
    return sorted(Alert.objects.standing().values_list("kind", "subject"))


def minutes_ago(minutes):
    return timezone.now() - timedelta(minutes=minutes)


def alert(kind="dead_letters", **fields):
    fields = {
        "level": "warning",
        "value": 2,
        "raised_at": minutes_ago(5),
        "message": EVIL,
        **fields,
    }
    return Alert.objects.create(kind=kind, **fields)


def at(name, *args):
    return reverse(f"dashboards:{name}", args=args)
