"""Run: a recipe over a selection."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from enrichment.models.recipe import Recipe
from enrichment.models.team import Team
from enrichment.models.upkeep import Upkeep
from integrations.money import UsdField


class Run(models.Model):
    """Counters move in the transaction that finishes the items they count."""

    class State(models.TextChoices):
        DRAFT = "draft", "Being estimated"
        READY = "ready", "Waits for approval"
        STARTING = "starting", "Starting"
        WORKING = "working", "Working"
        PAUSED = "paused", "Paused"
        BLOCKED = "blocked", "Blocked"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    class Mode(models.TextChoices):
        ALL = "all", "Every contact"
        ONLY_EMPTY = "only_empty", "Only contacts without the wanted fields"
        ONLY_FAILED = "only_failed", "Only contacts that failed"

    name = models.CharField(max_length=200, blank=True)
    form_key = models.CharField(
        max_length=64,
        blank=True,
        db_default="",
        editable=False,
        help_text="Of the form that made it, so that one which arrives again makes no other.",
    )
    recipe = models.ForeignKey(Recipe, on_delete=models.PROTECT, related_name="runs")
    upkeep = models.ForeignKey(
        Upkeep, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.ALL)
    selection = models.JSONField(default=dict, help_text="Filters over contacts, see selection.py.")
    plan = models.JSONField(
        default=dict, help_text="The recipe as it was estimated; its later changes do not reach us."
    )
    cap_usd = UsdField(null=True, blank=True)
    is_sandbox = models.BooleanField(default=False, help_text="As it was when approved.")

    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it stands still.")
    blocked_by = models.CharField(max_length=60, blank=True, help_text='"account:3", "cap", …')
    not_before = models.DateTimeField(null=True, blank=True)
    estimate = models.JSONField(
        null=True, blank=True, help_text='While it is being made {"share": 0 to 1}.'
    )

    total_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    spent_usd = UsdField(default=0)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="runs",
        help_text="Its creator's, when it was approved.",
    )
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    approved_at = models.DateTimeField(null=True, blank=True)
    correlation_id = models.CharField(
        max_length=64,
        blank=True,
        db_default="",
        editable=False,
        help_text="Of the approval; in the logs of all that was done for the run.",
    )
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        permissions = [("approve_run", "Can approve run, which spends money")]
        constraints = [
            models.CheckConstraint(
                name="run_state_known",
                condition=Q(
                    state__in=[
                        "draft",
                        "ready",
                        "starting",
                        "working",
                        "paused",
                        "blocked",
                        "done",
                        "cancelled",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="run_mode_known", condition=Q(mode__in=["all", "only_empty", "only_failed"])
            ),
            # Of a form that was sent four times at once, one makes a run.
            models.UniqueConstraint(
                name="run_one_of_form",
                fields=["form_key"],
                condition=Q(state__in=["draft", "ready"]) & ~Q(form_key=""),
            ),
            models.CheckConstraint(
                name="run_cap_not_negative", condition=Q(cap_usd=None) | Q(cap_usd__gte=0)
            ),
        ]
        indexes = [
            # Workers look for runs to claim from.
            models.Index(name="run_working", fields=["id"], condition=Q(state="working")),
        ]

    def __str__(self) -> str:
        return self.name or f"Run {self.pk}"

    @property
    def finished_count(self) -> int:
        return self.done_count + self.failed_count

    @property
    def max_usd(self) -> Decimal:
        """What its estimate says is the most; 0 while there is none."""
        return Decimal((self.estimate or {}).get("max_usd", 0))

    @property
    def ceiling_usd(self) -> Decimal:
        """What it may spend: its cap, else what its estimate says is the most."""
        return self.max_usd if self.cap_usd is None else self.cap_usd

    @property
    def budget_key(self) -> str:
        """The key of its row in `integrations.Budget`."""
        return f"run:{self.pk}"
