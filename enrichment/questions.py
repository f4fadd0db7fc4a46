"""Questions and their keys: equal inputs, equal key, in Python and in SQL alike."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import md5
from uuid import UUID

from integrations.provider import Lookup, Question


def question(lookup: Lookup, known: Mapping[str, str]) -> Question:
    """Return the lookup's question about what is known; every `needs` must be in `known`."""
    inputs = {name: known[name] for name in lookup.needs}
    for name in lookup.uses:
        if known.get(name):
            inputs[name] = known[name]
    return Question(inputs)


def question_key(lookup: Lookup, about: Question, *, is_sandbox: bool) -> UUID:
    """Return the key under which answers to this question are kept.

    MD5 serves as a 128-bit name, not as a guard: PostgreSQL has it built in, so the estimate can
    compute the same key in one statement (`estimate.KEY_SQL`).
    """
    inputs = about.inputs
    body = "|".join(f"{name}={inputs[name].lower()}" for name in sorted(inputs))
    return key_of(f"{'sandbox' if is_sandbox else 'live'}|{lookup.slug}|{body}")


def call_key(lookup: Lookup, about: Question, *, is_sandbox: bool) -> UUID:
    """Return the key under which one worker at a time may ask: one for lookups asked together."""
    gather = lookup.gather
    if not gather:
        return question_key(lookup, about, is_sandbox=is_sandbox)
    subject = about.inputs[gather.by].lower()
    return key_of(f"{is_sandbox}|{lookup.provider}|{gather.name}|{subject}")


def key_of(text: str) -> UUID:
    """Return the 128-bit name of a text."""
    return UUID(bytes=md5(text.encode(), usedforsecurity=False).digest())
