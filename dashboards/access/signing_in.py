"""The form that lets people in, in our words."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from unfold.forms import AuthenticationForm

MINUTES = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
REFUSED = (
    "The name or the password is not right, or the account is switched off. After "
    f"{settings.AXES_FAILURE_LIMIT} failed sign-ins the name is locked for {MINUTES} minutes."
)


class SignInForm(AuthenticationForm):  # type: ignore[misc]
    # One answer to all that is wrong: it must not tell which names exist.
    error_messages = {"invalid_login": REFUSED, "inactive": REFUSED}

    def clean_username(self) -> str:
        """Refuse what no name can be; Django asks for it, but does not look."""
        name: str = self.cleaned_data["username"]
        if len(name) > (User._meta.get_field("username").max_length or 0):
            raise self.get_invalid_login_error()
        return name
