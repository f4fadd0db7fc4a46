"""Contact: one person or desk that can be reached under one phone number."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models.company import Company
from contacts.models.quality import quality_field
from contacts.models.ranges import within
from contacts.models.transitions import TRIGGERS


class ContactQuerySet(models.QuerySet["Contact"]):
    def pending(self) -> ContactQuerySet:
        return self.filter(status=Contact.Status.PENDING)

    def failed(self) -> ContactQuerySet:
        return self.filter(status=Contact.Status.FAILED)


class Contact(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        PROCESSING = "processing", "Processing"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"

    class RiskLevel(models.TextChoices):
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"

    class EmailStatus(models.TextChoices):
        VALID = "valid", "Valid"
        INVALID = "invalid", "Invalid"
        ACCEPT_ALL = "accept_all", "Accepts all"
        WEBMAIL = "webmail", "Webmail"
        DISPOSABLE = "disposable", "Disposable"
        DO_NOT_MAIL = "do_not_mail", "Do not mail"
        SPAMTRAP = "spamtrap", "Spam trap"
        ABUSE = "abuse", "Complains"
        UNKNOWN = "unknown", "Unknown"
        GUESSED = "guessed", "Guessed"

    # Identity
    phone_raw = models.CharField(max_length=64, help_text="As it stood in the source.")
    phone_e164 = models.CharField(max_length=16, help_text="For example +14155550100.")
    phone_ext = models.CharField(max_length=12, blank=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    full_name = models.CharField(max_length=200, blank=True)
    position = models.CharField(max_length=150, blank=True)
    department = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=254, blank=True)
    address_line = models.CharField(max_length=255, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=100, blank=True)
    seniority = models.CharField(max_length=50, blank=True, default="", db_default="")
    linkedin_url = models.CharField(max_length=255, blank=True, default="", db_default="")
    twitter_url = models.CharField(max_length=255, blank=True, default="", db_default="")
    facebook_url = models.CharField(max_length=255, blank=True, default="", db_default="")
    external_id = models.CharField(max_length=100, blank=True)
    consent_on = models.DateField(
        null=True, blank=True, help_text="When the person agreed to be contacted."
    )
    company = models.ForeignKey(
        Company,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="contacts",
        db_index=False,  # contact_by_company
    )

    # Phone facts
    phone_is_valid = models.BooleanField(null=True, blank=True)
    phone_country = models.CharField(max_length=2, blank=True)
    phone_validation_errors = models.CharField(max_length=200, blank=True)
    line_type = models.CharField(max_length=20, blank=True)
    carrier_name = models.CharField(max_length=150, blank=True)
    mobile_country_code = models.CharField(max_length=3, blank=True)
    mobile_network_code = models.CharField(max_length=3, blank=True)
    caller_name = models.CharField(max_length=150, blank=True)
    caller_type = models.CharField(max_length=20, blank=True)
    line_status = models.CharField(max_length=30, blank=True)
    is_call_forwarded = models.BooleanField(null=True, blank=True)
    is_ported = models.BooleanField(null=True, blank=True)
    location_routing_number = models.CharField(max_length=20, blank=True)
    operating_company_name = models.CharField(max_length=150, blank=True)
    operating_company_type = models.CharField(max_length=30, blank=True)
    rpv_status = models.CharField(max_length=30, blank=True)
    rpv_is_cell = models.CharField(max_length=10, blank=True)
    rpv_carrier = models.CharField(max_length=150, blank=True)
    rpv_cnam = models.CharField(max_length=150, blank=True)
    rpv_error = models.CharField(max_length=200, blank=True)

    # Risk and trust of the number
    sms_pumping_risk_score = models.PositiveSmallIntegerField(null=True, blank=True)
    sms_pumping_risk_level = models.CharField(max_length=6, choices=RiskLevel.choices, blank=True)
    sms_pumping_carrier_risk = models.CharField(max_length=30, blank=True)
    sms_pumping_is_blocked = models.BooleanField(null=True, blank=True)
    sim_swapped_at = models.DateTimeField(null=True, blank=True)
    sim_swap_period = models.CharField(max_length=20, blank=True)
    is_sim_swapped_in_period = models.BooleanField(null=True, blank=True)
    is_reassigned = models.CharField(max_length=20, blank=True)
    reassigned_checked_on = models.DateField(null=True, blank=True)
    identity_match_score = models.PositiveSmallIntegerField(null=True, blank=True)
    phone_quality_score = models.PositiveSmallIntegerField(null=True, blank=True)

    # The mailbox
    email_status = models.CharField(
        max_length=20, choices=EmailStatus.choices, blank=True, default="", db_default=""
    )
    email_type = models.CharField(max_length=40, blank=True, default="", db_default="")
    email_score = models.PositiveSmallIntegerField(null=True, blank=True)
    email_checked_at = models.DateTimeField(null=True, blank=True)

    # The place, and what reaches it
    address_type = models.CharField(max_length=20, blank=True, default="", db_default="")
    address_is_verified = models.BooleanField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    geocode_accuracy = models.CharField(max_length=20, blank=True, default="", db_default="")
    google_place_id = models.CharField(max_length=255, blank=True, default="", db_default="")
    is_5g_home_available = models.BooleanField(null=True, blank=True)
    is_lte_home_available = models.BooleanField(null=True, blank=True)
    is_fios_available = models.BooleanField(null=True, blank=True)
    download_mbps = models.PositiveIntegerField(null=True, blank=True)
    upload_mbps = models.PositiveIntegerField(null=True, blank=True)
    coverage_checked_at = models.DateTimeField(null=True, blank=True)
    coverage_estimate = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="By the market; nobody measured it.",
    )

    # State
    status = models.CharField(
        max_length=10,
        choices=Status.choices,
        default=Status.PENDING,
        db_default=Status.PENDING,
        editable=False,
    )
    error = models.CharField(max_length=300, blank=True, help_text="Why it failed, in words.")
    reprocessed_at = models.DateTimeField(null=True, blank=True, editable=False)
    cost_usd = models.DecimalField(max_digits=12, decimal_places=4, default=0, db_default=0)
    quality_score = quality_field()
    provenance = models.JSONField(default=dict, blank=True)
    revision = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    enriched_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("reprocess_contact", "Can open completed contacts again"),
            ("retry_contact", "Can let failed contacts be tried again"),
        ]
        constraints = [
            models.CheckConstraint(
                name="contact_status_known",
                condition=Q(status__in=["pending", "processing", "completed", "failed"]),
            ),
            models.CheckConstraint(
                name="contact_phone_e164_form",
                condition=Q(phone_e164__regex=r"^\+[1-9][0-9]{5,14}$"),
            ),
            models.CheckConstraint(
                name="contact_phone_ext_digits",
                condition=Q(phone_ext="") | Q(phone_ext__regex=r"^[0-9]{1,12}$"),
            ),
            models.CheckConstraint(
                name="contact_email_form",
                condition=Q(email="") | Q(email__regex=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
            ),
            within("contact_risk_score_range", sms_pumping_risk_score=(0, 100)),
            models.CheckConstraint(
                name="contact_risk_level_known",
                condition=Q(sms_pumping_risk_level__in=["", "low", "medium", "high"]),
            ),
            within("contact_identity_score_range", identity_match_score=(0, 100)),
            within("contact_phone_quality_range", phone_quality_score=(0, 100)),
            within("contact_email_score_range", email_score=(0, 100)),
            within("contact_place_range", latitude=(-90, 90), longitude=(-180, 180)),
            models.CheckConstraint(name="contact_cost_not_negative", condition=Q(cost_usd__gte=0)),
        ]
        indexes = [
            # Importers and the API match a number; runs find the contacts that share one.
            models.Index(name="contact_by_phone", fields=["phone_e164"]),
            # A company's contacts, newest first; deleting a company; the search by its name.
            models.Index(name="contact_by_company", fields=["company", "-id"]),
            # Lists and selections, newest first, by each filter that few contacts may meet. Those
            # of what only providers tell cost an import nothing.
            models.Index(name="contact_by_status", fields=["status", "-id"]),
            models.Index(name="contact_by_country", fields=["phone_country", "-id"]),
            models.Index(
                name="contact_by_line_type", fields=["line_type", "-id"], condition=~Q(line_type="")
            ),
            models.Index(
                name="contact_by_carrier",
                fields=["carrier_name", "-id"],
                condition=~Q(carrier_name=""),
            ),
            models.Index(
                name="contact_by_risk",
                fields=["sms_pumping_risk_level", "-id"],
                condition=~Q(sms_pumping_risk_level=""),
            ),
            models.Index(name="contact_by_error", fields=["error", "-id"], condition=~Q(error="")),
            models.Index(name="contact_invalid", fields=["-id"], condition=Q(phone_is_valid=False)),
            models.Index(name="contact_with_email", fields=["-id"], condition=~Q(email="")),
            models.Index(name="contact_without_email", fields=["-id"], condition=Q(email="")),
        ]
        triggers = TRIGGERS

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The best name for a heading: person, else company, else number."""
        if self.full_name:
            return self.full_name
        if self.company_id and self.company:
            return str(self.company)
        return self.phone_display

    @property
    def phone_display(self) -> str:
        """The number with its extension."""
        return f"{self.phone_e164} ext. {self.phone_ext}" if self.phone_ext else self.phone_e164
