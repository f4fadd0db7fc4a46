"""Link: one of our records and what it is in one CRM; Conflict: both sides changed a field."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models import Company, Contact
from crm_sync.models.connection import Connection


class Link(models.Model):
    """Made before the first write, so that a crash leaves a key to look for.

    `key` is ours for good and stands in the CRM's key field. `agreed` are the remote field's
    values that both sides had when they last met: what differs from it has changed since.
    `intended_at` stands while a write may be under way or lost; `sent_hash` is of the payload that
    was last taken. Of the first `candidates` their values are kept as they stood when they were
    found, by id as pairs of remote field and value, so that a person can tell them apart.
    """

    class State(models.TextChoices):
        NEW = "new", "Not made there yet"
        LINKED = "linked", "Linked"
        SEVERAL = "several", "Several there fit: choose"
        DETACHED = "detached", "Left alone"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="links")
    object = models.CharField(max_length=10)
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="links",
        db_index=False,
    )  # fmt: skip
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="links",
        db_index=False,
    )  # fmt: skip
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    remote_id = models.CharField(max_length=100, blank=True, default="", db_default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    is_by_hand = models.BooleanField(default=False, db_default=False)
    words = models.CharField(max_length=300, blank=True, default="", db_default="")
    candidates = models.JSONField(
        default=list, blank=True, db_default=models.Value([], models.JSONField())
    )
    candidate_values = models.JSONField(
        default=dict, blank=True, db_default=models.Value({}, models.JSONField())
    )
    agreed = models.JSONField(
        default=dict, blank=True, db_default=models.Value({}, models.JSONField())
    )
    sent_hash = models.CharField(max_length=32, blank=True, default="", db_default="")
    mapping_version = models.PositiveIntegerField(default=0, db_default=0)
    intended_at = models.DateTimeField(null=True, blank=True)
    remote_modified_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="link_remote_once",
                fields=["connection", "object", "remote_id"],
                condition=~Q(remote_id=""),
            ),
            models.UniqueConstraint(
                name="link_contact_once",
                fields=["contact", "connection", "object"],
                condition=Q(contact__isnull=False),
            ),
            models.UniqueConstraint(
                name="link_company_once",
                fields=["company", "connection", "object"],
                condition=Q(company__isnull=False),
            ),
            models.CheckConstraint(
                name="link_state_known",
                condition=Q(state__in=["new", "linked", "several", "detached"]),
            ),
            models.CheckConstraint(
                name="link_linked_has_remote", condition=~Q(state="linked") | ~Q(remote_id="")
            ),
            models.CheckConstraint(name="link_of_one", condition=Q(contact=None) | Q(company=None)),
        ]
        indexes = [
            # Lists of what waits for a person, and of what is left alone.
            models.Index(
                name="link_to_choose",
                fields=["connection", "state", "-id"],
                condition=Q(state__in=["several", "detached"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object} {self.remote_id or self.key}"


class Conflict(models.Model):
    """Both sides had changed a field since they last met, and whose word was taken."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="conflicts")
    field = models.CharField(max_length=100, help_text="Ours.")
    remote_field = models.CharField(max_length=100)
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    taken = models.CharField(max_length=6, choices=[("ours", "Ours"), ("theirs", "Theirs")])
    rule = models.CharField(max_length=10)
    created_at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.field}: {self.taken}"
