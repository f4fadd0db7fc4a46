"""Whole numbers as addresses and forms write them."""

from __future__ import annotations

BIGINT_MOST = 2**63 - 1  # the biggest id that a row can have (PostgreSQL's bigint)
DIGITS_MOST = len(str(BIGINT_MOST))  # to read a longer text would take long, and come to nothing


def whole(text: str, *, most: int = BIGINT_MOST) -> int | None:
    """Return the number from 0 to `most` that the text is, in plain digits; None for all else."""
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS_MOST):
        return None
    number = int(text)
    return number if number <= most else None
