"""Money in the database: US dollars, exact to a millionth."""

from __future__ import annotations

from typing import Any

from django.db import models


class UsdField(models.DecimalField):  # type: ignore[type-arg]
    """A Decimal of dollars; prices of single answers go down to fractions of a cent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(*args, **kwargs)
