"""Alerts are raised once and cleared once, whoever looks and however often."""

import pytest

from dashboards.alerting import watching
from dashboards.alerting.kinds import KINDS
from dashboards.models import Alert, AlertChannel, AlertRound, AlertRule, Notice
from tests.dashboards.alerting.conftest import earlier, minutes_ago, standing

pytestmark = pytest.mark.django_db
DEEP = ("queue_depth", "")


@pytest.fixture
def deep(rule, run):
    """A queue of ten; raised at 8 or more, over at 4 or less."""
    rule("queue_depth", threshold=8, clears_at=4, for_s=0, quiet_s=0)
    return run(10)


def finish(run, done):
    run.done_count = done
    run.save()


@pytest.fixture
def slack(db):
    return AlertChannel.objects.create(kind="slack", is_enabled=True)


def test_raised_once_and_cleared_once(deep, slack):
    watching.look()
    watching.look()
    finish(deep, 10)
    watching.look()
    watching.look()

    alert = Alert.objects.get()
    assert alert.message.startswith("10 items were waiting. Start more workers")
    assert (alert.level, alert.value) == ("warning", 10)
    assert alert.raised_at and alert.cleared_at
    assert list(Notice.objects.values_list("event", "state").order_by("id")) == [
        ("raised", "waiting"), ("cleared", "waiting"),
    ]  # fmt: skip


def test_a_value_that_wavers_between_the_two_figures_changes_nothing(deep, slack):
    watching.look()
    for done in (3, 1, 5, 2, 5, 0):
        finish(deep, done)
        watching.look()

    assert standing() == [DEEP]
    assert Notice.objects.count() == 1


def test_a_value_that_is_calm_for_a_moment_only_does_not_end_it(deep, rule):
    rule("queue_depth", threshold=8, clears_at=4, quiet_s=60)
    watching.look()
    for done in (10, 0, 10):
        finish(deep, done)
        watching.look()
        earlier(50)

    watching.look()
    assert standing() == [DEEP]

    earlier(60)
    watching.look()
    assert standing() == []


def test_what_passes_its_threshold_for_a_moment_only_is_no_alert(deep, rule):
    rule("queue_depth", for_s=300)
    watching.look()
    earlier(200)
    watching.look()
    finish(deep, 4)
    watching.look()
    finish(deep, 0)
    watching.look()
    earlier(200)
    watching.look()

    assert standing() == []

    earlier(100)
    watching.look()
    assert standing() == [DEEP]


def test_between_the_two_figures_nothing_begins(deep, rule):
    rule("queue_depth", for_s=60)
    watching.look()
    finish(deep, 5)
    earlier(100)
    watching.look()

    assert Alert.objects.count() == 0


def test_an_edited_threshold_holds_from_the_next_look(deep):
    watching.look()
    AlertRule.objects.filter(kind="queue_depth").update(threshold=50, clears_at=40)
    watching.look()

    assert standing() == []
    assert Alert.objects.get().cleared_at is not None


def test_a_kind_that_is_switched_off_ends_and_begins_nothing(deep):
    watching.look()
    AlertRule.objects.update(is_enabled=False)
    watching.look()
    watching.look()

    assert standing() == []
    assert Alert.objects.count() == 1


def test_rules_have_figures_before_anybody_edits_them(run):
    run(10)

    watching.look()

    assert set(AlertRule.objects.values_list("kind", flat=True)) == set(KINDS)
    assert standing() == []


def test_with_redis_away_an_alert_about_a_circuit_stays(rule, redis_away):
    rule("circuit_open", for_s=0, quiet_s=0)
    Alert.objects.create(kind="circuit_open", subject="twilio", value=1, raised_at=minutes_ago(9))

    watching.look()

    assert standing() == [("circuit_open", "twilio")]


def test_a_muted_subject_is_raised_on_the_page_and_told_to_nobody(deep, slack):
    Alert.objects.create(kind="queue_depth", value=1, raised_at=minutes_ago(9),
                         cleared_at=minutes_ago(8), muted_until=minutes_ago(-60))  # fmt: skip

    watching.look()

    assert standing() == [DEEP]
    assert Notice.objects.count() == 0


def test_a_channel_switched_on_later_hears_no_end_of_what_it_never_heard(deep, slack):
    watching.look()
    AlertChannel.objects.create(kind="email", is_enabled=True)
    finish(deep, 10)
    watching.look()

    assert list(Notice.objects.values_list("channel", "event").order_by("id")) == [
        ("slack", "raised"), ("slack", "cleared"),
    ]  # fmt: skip


def test_a_look_is_a_dozen_small_queries(deep, django_assert_max_num_queries):
    watching.look()

    with django_assert_max_num_queries(32):
        watching.look()


def test_somebody_stands_in_only_when_nobody_looked_for_a_while(deep):
    watching.stand_in()
    assert standing() == [DEEP]

    finish(deep, 10)
    watching.stand_in()
    assert standing() == [DEEP]

    AlertRound.objects.update(looked_at=minutes_ago(2))
    watching.stand_in()
    assert standing() == []


def test_many_kinds_at_once(run, rule):
    rule("queue_depth", threshold=8, clears_at=4, for_s=0)
    AlertRule.objects.filter(kind__startswith="budget").update(is_enabled=True)
    late = run(10, cap_usd=10, spent_usd="8.5")

    watching.look()

    assert standing() == [("budget_near", f"run:{late.pk}@10"), DEEP]
