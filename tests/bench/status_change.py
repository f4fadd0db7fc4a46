"""A bulk change of status, with the transitions enforced by the database."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.bench.report import Result
from tests.integrations.sandbox.running import Running

CONTACTS, QUICK_CONTACTS = 100_000, 10_000
STEPS = ("processing", "failed", "pending", "processing", "completed")
TARGET_S = 5.0


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    """Time each allowed step over all contacts; the slowest counts, and a forbidden one fails."""
    from contacts.models import Contact
    from tests.lab import seeding

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    seeding.fresh_contacts(contacts)
    seconds = []
    for status in STEPS:
        began = time.monotonic()
        changed = Contact.objects.update(status=status)
        seconds.append(time.monotonic() - began)
        assert changed == contacts
    assert _is_refused(), "completed contacts were reopened without a word"
    yield Result(
        "status_change",
        target=TARGET_S,
        is_met=max(seconds) <= TARGET_S,
        seconds=round(max(seconds), 2),
        steps=[[status, round(s, 2)] for status, s in zip(STEPS, seconds, strict=True)],
        per_second=round(contacts / max(seconds)),
        settings={"contacts": contacts},
    )


def _is_refused() -> bool:
    from django.db import IntegrityError

    from contacts.models import Contact

    try:
        Contact.objects.update(status="processing")
    except IntegrityError:
        return True
    return False
