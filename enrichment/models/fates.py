"""What becomes of businesses that a discovery finds, and their counts by it."""

from __future__ import annotations

from django.db import models


class Fate(models.TextChoices):
    """What became of a business that was found."""

    NEW = "new", "New contacts"
    UPDATED = "updated", "Known contacts, filled in"
    REPEATED = "repeated", "Known or found before"
    COMPANY = "company", "Companies without a phone"
    CLOSED = "closed", "Closed for good, left out"
    REJECTED = "rejected", "Could not be read"


class Counted(models.Model):
    """Found businesses by what became of them; once all is settled the fates add up to `found`."""

    found_count = models.PositiveIntegerField(default=0, db_default=0)
    new_count = models.PositiveIntegerField(default=0, db_default=0)
    updated_count = models.PositiveIntegerField(default=0, db_default=0)
    repeated_count = models.PositiveIntegerField(default=0, db_default=0)
    company_count = models.PositiveIntegerField(default=0, db_default=0)
    closed_count = models.PositiveIntegerField(default=0, db_default=0)
    rejected_count = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        abstract = True

    @property
    def fates(self) -> dict[str, int]:
        """How many found businesses ended in each fate."""
        return {fate.value: getattr(self, f"{fate.value}_count") for fate in Fate}
