"""Says in one form which input of a question is hopeless, before anybody is asked."""

from __future__ import annotations

from integrations.errors import QuestionRejected


def refused(field: str, why: str) -> QuestionRejected:
    """Return the refusal of a field; its code is the field's name."""
    return QuestionRejected(f"{field}: {why}", code=field)
