"""The page of alerts: what stands and what was, and what people do about it."""

import pytest

from dashboards.alerting import steering
from dashboards.models import Alert, Notice
from tests.dashboards.alerting.conftest import alert, at, minutes_ago
from tests.dashboards.people import signed_in
from tests.dashboards.rows import EVIL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("looked")]
SEES, STEERS = "dashboards.view_alert", "dashboards.acknowledge_alert"


def test_what_stands_and_what_was(admin_client):
    alert(cleared_at=minutes_ago(1), subject="a")
    held = alert(subject="b")
    alert("redis", raised_at=None)
    Notice.objects.create(alert=held, channel="slack", event="raised", title=EVIL, text=EVIL,
                          state="failed", error="Slack answered 503.")  # fmt: skip

    response = admin_client.get(at("alert"))

    html = response.content.decode()
    assert [row["alert"].subject for row in response.context["standing"]] == ["b"]
    assert [row["alert"].subject for row in response.context["history"]] == ["a"]
    assert "Slack: failed" in html and "Slack answered 503." in html
    assert EVIL not in html and "alert(1)" in html


def test_the_strip_shows_the_pressing_ones_first(admin_client):
    alert(subject="a", message="first")
    alert(subject="b", level="danger", message="worse")
    steering.acknowledge(alert(subject="c", message="in hand"), "bo")
    steering.mute(alert(subject="d", message="muted"), 1, "bo")

    response = admin_client.get(at("alerts_strip"))

    shown = [row["alert"].message for row in response.context["rows"]]
    assert (shown, response.context["more"]) == (["worse", "first"], 2)


def test_the_home_page_brings_the_strip_to_those_who_may_see_it(admin_client):
    address = at("alerts_strip")

    assert address in admin_client.get("/admin/").content.decode()
    assert address not in signed_in("dashboards.view_home").get("/admin/").content.decode()


def test_one_person_has_it_in_hand(admin_client):
    held = alert()

    admin_client.post(at("alert_acknowledge", held.pk))
    other = signed_in(SEES, STEERS)
    said = other.post(at("alert_acknowledge", held.pk), follow=True).content.decode()

    held.refresh_from_db()
    assert held.acknowledged_by == "admin" and held.acknowledged_at
    assert "somebody has it in hand already" in said


@pytest.mark.parametrize(("typed", "is_muted"), [("8", True), ("", False), ("9999", False)])
def test_mute_for_a_while(admin_client, typed, is_muted):
    held = alert()

    said = admin_client.post(at("alert_mute", held.pk), {"hours": typed}, follow=True)

    held.refresh_from_db()
    assert (held.muted_until is not None, held.muted_by == "admin") == (is_muted, is_muted)
    assert ("Choose for how long" in said.content.decode()) is not is_muted


def test_unmute_reaches_the_alert_that_was_muted_before_this_one(admin_client):
    alert(cleared_at=minutes_ago(1), muted_until=minutes_ago(-60))
    held = alert()

    admin_client.post(at("alert_mute", held.pk), {"hours": "0"})

    assert not Alert.objects.filter(muted_until__isnull=False).exists()


@pytest.mark.parametrize("asked", ["x", "-1", "9" * 30, EVIL])
def test_a_broken_place_in_the_history_is_left_out_with_a_notice(admin_client, asked):
    html = admin_client.get(at("alert"), {"before": asked}).content.decode()

    assert "is no place in the history" in html and EVIL not in html


def test_the_history_goes_on_and_costs_the_same(admin_client):
    def queries():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as seen:
            admin_client.get(at("alert"))
        return len(seen)

    alert(subject="x", cleared_at=minutes_ago(1))
    few = queries()
    Alert.objects.bulk_create(
        Alert(kind="redis", subject=str(n), level="danger", value=1, message="m",
              raised_at=minutes_ago(n + 2), cleared_at=minutes_ago(n + 1))
        for n in range(1000)
    )  # fmt: skip

    first = admin_client.get(at("alert"))
    second = admin_client.get(at("alert"), {"before": first.context["older"]})

    assert few == queries() <= 12
    subjects = [row["alert"].subject for one in (first, second) for row in one.context["history"]]
    assert subjects == [str(n) for n in range(999, 899, -1)]
