"""Referral: a lead that Partner Center shows us, and what it is linked with here."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models import Company, Contact
from crm_sync.models.connection import Connection

EMPTY_LIST = models.Value([], models.JSONField())


class Referral(models.Model):
    """As Partner Center last told it, and our own link, which a sync never takes from a person.

    `domains` are all that the customer may have, the surest first; `candidates` the ids of the
    companies that have one of them where several do. `content_hash` tells whether anything is new;
    `synced_at` is when it was last seen, `changed_at` when it last said something new. `answer` is
    what a person has decided and Partner Center has not been told yet.
    """

    class Kind(models.TextChoices):
        MARKETPLACE = "marketplace", "Marketplace lead"
        QUALIFIED = "qualified", "Qualified lead"
        CO_SELL = "co_sell", "Co-sell"
        OTHER = "other", "Of another kind"

    class Link(models.TextChoices):
        NONE = "none", "Not linked"
        AUTO = "auto", "Linked by its domain"
        MANUAL = "manual", "Linked by hand"
        CREATED = "created", "Made a lead"
        SEVERAL = "several", "Several companies fit: choose"

    class Answer(models.TextChoices):
        ACCEPT = "accept", "Accept"
        DECLINE = "decline", "Decline"

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="referrals", db_index=False
    )
    remote_id = models.CharField(max_length=100)
    engagement_id = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=255, blank=True)
    kind = models.CharField(max_length=11, choices=Kind.choices, default=Kind.OTHER)
    type = models.CharField(max_length=40, blank=True)
    qualification = models.CharField(max_length=40, blank=True)
    direction = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=40, blank=True)
    substatus = models.CharField(max_length=40, blank=True)
    status_reason = models.CharField(max_length=500, blank=True)
    customer_name = models.CharField(max_length=255, blank=True)
    name_key = models.CharField(
        max_length=255, blank=True, help_text="The customer's name folded for comparison."
    )
    country = models.CharField(max_length=100, blank=True)
    domain = models.CharField(max_length=253, blank=True)
    domain_from = models.CharField(max_length=20, blank=True)
    domains = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    emails = ArrayField(models.CharField(max_length=254), default=list, blank=True)
    tenant_id = models.CharField(max_length=40, blank=True, help_text="Azure's, where it is told.")
    deal_value = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    may_contact = models.BooleanField(null=True, blank=True)
    may_share = models.BooleanField(null=True, blank=True)
    external_reference_id = models.CharField(max_length=255, blank=True)
    etag = models.CharField(max_length=255, blank=True)
    raw = models.JSONField(default=dict, blank=True)
    content_hash = models.CharField(max_length=32, blank=True)

    created_there_at = models.DateTimeField(null=True, blank=True)
    updated_there_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    link_state = models.CharField(
        max_length=7, choices=Link.choices, default=Link.NONE, db_default=Link.NONE
    )
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="referrals",
        db_index=False,
    )  # fmt: skip
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="referrals",
        db_index=False,
    )  # fmt: skip
    candidates = models.JSONField(default=list, blank=True, db_default=EMPTY_LIST)
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", db_index=False,
    )  # fmt: skip
    lead_made_at = models.DateTimeField(null=True, blank=True)
    notes = models.TextField(blank=True, default="", db_default="")
    answer = models.CharField(
        max_length=7, choices=Answer.choices, blank=True, default="", db_default=""
    )
    answer_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    answer_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", db_index=False,
    )  # fmt: skip
    answer_error = models.CharField(max_length=300, blank=True, default="", db_default="")

    synced_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [
            ("link_referral", "Can link referrals and make leads of them"),
            ("answer_referral", "Can accept and decline referrals"),
        ]
        constraints = [
            models.UniqueConstraint(name="referral_once", fields=["connection", "remote_id"]),
            models.CheckConstraint(
                name="referral_link_known",
                condition=Q(link_state__in=["none", "auto", "manual", "created", "several"]),
            ),
            models.CheckConstraint(
                name="referral_kind_known",
                condition=Q(kind__in=["marketplace", "qualified", "co_sell", "other"]),
            ),
            models.CheckConstraint(
                name="referral_answer_known", condition=Q(answer__in=["", "accept", "decline"])
            ),
        ]
        indexes = [
            # The inbox, newest first, by each of its filters.
            models.Index(name="referral_by_link", fields=["link_state", "-id"]),
            models.Index(name="referral_by_kind", fields=["kind", "-id"]),
            models.Index(name="referral_by_status", fields=["status", "-id"]),
            # Its search: the beginning of a name or a domain.
            models.Index(
                name="referral_by_name", fields=["name_key"], opclasses=["varchar_pattern_ops"]
            ),
            models.Index(
                name="referral_by_domain", fields=["domain"], opclasses=["varchar_pattern_ops"]
            ),
            # What lapses soon: the alert, and the inbox's filter.
            models.Index(
                name="referral_deadline", fields=["expires_at"], condition=Q(status="New")
            ),
            # Linking asks for those that a company may yet turn up for.
            models.Index(
                name="referral_unlinked",
                fields=["connection"],
                condition=Q(link_state="none") | Q(link_state="auto", company=None),
            ),
            # Consent: the word on a contact, and on whoever has an address that is in it.
            models.Index(
                name="referral_by_contact", fields=["contact"], condition=Q(contact__isnull=False)
            ),
            GinIndex(name="referral_by_email", fields=["emails"]),
            # A company's referrals; deleting a company.
            models.Index(
                name="referral_by_company", fields=["company"], condition=Q(company__isnull=False)
            ),
            # Answers that Partner Center has to be told.
            models.Index(name="referral_answered", fields=["connection"], condition=~Q(answer="")),
            # Leads whose number is to be written back.
            models.Index(
                name="referral_unreferenced",
                fields=["connection"],
                condition=Q(lead_made_at__isnull=False, external_reference_id=""),
            ),
        ]

    def __str__(self) -> str:
        return self.customer_name or self.name or self.domain or self.remote_id


class ReferralChange(models.Model):
    """One step in a referral's life: its status, its link, an answer; kept for good.

    `what` is "seen", "status", "changed", "link", "lead" or "answer". A step that Partner Center's
    own rules do not allow (`is_odd`) was told by it all the same.
    """

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="changes")
    what = models.CharField(max_length=10)
    before = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=300, blank=True)
    is_odd = models.BooleanField(default=False, db_default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", db_index=False,
    )  # fmt: skip
    at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.what}: {self.before} → {self.after}"
