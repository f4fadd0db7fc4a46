"""Connection: one organisation in one CRM, how we sign in to it, and what is synced when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone


class Connection(models.Model):
    """Several of one kind may stand side by side; nothing is shared between them.

    `secrets` are what a person typed, `token` what we were given for them, both sealed. `address`
    is where the CRM answers; some tell it only with the token. `allowances` are the limits that it
    told, as `connector.Allowance` in JSON. Changes here are handed to connections that push and
    are on; what was missed before that is why a connection `owes_all_since`.
    """

    class State(models.TextChoices):
        NEW = "new", "Not signed in yet"
        READY = "ready", "Ready"
        NEEDS_LOGIN = "needs_login", "Needs somebody to sign in"
        REFUSED = "refused", "Refused"

    class Direction(models.TextChoices):
        PUSH = "push", "To the CRM"
        PULL = "pull", "From the CRM"
        BOTH = "both", "Both ways"

    class Here(models.TextChoices):
        KEEP = "keep", "Leave the CRM's record alone"
        DELETE = "delete", "Delete the CRM's record"

    class There(models.TextChoices):
        DETACH = "detach", "Keep ours, and do not make it again"
        RECREATE = "recreate", "Make it again"

    kind = models.CharField(max_length=20, help_text="The connector's slug.")
    label = models.CharField(max_length=100)
    is_enabled = models.BooleanField(default=True, db_default=True)
    is_sandbox = models.BooleanField(default=False, db_default=False)
    address = models.CharField(max_length=255, blank=True, default="", db_default="")

    way = models.CharField(
        max_length=30, blank=True, default="", db_default="", help_text="How we sign in."
    )
    secrets = models.TextField(blank=True, default="", editable=False)
    secrets_set = models.JSONField(default=dict, blank=True, editable=False)
    options = models.JSONField(default=dict, blank=True)
    token = models.TextField(blank=True, default="", editable=False)
    token_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    token_until = models.DateTimeField(null=True, blank=True, editable=False)
    token_due_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="From when on another is got beforehand."
    )
    token_forced_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the CRM had refused the one before."
    )
    renewing_by = models.UUIDField(
        null=True,
        blank=True,
        editable=False,
        help_text="Who asks for a token; past the lease: an answer that nobody heard.",
    )
    renewing_until = models.DateTimeField(null=True, blank=True, editable=False)
    renew_failed_at = models.DateTimeField(null=True, blank=True, editable=False)
    renew_failure = models.CharField(
        max_length=300, blank=True, default="", db_default="", editable=False
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    state_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    state_since = models.DateTimeField(null=True, blank=True)
    allowances = models.JSONField(default=list, blank=True)
    allowances_at = models.DateTimeField(null=True, blank=True)

    direction = models.CharField(
        max_length=4, choices=Direction.choices, default=Direction.PUSH, db_default=Direction.PUSH
    )
    selection = models.JSONField(
        default=dict, blank=True, help_text="Filters over contacts; empty: completed ones."
    )
    objects_on = models.JSONField(default=list, blank=True, help_text="Objects that are synced.")
    creates_here = models.BooleanField(
        default=False, db_default=False, help_text="People of the CRM that we do not have come in."
    )
    when_deleted_here = models.CharField(
        max_length=8, choices=Here.choices, default=Here.KEEP, db_default=Here.KEEP
    )
    when_deleted_there = models.CharField(
        max_length=8, choices=There.choices, default=There.DETACH, db_default=There.DETACH
    )
    every_minutes = models.PositiveIntegerField(null=True, blank=True)
    on_change = models.BooleanField(default=False, db_default=False)
    next_at = models.DateTimeField(null=True, blank=True)
    owes_all_since = models.DateTimeField(
        null=True, blank=True, default=timezone.now, db_default=Now(), editable=False,
        help_text="From when on the next sync that pushes goes over all, not only what changed.",
    )  # fmt: skip
    told_at = models.DateTimeField(
        null=True, blank=True, editable=False,
        help_text="When the CRM told of a change that no sync has read yet.",
    )  # fmt: skip

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", db_index=False,
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = models.Manager()

    class Meta:
        ordering = ["kind", "label"]
        permissions = [
            ("sign_in_connection", "Can sign a connection in and set its secrets"),
            ("sync_connection", "Can start and stop syncs"),
        ]
        constraints = [
            models.UniqueConstraint(name="connection_label_once", fields=["kind", "label"]),
            models.CheckConstraint(
                name="connection_state_known",
                condition=Q(state__in=["new", "ready", "needs_login", "refused"]),
            ),
            models.CheckConstraint(
                name="connection_direction_known",
                condition=Q(direction__in=["push", "pull", "both"]),
            ),
            models.CheckConstraint(
                name="connection_every_at_least_a_minute",
                condition=Q(every_minutes=None) | Q(every_minutes__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def pushes(self) -> bool:
        return self.direction != self.Direction.PULL

    @property
    def pulls(self) -> bool:
        return self.direction != self.Direction.PUSH
