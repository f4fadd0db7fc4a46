"""Money: how it is kept in the database, and how it is written for people."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models

CENT, FINE, DOLLAR = Decimal("0.01"), Decimal("0.0001"), Decimal(1)


class UsdField(models.DecimalField):  # type: ignore[type-arg]
    """A Decimal of dollars, exact to a millionth: prices go down to fractions of a cent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(*args, **kwargs)


def usd(amount: Decimal | str | float | int) -> str:
    """Return "$1,234.50" from a dollar on, "$0.0080" below it, and "$0.00" for nothing.

    The one way in which money is written on every page, in messages and on the terminal.
    """
    value = Decimal(str(amount))
    if not value:
        return "$0.00"
    if abs(value) < FINE:
        return "under $0.0001"
    fine = value.quantize(FINE, ROUND_HALF_UP)
    return f"${fine:,}" if abs(fine) < DOLLAR else f"${value.quantize(CENT, ROUND_HALF_UP):,}"
