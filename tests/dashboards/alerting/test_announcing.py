"""Budgets that are used and circuits that open are told once, with the alert that tells of them."""

import pytest

from contacts import happenings
from contacts.models import Happening
from dashboards.alerting import watching
from dashboards.alerting.announcing import announce
from dashboards.models import Alert

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def wanted(db):
    happenings.want(
        [happenings.BUDGET_REACHED, happenings.CIRCUIT_OPENED, happenings.CIRCUIT_CLOSED]
    )
    yield
    happenings.forget()


def alert(kind, subject, value=1.0):
    return Alert.objects.create(
        kind=kind, subject=subject, level="warning", message="m", value=value
    )


def told():
    return list(Happening.objects.order_by("id").values_list("kind", "facts"))


def test_a_budget_is_told_at_eighty_and_at_a_hundred_percent():
    near = alert("budget_near", "run:7@20", 81.26)
    used = alert("budget_used", "account:3:2026-11-22@500", 100)

    announce([near, used], [near])

    assert told() == [
        ("budget.reached", {"of": "run", "id": 7, "period": "", "cap_usd": "20", "percent": 80,
                            "used_percent": 81.3, "words": "m"}),
        ("budget.reached", {"of": "account", "id": 3, "period": "2026-11-22", "cap_usd": "500",
                            "percent": 100, "used_percent": 100.0, "words": "m"}),
    ]  # fmt: skip


def test_a_circuit_is_told_when_it_opens_and_when_it_closes():
    open_ = alert("circuit_open", "twilio:sandbox")

    announce([open_], [])
    announce([], [open_])

    facts = {"provider": "twilio", "is_sandbox": True, "words": "m"}
    assert told() == [("circuit.opened", facts), ("circuit.closed", facts)]


def test_other_alerts_are_told_to_nobody_else():
    announce([alert("queue_depth", "")], [alert("redis", "")])

    assert told() == []


def test_a_look_that_raises_tells(rule, run):
    rule("budget_near", threshold=80, clears_at=79.99, for_s=0, quiet_s=0)
    one = run(10, cap_usd=10, spent_usd=9)
    watching.look()
    watching.look()

    assert [facts["id"] for _, facts in told()] == [one.pk]
