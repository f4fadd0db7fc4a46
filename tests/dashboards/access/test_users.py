"""The page of users: a role for each, nobody deleted, and always an administrator left."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from dashboards.access.people import admins, role_of
from dashboards.models import PasswordDue

ADD, LIST = "/admin/auth/user/add/", "/admin/auth/user/"
PASSWORD = "tulip window rain 7"


def change(client, user, role, *, is_active=True, groups=()):
    form = {"username": user.username, "role": role, "groups": [group.pk for group in groups]}
    return client.post(
        f"{LIST}{user.pk}/change/", form | ({"is_active": "on"} if is_active else {})
    )


def errors(response):
    return {field: list(said) for field, said in response.context["adminform"].form.errors.items()}


@pytest.fixture
def admin(browser):
    return browser("admin")


@pytest.mark.parametrize("role", ["viewer", "operator", "manager", "admin", ""])
def test_new_user_has_the_chosen_role_and_must_change_the_password(admin, role):
    form = {"username": "ann", "role": role, "password1": PASSWORD, "password2": PASSWORD}

    response = admin.post(ADD, form)

    ann = User.objects.get(username="ann")
    assert response.status_code == 302
    assert (role_of(ann), ann.is_staff, ann.is_superuser) == (role, True, False)
    assert list(ann.groups.values_list("name", flat=True)) == ([role] if role else [])
    assert PasswordDue.objects.get().user == ann


def test_each_role_is_explained_where_it_is_given(admin):
    html = admin.get(ADD).content.decode()

    assert "Changes nothing, downloads nothing." in html
    assert "Also approves runs and discoveries, which spends money" in html


def test_weak_password_for_another_is_refused(admin):
    form = {"username": "ann", "role": "viewer", "password1": "short", "password2": "short"}

    response = admin.post(ADD, form)

    assert "at least 12 characters" in response.content.decode()
    assert User.objects.count() == 1


def test_role_is_changed_and_groups_made_by_hand_stay(admin, person):
    ann, interns = person("viewer", "ann"), Group.objects.create(name="interns")

    response = change(admin, ann, "manager", groups=[interns])

    assert response.status_code == 302
    assert set(ann.groups.values_list("name", flat=True)) == {"manager", "interns"}


def test_last_administrator_stays_one(admin):
    me = User.objects.get()

    demoted, switched_off = change(admin, me, "viewer"), change(admin, me, "admin", is_active=False)

    said = ["This is the last administrator. Make somebody else one before this."]
    assert (errors(demoted), errors(switched_off)) == ({"role": said}, {"is_active": said})
    me.refresh_from_db()
    assert (role_of(me), me.is_active) == ("admin", True)


def test_one_administrator_of_two_may_go(admin, person):
    me = User.objects.get()
    person("admin", "second")

    assert change(admin, me, "viewer").status_code == 302
    assert [user.username for user in admins()] == ["second"]


def test_an_administrator_who_is_switched_off_does_not_count(admin, person):
    gone = person("admin", "gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)

    assert "role" in errors(change(admin, User.objects.get(username="admin"), "viewer"))


def test_superuser_with_a_lesser_role_is_none_any_more(admin, person):
    root = User.objects.create_superuser("root")

    change(admin, root, "viewer")

    root.refresh_from_db()
    assert (role_of(root), root.is_superuser) == ("viewer", False)


def test_switched_off_user_is_out_at_once(admin, person):
    ann, client = person("viewer", "ann"), Client()
    client.force_login(ann)
    assert client.get("/admin/").status_code == 200

    change(admin, ann, "viewer", is_active=False)

    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")
    assert User.objects.filter(username="ann").exists()


def test_password_set_for_another_is_due_and_signs_them_out(admin, person):
    ann, client = person("viewer", "ann"), Client()
    client.force_login(ann)

    admin.post(f"{LIST}{ann.pk}/password/", {"password1": PASSWORD, "password2": PASSWORD})

    assert PasswordDue.objects.get().user == ann
    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")


def test_password_set_for_oneself_is_not_due(admin):
    me = User.objects.get()

    admin.post(f"{LIST}{me.pk}/password/", {"password1": PASSWORD, "password2": PASSWORD})

    me.refresh_from_db()
    assert me.check_password(PASSWORD)
    assert not PasswordDue.objects.exists()


def test_form_cannot_smuggle_more_rights(admin, person):
    ann = person("viewer", "ann")
    form = {"username": "ann", "role": "viewer", "is_active": "on", "is_superuser": "on",
            "user_permissions": "1"}  # fmt: skip

    admin.post(f"{LIST}{ann.pk}/change/", form)

    ann.refresh_from_db()
    assert (ann.is_superuser, ann.user_permissions.count()) == (False, 0)


def test_roles_are_to_look_at(admin):
    viewer = Group.objects.get(name="viewer")

    response = admin.post(f"/admin/auth/group/{viewer.pk}/change/", {"name": "x"})

    assert response.status_code == 403
    html = admin.get(f"/admin/auth/group/{viewer.pk}/change/").content.decode()
    assert "Can view contact" in html and "Changes nothing, downloads nothing." in html
    assert Group.objects.get(pk=viewer.pk).name == "viewer"
