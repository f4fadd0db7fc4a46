"""Reads a place out of a question, refusing what can be none before anybody is asked."""

from __future__ import annotations

import math

from integrations.provider import Question
from integrations.providers.own.refusing import refused


def place_of(q: Question) -> tuple[float, float]:
    """Return latitude and longitude in degrees. Raises QuestionRejected, naming the field."""
    latitude, longitude = _degrees(q, "latitude", 90), _degrees(q, "longitude", 180)
    if latitude == longitude == 0:
        raise refused("latitude", "0, 0 is in the sea; it stands for an empty place")
    return latitude, longitude


def _degrees(q: Question, name: str, most: float) -> float:
    try:
        found = float(q.get(name))
    except ValueError:
        found = math.nan
    if not -most <= found <= most:
        raise refused(name, f"degrees between -{most} and {most} expected")
    return found
