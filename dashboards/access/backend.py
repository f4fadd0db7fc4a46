"""Who is signed in, read in one query together with whether a new password is due."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User


class Backend(ModelBackend):
    """Django's own, but for the join that the middleware looks at on every request."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("password_due").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
