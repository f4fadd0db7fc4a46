"""People with and without permissions, signed in."""

from django.contrib.auth.models import Permission, User
from django.test import Client


def signed_in(*permissions: str) -> Client:
    """Return a browser of a staff user who holds just these ("dashboards.view_home")."""
    user = User.objects.create_user(f"user{User.objects.count()}", password="x", is_staff=True)
    for permission in permissions:
        app, _, codename = permission.partition(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    client = Client()
    client.force_login(user)
    return client
