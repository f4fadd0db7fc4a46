"""Rehearsal: a recipe played over contacts on the answers already bought, or these applied."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from enrichment.models.recipe import Recipe
from enrichment.models.run import Run


class Rehearsal(models.Model):
    """One playing, worked in parts in the order of the contacts' ids, up to `after_id` so far.

    `plan` is the recipe as it was typed, in the form of a run's. `result` is {"fields": {name:
    [filled, changed, emptied, same, empty]}, "saved_usd": text, "never_bought": {lookup:
    [questions, US dollars at the most]}}, the last only once it is done; or {"refusal": why}.
    """

    class State(models.TextChoices):
        WORKING = "working", "Being played"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    recipe = models.ForeignKey(
        Recipe, null=True, on_delete=models.SET_NULL, related_name="rehearsals"
    )
    name = models.CharField(max_length=100, blank=True)
    plan = models.JSONField()
    selection = models.JSONField(default=dict)
    mode = models.CharField(max_length=11, choices=Run.Mode.choices, default=Run.Mode.ALL)
    applies = models.BooleanField(default=False, help_text="What is known is written to contacts.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WORKING)
    total_count = models.PositiveIntegerField(default=0)
    played_count = models.PositiveIntegerField(default=0)
    after_id = models.BigIntegerField(default=0)
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="rehearsal_state_known",
                condition=Q(state__in=["working", "done", "cancelled"]),
            ),
        ]
        indexes = [
            # The sweep rings for what is not done.
            models.Index(name="rehearsal_working", fields=["id"], condition=Q(state="working")),
        ]

    def __str__(self) -> str:
        return self.name or "A recipe that is not saved"

    @property
    def run_id(self) -> int | None:
        """The run whose contacts these are, if they are a run's and nothing else."""
        only: dict[str, Any] = self.selection
        return only["run"] if set(only) == {"run"} else None


class RehearsalGap(models.Model):
    """A question without an answer, once in its rehearsal; gone when that is done."""

    rehearsal = models.ForeignKey(
        Rehearsal, on_delete=models.CASCADE, related_name="gaps", db_index=False
    )
    lookup = models.CharField(max_length=100)
    question_key = models.UUIDField()

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="rehearsalgap_once", fields=["rehearsal", "question_key"]),
        ]

    def __str__(self) -> str:
        return self.lookup
