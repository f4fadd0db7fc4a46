"""Reads values out of Twilio's answers, refusing shapes that the contract does not know."""

from __future__ import annotations

from integrations.reading import Body, Reader

_TWILIO = Reader("Twilio")
broken, text, flag, score, part = (
    _TWILIO.broken,
    _TWILIO.text,
    _TWILIO.flag,
    _TWILIO.score,
    _TWILIO.part,
)

__all__ = ["Body", "broken", "flag", "part", "score", "text"]
