"""People: their role, who is an administrator, and whose password must be changed first."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Q, QuerySet

from dashboards.access.roles import ADMIN, NAMES, ROLES
from dashboards.models import PasswordDue


class LastAdmin(Exception):
    """Nobody would be left who can let others in."""


def admins() -> QuerySet[User]:
    """Return the active people who may do everything."""
    is_admin = Q(is_superuser=True) | Q(groups__name=ADMIN.name)
    return User.objects.filter(is_admin, is_active=True, is_staff=True).distinct()


def role_of(user: User) -> str:
    """Return the name of the widest role that a person holds, "" for none."""
    if user.is_superuser:
        return ADMIN.name
    held = set(user.groups.values_list("name", flat=True)) if user.pk else set()
    return next((role.name for role in reversed(ROLES) if role.name in held), "")


def give_role(user: User, name: str) -> None:
    """Make this the person's one role, "" for none; groups made by hand stay."""
    wanted = Group.objects.filter(name=name)
    kept = user.groups.exclude(name__in=NAMES)
    user.groups.set([*kept, *wanted])
    if user.is_superuser and name != ADMIN.name:
        user.is_superuser = False
        user.save(update_fields=["is_superuser"])


@transaction.atomic
def refuse_last_admin(user: User) -> None:
    """Raise LastAdmin when nobody but this person is an administrator.

    Call it within the transaction that takes the role away: it makes others who do the same wait.
    """
    list(Group.objects.select_for_update().filter(name=ADMIN.name))
    if admins().filter(pk=user.pk).exists() and not admins().exclude(pk=user.pk).exists():
        raise LastAdmin


def require_new_password(user: User) -> None:
    """Let the person do nothing after the next sign-in but choose a password of their own."""
    PasswordDue.objects.get_or_create(user=user)
