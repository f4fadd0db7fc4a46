"""Passwords: one that somebody else has set comes first, and a new one signs out elsewhere."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from config.management.commands.run import create_first_admin
from dashboards.access.people import require_new_password, role_of
from dashboards.models import PasswordDue

OLD, NEW = "tulip window rain 7", "amber lantern forty 2"
PAGE, HOME, LOGIN = "/admin/password_change/", "/admin/", "/admin/login/"


def sign_in(name, password, client=None):
    client = client or Client()
    client.post(LOGIN, {"username": name, "password": password})
    return client


def change(client, new=NEW, old=OLD, again=None):
    form = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post(PAGE, form)


@pytest.fixture
def due(person):
    user = person("admin", password=OLD)
    require_new_password(user)
    return user


def test_due_password_leads_every_page_to_its_change(due):
    client = sign_in("admin", OLD)

    for page in (HOME, "/admin/contacts/contact/", "/metrics", "/nonsense/", "/admin/search/?s=a"):
        response = client.get(page)
        assert (page, response.status_code, response.get("Location")) in (
            (page, 302, PAGE), ("/nonsense/", 404, None),
        )  # fmt: skip
    assert client.post(reverse("dashboards:first_steps")).headers["Location"] == PAGE
    assert client.get("/health").status_code == 200


def test_due_password_leads_a_fragment_with_its_whole_page(due):
    response = sign_in("admin", OLD).get("/admin/queues/live/", headers={"HX-Request": "true"})

    assert (response.status_code, response.headers["HX-Redirect"]) == (403, PAGE)


def test_own_password_opens_the_house(due):
    client = sign_in("admin", OLD)

    response = change(client)

    assert (response.status_code, response.headers["Location"]) == (302, HOME)
    assert client.get(HOME).status_code == 200
    assert not PasswordDue.objects.exists()
    assert sign_in("admin", NEW).get(HOME).status_code == 200


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("short 1", "at least 12 characters"),
        ("1qaz2wsx3edc", "too common"),
        ("123456789012345", "entirely numeric"),
        ("administrator", "too similar to the username"),
        (OLD, "This is the present password; choose another."),
    ],
)
def test_password_that_is_easily_guessed_or_old_is_refused_beside_it(due, new, said):
    due.username = "administrator"
    due.save()
    client = sign_in("administrator", OLD)

    response = change(client, new)

    assert said in " ".join(response.context["form"].errors["new_password1"])
    assert PasswordDue.objects.count() == 1
    assert client.get(HOME).headers["Location"] == PAGE


def test_wrong_old_password_changes_nothing(due):
    response = change(sign_in("admin", OLD), old="guessed by me 1")

    assert set(response.context["form"].errors) == {"old_password"}
    assert User.objects.get().check_password(OLD)


def test_new_password_signs_out_everywhere_else(person):
    person("viewer", password=OLD)
    here, elsewhere = sign_in("viewer", OLD), sign_in("viewer", OLD)

    change(here)

    assert here.get(HOME).status_code == 200
    assert elsewhere.get(HOME).headers["Location"].startswith(LOGIN)


def test_first_admin_must_change_the_printed_password(roles):
    password = create_first_admin()

    client = sign_in("admin", password)

    assert role_of(User.objects.get()) == "admin"
    assert client.get(HOME).headers["Location"] == PAGE
    assert create_first_admin() is None


def test_signed_out_people_are_led_to_the_sign_in(db):
    assert Client().get(PAGE).headers["Location"] == f"{LOGIN}?next={PAGE}"
