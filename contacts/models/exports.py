"""Export: contacts on their way to a file; who fetched it; and which columns people choose."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from contacts.models.worker import Leased


class Export(Leased):
    """A selection written to a file: by a worker, or while a small one is sent to who asked.

    A file that is not whole is never found: `file` is set when it stands in its place.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        WORKING = "working", "Working"
        SENDING = "sending", "Being downloaded"
        DONE = "done", "Ready"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        EXPIRED = "expired", "Expired"

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        TSV = "tsv", "TSV"
        XLSX = "xlsx", "Excel (XLSX)"
        JSON = "json", "JSON"
        JSONL = "jsonl", "JSON Lines"

    selection = models.JSONField(default=dict)
    described = models.CharField(max_length=500, help_text="The selection in words, as it was.")
    columns = models.JSONField(default=list, help_text="Names of columns, in their order.")
    with_sources = models.BooleanField(default=False, help_text="Each value with its provenance.")
    format = models.CharField(max_length=5, choices=Format.choices, default=Format.CSV)
    fingerprint = models.CharField(max_length=64, help_text="What was asked, as a digest.")

    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    error = models.CharField(max_length=500, blank=True)
    total_count = models.BigIntegerField(
        null=True, blank=True, help_text="Contacts selected when it began."
    )
    row_count = models.BigIntegerField(default=0, help_text="Contacts written so far.")
    size_bytes = models.BigIntegerField(default=0)
    file = models.CharField(max_length=100, blank=True, help_text="Its name among the exports.")

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
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("export_contact", "Can export contacts"),
            ("download_any_export", "Can download other people's exports"),
        ]
        constraints = [
            models.CheckConstraint(
                name="export_state_known",
                condition=Q(
                    state__in=[
                        "waiting",
                        "working",
                        "sending",
                        "done",
                        "failed",
                        "cancelled",
                        "expired",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="export_format_known",
                condition=Q(format__in=["csv", "tsv", "xlsx", "json", "jsonl"]),
            ),
            models.CheckConstraint(
                name="export_done_has_file", condition=~Q(state="done") | ~Q(file="")
            ),
            # A second click finds the first one's export.
            models.UniqueConstraint(
                name="export_asked_once",
                fields=["created_by", "fingerprint"],
                condition=Q(state__in=["waiting", "working"]),
            ),
        ]
        indexes = [
            # The sweep that rings for exports without a living worker.
            models.Index(
                name="export_unfinished",
                fields=["id"],
                condition=Q(state__in=["waiting", "working", "sending"]),
            ),
            # The sweep that deletes expired files.
            models.Index(name="export_expiring", fields=["expires_at"], condition=Q(state="done")),
        ]

    def __str__(self) -> str:
        return f"{self.get_format_display()}: {self.described}"

    @property
    def progress(self) -> float | None:
        """How much is written, 0 to 1; None before the contacts are counted."""
        if self.state in (self.State.DONE, self.State.EXPIRED):
            return 1.0
        if self.total_count is None:
            return None
        return min(1.0, self.row_count / self.total_count) if self.total_count else 1.0

    @property
    def file_name(self) -> str:
        """What a browser calls the file."""
        return f"contacts-{self.created_at:%Y-%m-%d}-{self.pk}.{self.format}"


class ExportDownload(models.Model):
    """Who was sent an export's file, and when; it outlives the export and the person."""

    export = models.ForeignKey(
        Export, null=True, on_delete=models.SET_NULL, related_name="downloads"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    username = models.CharField(max_length=150)
    what = models.CharField(max_length=600, help_text="The export in words.")
    at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        verbose_name = "download of an export"
        verbose_name_plural = "downloads of exports"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.username}: {self.what}"


class ColumnSet(models.Model):
    """Columns that a person has chosen, in their order; without a name the last ones used."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(max_length=60, blank=True)
    columns = models.JSONField(default=list)
    with_sources = models.BooleanField(default=False)
    format = models.CharField(
        max_length=5, choices=Export.Format.choices, default=Export.Format.CSV
    )

    objects = models.Manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            # Its index also lists the sets of a person.
            models.UniqueConstraint("owner", Lower("name"), name="columnset_name_once"),
        ]

    def __str__(self) -> str:
        return self.name or "last used"
