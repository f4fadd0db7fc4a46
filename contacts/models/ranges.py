"""Constraints that hold numbers within their ranges."""

from __future__ import annotations

from functools import reduce
from operator import and_

from django.db import models
from django.db.models import Q


def within(name: str, **ranges: tuple[float, float]) -> models.CheckConstraint:
    """Hold each field, where it has a value, between the two ends, both included."""
    held = (
        Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__range": ends})
        for field, ends in ranges.items()
    )
    return models.CheckConstraint(name=name, condition=reduce(and_, held))
