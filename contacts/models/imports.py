"""Import: one file or paste on its way to contacts, and what became of every row of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models.worker import Leased


class Import(Leased):
    """Worked in chunks; `read_line` says how far, and moves with each chunk's transaction."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        WAITING = "waiting", "Waiting"
        WORKING = "working", "Working"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        STOPPED = "stopped", "Stopped"
        UNDOING = "undoing", "Undoing"
        UNDONE = "undone", "Undone"

    class Mode(models.TextChoices):
        CREATE = "create", "Create only: rows of known contacts are left out"
        UPDATE = "update", "Update only: rows of unknown contacts are left out"
        FILL = "fill", "Create, and fill blanks of known contacts"
        OVERWRITE = "overwrite", "Create, and overwrite known contacts"

    name = models.CharField(max_length=200)
    origin = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text='"discovery", or empty where a person brought it.',
    )
    path = models.CharField(max_length=500, help_text="Where our copy of the file lies.")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file.")
    size_bytes = models.BigIntegerField(default=0)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.FILL)
    region = models.CharField(
        max_length=2, default="US", help_text="Numbers without + are read so."
    )
    overwrite_human_edits = models.BooleanField(default=False)
    mapping = models.JSONField(default=dict, help_text="Field name to column index.")
    columns = models.JSONField(default=list)
    file_format = models.CharField(max_length=10, blank=True)
    encoding = models.CharField(max_length=30, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    header_row = models.PositiveIntegerField(default=0)

    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    error = models.CharField(max_length=500, blank=True)
    read_line = models.BigIntegerField(default=0, help_text="The last line that is settled.")
    line_count = models.BigIntegerField(
        default=0, help_text="Lines of the file, for the progress bar; 0 when it can't be told."
    )

    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    repeated_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    company_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Companies made beside the rows, without a contact."
    )
    reversed_count = models.PositiveIntegerField(default=0)
    kept_count = models.PositiveIntegerField(default=0)
    undo_failed_count = models.PositiveIntegerField(default=0)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("undo_import", "Can undo import"),
            ("overwrite_edits_import", "Can let an import overwrite people's edits"),
        ]
        constraints = [
            models.CheckConstraint(
                name="import_state_known",
                condition=Q(
                    state__in=[
                        "draft",
                        "waiting",
                        "working",
                        "done",
                        "failed",
                        "stopped",
                        "undoing",
                        "undone",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="import_mode_known",
                condition=Q(mode__in=["create", "update", "fill", "overwrite"]),
            ),
        ]
        indexes = [
            # The sweep that rings for imports without a living worker.
            models.Index(
                name="import_unfinished",
                fields=["id"],
                condition=Q(state__in=["waiting", "working", "undoing"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def progress(self) -> float | None:
        """How much of the file is settled, 0 to 1; None when its length can't be told."""
        if self.state in (self.State.DONE, self.State.UNDOING, self.State.UNDONE):
            return 1.0
        return min(1.0, self.read_line / self.line_count) if self.line_count else None

    @property
    def total_count(self) -> int:
        """Rows settled so far."""
        return (
            self.created_count
            + self.updated_count
            + self.repeated_count
            + self.skipped_count
            + self.rejected_count
        )


class ImportRow(models.Model):
    """What became of one row; the raw text is kept only where it was rejected.

    No foreign keys in the database: a million rows are copied in at a time, and both sides are
    ours (an import's rows go with it, `services.delete_import`).
    """

    class Outcome(models.TextChoices):
        CREATED = "created", "Created"
        UPDATED = "updated", "Updated"
        REPEATED = "repeated", "Repeated"
        SKIPPED = "skipped", "Left out"
        REJECTED = "rejected", "Rejected"

    class Undo(models.TextChoices):
        NONE = "", "Not undone"
        REVERSED = "reversed", "Reversed"
        KEPT = "kept", "Kept"
        FAILED = "failed", "Failed"

    pk = models.CompositePrimaryKey("source_id", "line")
    source = models.ForeignKey(
        Import,
        db_constraint=False,
        db_index=False,
        on_delete=models.DO_NOTHING,
        related_name="rows",
    )
    line = models.BigIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    contact_id = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    raw = models.JSONField(null=True, blank=True, help_text="The cells of a rejected row.")
    before = models.JSONField(null=True, blank=True, help_text="What an update replaced.")
    undo = models.CharField(max_length=8, choices=Undo.choices, blank=True, db_default="")
    undo_reason = models.CharField(max_length=200, blank=True, db_default="")

    objects = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="importrow_outcome_known",
                condition=Q(outcome__in=["created", "updated", "repeated", "skipped", "rejected"]),
            ),
            models.CheckConstraint(
                name="importrow_undo_known",
                condition=Q(undo__in=["", "reversed", "kept", "failed"]),
            ),
            models.CheckConstraint(
                name="importrow_rejected_has_reason",
                condition=~Q(outcome="rejected") | ~Q(reason=""),
            ),
        ]
        indexes = [
            # The list of rejected rows of an import, in the order of the file.
            models.Index(
                name="importrow_rejected",
                fields=["source", "line"],
                condition=Q(outcome="rejected"),
            ),
            # Where a contact came from, on its page.
            models.Index(
                name="importrow_by_contact",
                fields=["contact_id"],
                condition=Q(contact_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.outcome}"


class SavedMapping(models.Model):
    """The mapping last used for a set of headers, so that nobody maps the same export twice."""

    header_key = models.CharField(max_length=64, unique=True)
    mapping = models.JSONField(help_text="Field name to column name.")
    region = models.CharField(max_length=2, default="US")
    mode = models.CharField(max_length=10, choices=Import.Mode.choices, default=Import.Mode.FILL)
    used_at = models.DateTimeField(auto_now=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-used_at"]

    def __str__(self) -> str:
        return self.header_key[:12]
