"""RunItem: one contact in one run, a row of the queue; RunLookup: what a lookup came to there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contacts.models import Contact
from contacts.models.worker import Leased
from enrichment.models.run import Run
from integrations.money import UsdField


class RunItem(Leased):
    """One contact in one run.

    `trace` is {lookup: {"o": outcome, "why": words, "usd": price, "a": answer id}}.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "Being worked on"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        DEAD = "dead", "Given up"
        CANCELLED = "cancelled", "Cancelled"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="items", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="run_items")
    state = models.CharField(
        max_length=9, choices=State.choices, default=State.WAITING, db_default=State.WAITING
    )
    cost_usd = UsdField(default=0, db_default=0)
    trace = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    error = models.CharField(max_length=300, blank=True, db_default="")
    finished_at = models.DateTimeField(null=True, blank=True)
    parked_by = models.CharField(
        max_length=40,
        blank=True,
        db_default="",
        help_text="The provider it waits for; it is claimed once that can be asked again.",
    )

    objects = models.Manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="runitem_once", fields=["run", "contact"]),
            models.CheckConstraint(
                name="runitem_state_known",
                condition=Q(
                    state__in=["waiting", "claimed", "done", "failed", "dead", "cancelled"]
                ),
            ),
            models.CheckConstraint(
                name="runitem_claimed_by_worker",
                condition=~Q(state="claimed") | Q(worker_id__isnull=False),
            ),
        ]
        indexes = [
            # Workers claim what is due, and by itself what a lost worker had in hand.
            models.Index(
                name="runitem_waiting", fields=["run", "losses", "id"], condition=Q(state="waiting")
            ),
            # Workers let go in portions of what waits for a provider.
            models.Index(
                name="runitem_parked",
                fields=["parked_by", "due_at"],
                condition=Q(state="waiting") & ~Q(parked_by=""),
            ),
            # The sweep gives back what a lost worker held.
            models.Index(
                name="runitem_claimed", fields=["worker_id"], condition=Q(state="claimed")
            ),
            # Alerts count what was given up, every half minute.
            models.Index(name="runitem_dead", fields=["run"], condition=Q(state="dead")),
            # The list of what a cancelled run left; only cancelling writes it.
            models.Index(
                name="runitem_cancelled", fields=["run", "id"], condition=Q(state="cancelled")
            ),
            # Failures of a run, and "try these again".
            models.Index(
                name="runitem_failed",
                fields=["run", "id"],
                condition=Q(state__in=["failed", "dead"]),
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.run_id}, contact {self.contact_id}"


class RunLookup(models.Model):
    """What one lookup did in one run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="lookups", db_index=False)
    lookup = models.CharField(max_length=100)
    asked = models.PositiveIntegerField(default=0)
    hits = models.PositiveIntegerField(default=0)
    misses = models.PositiveIntegerField(default=0)
    reused = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    spent_usd = UsdField(default=0)

    objects = models.Manager()

    class Meta:
        ordering = ["lookup"]
        constraints = [
            models.UniqueConstraint(name="runlookup_once", fields=["run", "lookup"]),
        ]

    def __str__(self) -> str:
        return self.lookup
