"""BulkAction: one thing done to all contacts of a selection; BulkChunk: its contacts, in parts."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models.tags import Tag
from contacts.models.worker import Leased


class BulkAction(Leased):
    """A person's wish. Its contacts are listed first, then changed chunk by chunk.

    Contacts made after the person was told how many there are, from `below_id` on, are not meant.
    """

    class Kind(models.TextChoices):
        ADD_TAG = "add_tag", "Add a tag"
        REMOVE_TAG = "remove_tag", "Remove a tag"
        REPROCESS = "reprocess", "Open completed contacts again"
        RETRY = "retry", "Try failed contacts again"
        SUPPRESS = "suppress", "Do not contact"
        DELETE = "delete", "Delete contacts"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        WORKING = "working", "Working"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    selection = models.JSONField(default=dict, help_text="Filters, as the list's address has them.")
    tag = models.ForeignKey(Tag, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    tag_name = models.CharField(max_length=50, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    click = models.UUIDField(unique=True, help_text="The form it came from: sent twice, done once.")

    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    error = models.CharField(max_length=500, blank=True)
    below_id = models.BigIntegerField(help_text="Contacts from this id on are not meant.")
    is_listed = models.BooleanField(default=False, help_text="Its chunks stand.")
    total_count = models.PositiveIntegerField(help_text="About how many, until it is listed.")
    seen_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    refusals = models.JSONField(default=list, help_text="The first refused: [contact id, why].")

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        permissions = [("undo_bulkaction", "Can undo bulk action")]
        constraints = [
            models.CheckConstraint(
                name="bulkaction_state_known",
                condition=Q(
                    state__in=["waiting", "working", "done", "failed", "undoing", "undone"]
                ),
            ),
            models.CheckConstraint(
                name="bulkaction_kind_known",
                condition=Q(
                    kind__in=["add_tag", "remove_tag", "reprocess", "retry", "suppress", "delete"]
                ),
            ),
        ]
        indexes = [
            # The sweep that rings for bulk actions without a living worker.
            models.Index(
                name="bulkaction_unfinished",
                fields=["id"],
                condition=Q(state__in=["waiting", "working", "undoing"]),
            ),
        ]

    def __str__(self) -> str:
        label = self.get_kind_display()
        return f"{label} “{self.tag_name}”" if self.tag_name else label

    @property
    def progress(self) -> float | None:
        """How much is worked, 0 to 1; None while the contacts are being listed."""
        if not self.is_listed:
            return None
        return min(1.0, self.seen_count / self.total_count) if self.total_count else 1.0

    @property
    def is_undoable(self) -> bool:
        return self.is_tagging or self.kind == self.Kind.SUPPRESS

    @property
    def is_tagging(self) -> bool:
        return self.kind in (self.Kind.ADD_TAG, self.Kind.REMOVE_TAG)


class BulkChunk(models.Model):
    """Some contacts of a bulk action; `changed_ids` are those that it changed, to be undone."""

    action = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="chunks")
    contact_ids = ArrayField(models.BigIntegerField())
    changed_ids = ArrayField(models.BigIntegerField(), default=list)
    is_done = models.BooleanField(default=False)
    is_undone = models.BooleanField(default=False)

    objects = models.Manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{len(self.contact_ids)} contacts of {self.action_id}"
