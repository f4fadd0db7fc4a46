"""The schedule's pages: what rings when, in words; a form without cron or JSON; its limits."""

from datetime import time

import pytest
from django.urls import reverse
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask, PeriodicTasks

from dashboards.schedule.jobs import JOBS, OWN

pytestmark = pytest.mark.django_db
LIST = reverse("admin:django_celery_beat_periodictask_changelist")
ADD = reverse("admin:django_celery_beat_periodictask_add")


@pytest.fixture(autouse=True)
def in_sandbox(settings):
    settings.SANDBOX = True


@pytest.fixture
def sweep():
    every = IntervalSchedule.objects.create(every=10, period="seconds")
    return PeriodicTask.objects.create(name="sweep", task="enrichment.sweep", interval=every)


def page(task):
    return reverse("admin:django_celery_beat_periodictask_change", args=[task.pk])


def asked(**said):
    return {"name": "Early", "task": "dashboards.watch", "enabled": "on", "kind": "daily",
            "at": "06:30", **said}  # fmt: skip


def errors(response):
    return {name: list(said) for name, said in response.context["adminform"].errors.items()}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Every day at 06:30 UTC"),
        ({"kind": "every", "every": "5", "unit": "minutes"}, "Every 5 minutes"),
        ({"kind": "every", "every": "1", "unit": "hours"}, "Every hour"),
        ({"kind": "weekly", "weekdays": ["0", "1", "5"]},
         "Each Monday, Friday and Sunday at 06:30 UTC"),
        ({"kind": "monthly", "day": "28"}, "On day 28 of each month at 06:30 UTC"),
    ],
)  # fmt: skip
def test_a_schedule_is_made_shown_in_words_and_opened_as_it_was(admin_client, said, words):
    response = admin_client.post(ADD, asked(**said))

    made = PeriodicTask.objects.get()
    assert (response.status_code, made.name, made.task) == (302, "Early", "dashboards.watch")
    assert (made.args, made.kwargs, made.enabled) == ("[]", "{}", True)
    assert words in admin_client.get(LIST).content.decode()
    held = admin_client.get(page(made)).context["adminform"].form
    for name, value in said.items():
        assert str(held[name].value()) == str(tuple(value) if isinstance(value, list) else value)
    again = admin_client.post(page(made), asked(**said))
    assert again.status_code == 302 and PeriodicTask.objects.count() == 1


def test_the_same_when_is_one_row(admin_client):
    admin_client.post(ADD, asked())
    admin_client.post(ADD, asked(name="Second"))

    assert (PeriodicTask.objects.count(), CrontabSchedule.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"at": ""}, "at"),
        ({"at": "25:00"}, "at"),
        ({"kind": "every", "every": "0", "unit": "hours"}, "every"),
        ({"kind": "every", "every": "", "unit": "hours"}, "every"),
        ({"kind": "weekly"}, "weekdays"),
        ({"kind": "monthly", "day": "31"}, "day"),
        ({"kind": "solar"}, "kind"),
        ({"task": "os.system"}, "task"),
        ({"name": ""}, "name"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field(admin_client, said, field):
    response = admin_client.post(ADD, asked(**said))

    assert response.status_code == 200 and list(errors(response)) == [field]
    assert not PeriodicTask.objects.exists() and not CrontabSchedule.objects.exists()


def test_a_name_is_taken_once(admin_client, sweep):
    response = admin_client.post(ADD, asked(name="sweep"))

    assert list(errors(response)) == ["name"] and PeriodicTask.objects.count() == 1


def test_the_programs_own_are_only_switched_on_and_off(admin_client, sweep):
    html = admin_client.get(page(sweep)).content.decode()
    admin_client.post(page(sweep), asked(enabled=""))

    sweep.refresh_from_db()
    assert "The program needs it" in html and "Every 10 seconds" in html and "(&#x27;" not in html
    assert 'name="task"' not in html
    assert (sweep.name, sweep.task, sweep.enabled) == ("sweep", "enrichment.sweep", False)
    assert sweep.interval.every == 10
    assert admin_client.post(f"{page(sweep)[:-7]}delete/", {"post": "yes"}).status_code == 403


def test_a_schedule_of_before_keeps_its_cron_line_until_somebody_says_when(admin_client):
    cron = CrontabSchedule.objects.create(minute="*/7", hour="1-3")
    task = PeriodicTask.objects.create(name="odd", task="contacts.tidy_search", crontab=cron)

    html = admin_client.get(LIST).content.decode()

    assert "odd" in html and "Every 7 minutes" in html
    assert admin_client.get(page(task)).status_code == 200


def test_switching_tells_the_scheduler(admin_client, sweep):
    PeriodicTasks.objects.all().delete()

    admin_client.post(LIST, {"action": "switch_off", "_selected_action": [sweep.pk]})

    sweep.refresh_from_db()
    assert sweep.enabled is False and PeriodicTasks.last_change() is not None


def test_breadcrumbs_speak_of_people_roles_and_schedules(admin_client, sweep):
    pages = [admin_client.get(at).content.decode() for at in
             (page(sweep), "/admin/auth/user/", "/admin/auth/group/")]  # fmt: skip

    for html in pages:
        assert "Authentication and Authorization" not in html and "eriodic task" not in html
    assert "Schedules" in pages[0] and "People" in pages[1] and "Roles" in pages[2]


def test_times_are_times(admin_client):
    admin_client.post(ADD, asked())

    assert admin_client.get(page(PeriodicTask.objects.get())).context["adminform"].form[
        "at"
    ].value() == time(6, 30)


def test_every_schedule_of_the_program_has_words(settings):
    own = settings.CELERY_BEAT_SCHEDULE

    assert {one["task"] for one in own.values()} == set(JOBS)
    assert set(own) == set(OWN)
