"""Choosing a password of one's own: the rule about the old one, the form and the page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from unfold.forms import AdminOwnPasswordChangeForm

from dashboards.access.middleware import is_password_due
from dashboards.models import PasswordDue


class NotTheOldPassword:
    """A password that does not change is no new one."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is not None and user.password and check_password(password, user.password):
            raise ValidationError("This is the present password; choose another.", code="same")

    def get_help_text(self) -> str:
        return "It is not the present one."


class PasswordForm(AdminOwnPasswordChangeForm):  # type: ignore[misc]
    """The present password and twice the new one; afterwards nothing is due."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["old_password"].label = (
            "One-time password" if is_password_due(user) else "Present password"
        )
        self.fields["new_password2"].label = "New password again"
        self.fields["new_password2"].help_text = ""

    def validate_password_for_user(self, user: User, password_field_name: str = "") -> None:
        """Say what is wrong with a password beside it, not beside its repetition."""
        super().validate_password_for_user(user, "new_password1")

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        PasswordDue.objects.filter(user=user).delete()
        return user


class PasswordPage(PasswordChangeView):
    """The page of one's own password, the first that is shown while it is due."""

    form_class = PasswordForm
    template_name = "dashboards/access/password.html"
    success_url = reverse_lazy("admin:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = "Choose your password" if self._is_due else "Change your password"
        site = admin.site.each_context(self.request)
        given = super().get_context_data(**kwargs)
        return {**site, **given, "title": title, "is_due": self._is_due}

    def form_valid(self, form: Any) -> HttpResponse:
        elsewhere = "" if self._is_due else " Everywhere else you are signed out."
        messages.success(self.request, f"Your password is changed.{elsewhere}")
        return super().form_valid(form)

    @property
    def _is_due(self) -> bool:
        assert isinstance(self.request.user, User)
        return is_password_due(self.request.user)


def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password, for whoever is signed in."""
    return PasswordPage.as_view()(request)  # type: ignore[return-value]


page = admin.site.admin_view(password)
