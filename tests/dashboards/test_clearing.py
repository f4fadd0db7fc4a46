"""What would grow for ever is cleared, and nothing that somebody needs."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone

from contacts.importing.drafts import take_in
from contacts.models import Import, Worker
from dashboards.clearing import clear_old
from dashboards.models import Alert, Notice
from tests.dashboards.rows import uuid
from webhooks.models import Attempt, Parcel, Subscription

pytestmark = pytest.mark.django_db
NOTHING = {"sessions": 0, "sign_in_attempts": 0, "workers": 0, "alerts": 0,
           "tests_of_channels": 0, "parcels": 0, "drafts": 0}  # fmt: skip


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def alert(**fields):
    return Alert.objects.create(
        kind="redis", subject=f"{Alert.objects.count()}", level="danger", message="m", value=1,
        **fields,
    )  # fmt: skip


def test_sessions_and_failed_sign_ins_that_are_over():
    for name, left in (("over", -1), ("open", 1)):
        Session.objects.create(session_key=name, expire_date=days_ago(-left))
    for name, age in (("old", 1), ("new", 0)):
        made = AccessAttempt.objects.create(username=name, failures_since_start=1)
        AccessAttempt.objects.filter(pk=made.pk).update(attempt_time=days_ago(age))

    assert clear_old() == NOTHING | {"sessions": 1, "sign_in_attempts": 1}
    assert Session.objects.get().session_key == "open"
    assert AccessAttempt.objects.get().username == "new"
    assert clear_old() == NOTHING


def test_workers_that_have_been_gone_for_long():
    Worker.objects.create(id=uuid(1), name="old", gone_at=days_ago(31))
    Worker.objects.create(id=uuid(2), name="young", gone_at=days_ago(29))
    Worker.objects.create(id=uuid(3), name="here", started_at=days_ago(99))

    assert clear_old() == NOTHING | {"workers": 1}
    assert {one.name for one in Worker.objects.all()} == {"young", "here"}


def test_alerts_that_were_over_a_year_ago_with_their_messages():
    old, young = alert(cleared_at=days_ago(366)), alert(cleared_at=days_ago(364))
    standing = alert(raised_at=days_ago(999))
    for one in (old, young):
        Notice.objects.create(alert=one, channel="slack", event="raised", title="t", text="t")
    Notice.objects.create(channel="slack", event="test", title="t", text="t", state="sent",
                          created_at=days_ago(366))  # fmt: skip

    assert clear_old() == NOTHING | {"alerts": 1, "tests_of_channels": 1}
    assert set(Alert.objects.all()) == {young, standing}
    assert Notice.objects.get().alert == young


def test_files_that_nobody_imported_go_with_their_rows(
    settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.UPLOADS = tmp_path
    owner = User.objects.create_user("ann")
    old = take_in("Phone\n+14155550100\n", name="old", user=owner)
    Import.objects.filter(pk=old.pk).update(created_at=days_ago(31))
    take_in("Phone\n+14155550101\n", name="new", user=owner)
    Import.objects.create(name="done", path="x", state="done", columns=["Phone"])
    Import.objects.filter(name="done").update(created_at=days_ago(999))

    with django_capture_on_commit_callbacks(execute=True):
        assert clear_old() == NOTHING | {"drafts": 1}
    assert {one.name for one in Import.objects.all()} == {"new", "done"}
    assert len(list(tmp_path.iterdir())) == 1


def test_parcels_of_a_month_ago_but_those_that_may_still_go_out():
    on = Subscription.objects.create(name="on", events=["run.finished"])
    off = Subscription.objects.create(name="off", events=["run.finished"], is_enabled=False)
    for row, state, age in (
        (on, "delivered", 31), (on, "waiting", 31), (on, "dead", 29), (off, "waiting", 31),
        (on, "claimed", 31),
    ):  # fmt: skip
        made = Parcel.objects.create(
            subscription=row, kind="k", body="{}", state=state, created_at=days_ago(age)
        )
        Attempt.objects.create(parcel=made, made_at=days_ago(age), took_ms=1)

    assert clear_old() == NOTHING | {"parcels": 2}
    assert {(one.subscription.name, one.state) for one in Parcel.objects.all()} == {
        ("on", "waiting"), ("on", "dead"), ("on", "claimed"),
    }  # fmt: skip
    assert Attempt.objects.count() == 3
