"""Leads: what a company's domain tells, how it has changed, and the scans that look."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models import Company
from contacts.models.worker import Leased


class LeadScore(models.Model):
    """What the rules say of one company as it stands; one row a company.

    `signals` is what the verdict was made from, and what changes are told against; `reasons` are
    the rows of the breakdown, whose points add up to the readiness. `tags` are set and taken away
    by the rules; nobody edits them.
    """

    class Segment(models.TextChoices):
        UNKNOWN = "unknown", "Unknown yet"
        EXISTING = "existing", "Existing customer of Microsoft 365"
        MIGRATION = "migration", "Ready to migrate"
        COLD = "cold", "Cold"
        SHIELDED = "shielded", "Behind a gateway"
        SKIP = "skip", "Not worth a call"

    class Expiry(models.TextChoices):
        UNKNOWN = "unknown", "Unknown"
        LATER = "later", "Later"
        SOON = "soon", "Within 30 days"
        EXPIRED = "expired", "Expired"

    company = models.OneToOneField(
        Company, on_delete=models.CASCADE, primary_key=True, related_name="lead"
    )
    readiness = models.PositiveSmallIntegerField(null=True)
    segment = models.CharField(max_length=10, choices=Segment.choices, default=Segment.UNKNOWN)
    priority = models.PositiveSmallIntegerField(null=True)
    provider = models.CharField(max_length=60, blank=True)
    expiry = models.CharField(max_length=10, choices=Expiry.choices, default=Expiry.UNKNOWN)
    expires_on = models.DateField(null=True)
    reasons = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    signals = models.JSONField(default=dict)
    rules_version = models.CharField(max_length=20)
    company_revision = models.PositiveIntegerField(default=0)
    unknown_times = models.PositiveSmallIntegerField(default=0)
    scored_at = models.DateTimeField(db_default=Now())
    scanned_at = models.DateTimeField(null=True)
    rescan_at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = "lead"
        permissions = [("scan_lead", "Can have domains scanned")]
        constraints = [
            models.CheckConstraint(
                name="leadscore_ranges",
                condition=(Q(readiness=None) | Q(readiness__range=(0, 100)))
                & (Q(priority=None) | Q(priority__range=(1, 7))),
            ),
            models.CheckConstraint(
                name="leadscore_unknown_has_no_figures",
                condition=Q(segment="unknown", readiness=None, priority=None)
                | (~Q(segment="unknown") & Q(readiness__isnull=False, priority__isnull=False)),
            ),
        ]
        indexes = [
            # The list of leads, the best first.
            models.Index(name="leadscore_best", fields=["priority", "-readiness", "company"]),
            # The same within a segment.
            models.Index(
                name="leadscore_segment", fields=["segment", "priority", "-readiness", "company"]
            ),
            # The hourly rescan looks for what is due.
            models.Index(name="leadscore_due", fields=["rescan_at"]),
            # The list of domains that expire.
            models.Index(
                name="leadscore_expiring",
                fields=["expires_on"],
                condition=Q(expiry__in=["soon", "expired"]),
            ),
        ]

    def __str__(self) -> str:
        return f"lead {self.pk}"


class LeadChange(models.Model):
    """One change of one signal, of the provider, the score or the segment; told once.

    `key` names it by domain, kind, new value and the change of that kind before, so that the same
    change cannot be written twice, and one that goes back and forth is written each time.
    """

    class Kind(models.TextChoices):
        MX = "mx", "Mail host"
        PROVIDER = "provider", "Mail provider"
        SPF = "spf", "SPF"
        DKIM = "dkim", "DKIM"
        DMARC = "dmarc", "DMARC"
        EXPIRY = "expiry", "Expiry"
        SCORE = "score", "Readiness"
        SEGMENT = "segment", "Segment"

    class Alert(models.TextChoices):
        MX_CHANGED = "mx_changed", "Mail host changed"
        DMARC_ADDED = "dmarc_added", "DMARC added"
        EXPIRES_SOON = "expires_soon", "Domain expires soon"
        EXPIRED = "expired", "Domain has expired"
        SCORE_CHANGED = "score_changed", "Score changed"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="lead_changes")
    domain = models.CharField(max_length=253)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    old = models.CharField(max_length=253, blank=True)
    new = models.CharField(max_length=253, blank=True)
    alert = models.CharField(max_length=15, choices=Alert.choices, blank=True)
    key = models.CharField(max_length=600, unique=True)
    at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        indexes = [
            # Alerts look for what is new, every half minute.
            models.Index(name="leadchange_alerts", fields=["-at"], condition=~Q(alert="")),
        ]

    def __str__(self) -> str:
        return f"{self.domain}: {self.kind} {self.old} to {self.new}"


class DomainScan(models.Model):
    """A look at one domain or many; its items are the queue. It is done when all are final."""

    class Kind(models.TextChoices):
        ASKED = "asked", "Asked for"
        RESCAN = "rescan", "By schedule"

    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.ASKED)
    is_forced = models.BooleanField(default=False, help_text="Ask anew what is still fresh.")
    is_sandbox = models.BooleanField(default=False)
    total_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    made_count = models.PositiveIntegerField(default=0, help_text="Companies that were new.")
    refused = models.JSONField(default=list, help_text="[[what was typed, why not], …]")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Scan {self.pk}"

    @property
    def finished_count(self) -> int:
        return self.done_count + self.failed_count


class ScanItem(Leased):
    """One company in one scan."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "Being looked at"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        DEAD = "dead", "Given up"

    scan = models.ForeignKey(
        DomainScan, on_delete=models.CASCADE, related_name="items", db_index=False
    )
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="scan_items")
    state = models.CharField(
        max_length=7, choices=State.choices, default=State.WAITING, db_default=State.WAITING
    )
    error = models.CharField(max_length=300, blank=True, db_default="")
    finished_at = models.DateTimeField(null=True)

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="scanitem_once", fields=["scan", "company"]),
            models.CheckConstraint(
                name="scanitem_claimed_by_worker",
                condition=~Q(state="claimed") | Q(worker_id__isnull=False),
            ),
        ]
        indexes = [
            # Workers claim what is due.
            models.Index(name="scanitem_waiting", fields=["id"], condition=Q(state="waiting")),
            # The sweep gives back what a lost worker held.
            models.Index(
                name="scanitem_claimed", fields=["worker_id"], condition=Q(state="claimed")
            ),
        ]

    def __str__(self) -> str:
        return f"scan {self.scan_id}, company {self.company_id}"
