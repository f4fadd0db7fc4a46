"""Lock-out after failed sign-ins: for a name from an address, until a time that is said."""

from datetime import UTC, datetime

import pytest
import time_machine
from axes.models import AccessAttempt
from django.http import HttpRequest
from django.test import Client

from dashboards.access.lockout import client_address, locked_until

LOGIN, RIGHT = "/admin/login/", "tulip window rain 7"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def try_in(password="wrong", name="viewer", **request):
    return Client().post(LOGIN, {"username": name, "password": password}, **request)


def fail(times, **request):
    return [try_in(**request).status_code for _ in range(times)]


@pytest.fixture
def viewer(person):
    return person("viewer", password=RIGHT)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_fifth_failure_locks_and_says_until_when(viewer, clock):
    assert fail(4) == [200] * 4

    response = try_in()

    assert response.status_code == 429
    html = response.content.decode()
    assert "12:15 UTC" in html and "in 15 minutes" in html
    assert "nothing is bought, nothing is sent" in html


def test_right_password_is_refused_while_locked_and_let_in_afterwards(viewer, clock):
    fail(5)
    clock.move_to(NOON.replace(minute=14))
    assert try_in(RIGHT).status_code == 429

    clock.move_to(NOON.replace(minute=15, second=1))

    assert try_in(RIGHT).status_code == 302


def test_tries_while_locked_do_not_prolong_it(viewer, clock):
    fail(5)
    clock.move_to(NOON.replace(minute=10))

    fail(3)

    assert locked_until("viewer") == NOON.replace(minute=15)


def test_success_forgets_the_failures(viewer):
    fail(4)

    assert try_in(RIGHT).status_code == 302
    assert AccessAttempt.objects.count() == 0
    assert fail(4) == [200] * 4


def test_other_names_and_other_addresses_are_not_locked(viewer, person):
    person("operator", password=RIGHT)
    fail(5)

    assert try_in(RIGHT, name="operator").status_code == 302
    assert try_in(RIGHT, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_another_browser_of_the_same_address_is_locked_too(viewer):
    fail(2, headers={"User-Agent": "one"})
    fail(2, headers={"User-Agent": "two"})

    assert try_in(headers={"User-Agent": "three"}).status_code == 429


def test_name_that_nobody_has_is_answered_alike(viewer):
    known, unknown = try_in(), try_in(name="nobody")

    assert known.context["form"].errors == unknown.context["form"].errors
    assert fail(4, name="nobody")[-1] == 429


@pytest.mark.parametrize(
    ("is_behind", "sent", "found"),
    [
        (False, "203.0.113.9", "192.0.2.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (True, "", "192.0.2.1"),
        (True, "nonsense'", None),
    ],
)
def test_address_is_the_one_that_our_own_proxy_wrote(settings, is_behind, sent, found):
    settings.BEHIND_PROXY = is_behind
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": sent}

    assert client_address(request) == found


@pytest.mark.parametrize(
    "given",
    [
        {"name": "x" * 5000},
        {"name": "vie\0wer"},
        {"headers": {"User-Agent": "x" * 5000, "Accept": "y" * 5000}},
        {"REMOTE_ADDR": ""},
    ],
)
def test_odd_sign_ins_are_refused_without_a_stumble(viewer, given):
    assert fail(1, **given) == [200]


def test_administrator_unlocks_on_the_page_of_the_user(viewer, browser):
    fail(5)
    admin = browser("admin")
    page = f"/admin/auth/user/{viewer.pk}/change/"
    assert "Until" in admin.get(page).content.decode()

    response = admin.post(f"/admin/auth/user/{viewer.pk}/unlock/", {"_form_submitted": "on"})

    assert response.headers["HX-Redirect"] == page
    assert try_in(RIGHT).status_code == 302
