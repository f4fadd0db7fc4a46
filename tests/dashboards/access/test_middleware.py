"""A session ends some time after its last use, and a page that asks by itself is no use."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOME, LIVE = "/admin/", "/admin/queues/live/"


def minutes(count):
    return timedelta(minutes=count)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_use_starts_the_time_out_anew(clock, browser):
    client = browser("viewer")
    idle = timedelta(seconds=settings.SESSION_COOKIE_AGE)

    clock.move_to(NOON + idle - minutes(1))
    assert client.get(HOME).status_code == 200
    clock.move_to(NOON + idle + minutes(60))

    assert client.get(HOME).status_code == 200


def test_session_that_was_not_used_is_over(clock, browser):
    client = browser("viewer")
    client.get(HOME)

    clock.move_to(NOON + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1))

    assert client.get(HOME).headers["Location"] == "/admin/login/?next=/admin/"


def test_page_that_fetches_by_itself_keeps_nobody_in(clock, browser):
    client = browser("viewer")
    ends = Session.objects.get().expire_date

    clock.move_to(NOON + minutes(30))
    assert client.get(LIVE, headers={"HX-Request": "true"}).status_code == 200

    assert Session.objects.get().expire_date == ends


def test_busy_person_writes_the_session_once_a_minute(clock, browser):
    client = browser("viewer")
    clock.move_to(NOON + minutes(2))
    client.get(HOME)
    ends = Session.objects.get().expire_date

    clock.shift(timedelta(seconds=59))
    client.get(HOME)

    assert Session.objects.get().expire_date == ends


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent_from", "next_page"),
    [
        ("http://testserver/admin/queues/?a=1#b", "/admin/queues/%3Fa%3D1"),
        ("http://elsewhere.test/admin/queues/", "/admin/circuits/x/"),
        ("", "/admin/circuits/x/"),
    ],
)
def test_form_of_an_ended_session_leads_back_to_its_page(client, sent_from, next_page):
    response = client.post("/admin/circuits/x/", headers={"Referer": sent_from})

    assert response.headers["Location"] == f"/admin/login/?next={next_page}"


@pytest.mark.django_db
def test_fragment_of_an_ended_session_leads_back_to_its_page(client):
    page = "http://testserver/admin/queues/"

    response = client.get(LIVE, headers={"HX-Request": "true", "HX-Current-URL": page})

    there = "/admin/login/?next=http%3A%2F%2Ftestserver%2Fadmin%2Fqueues%2F"
    assert (response.status_code, response.headers["HX-Redirect"]) == (403, there)
