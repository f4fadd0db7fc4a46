"""Reads settings from the environment, and says which variable cannot be read."""

from __future__ import annotations

import os
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = (
    frozenset({"1", "true", "yes", "y", "on"}),
    frozenset({"0", "false", "no", "n", "off"}),
)


class Env(environ.Env):  # type: ignore[misc]
    """A blank number or switch counts as unset; a value that is none is an error, not a guess.

    django-environ reads every switch that is not plainly true as false: SWITCHBOARD_SANDBOX=ture
    would buy.
    """

    def get_value(self, var: str, cast: Any = None, default: Any = None, **more: Any) -> Any:
        text = os.environ.get(var, "").strip()
        if not text and cast in (bool, int, float):
            return default
        if cast is bool and text.lower() not in TRUE | FALSE:
            raise ImproperlyConfigured(f"{var} is {text!r}; it is a switch, 1 or 0.")
        try:
            return super().get_value(var, cast=cast, default=default, **more)
        except ValueError as error:
            kind = getattr(cast, "__name__", "value")
            raise ImproperlyConfigured(f"{var} is {text!r}, which is no {kind}.") from error
