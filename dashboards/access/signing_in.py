"""The form that lets people in, in our words."""

from __future__ import annotations

from django.conf import settings
from unfold.forms import AuthenticationForm

MINUTES = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
REFUSED = (
    "The name or the password is not right, or the account is switched off. After "
    f"{settings.AXES_FAILURE_LIMIT} failed sign-ins the name is locked for {MINUTES} minutes."
)


class SignInForm(AuthenticationForm):  # type: ignore[misc]
    # One answer to all that is wrong: it must not tell which names exist.
    error_messages = {"invalid_login": REFUSED, "inactive": REFUSED}
