"""Company: an entity of its own, shared by its contacts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models.ranges import within


class Company(models.Model):
    """Keyed by domain where one is known, else by its normalised name and its place."""

    name = models.CharField(max_length=255, blank=True)
    name_key = models.CharField(
        max_length=255,
        blank=True,
        help_text="The name folded for comparison: case, accents, punctuation, legal form.",
    )
    place_key = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="The postal code that told it from others of its name, folded; mostly empty.",
    )
    domain = models.CharField(
        max_length=253, null=True, blank=True, help_text="Registrable domain, lower case."
    )
    external_id = models.CharField(max_length=100, blank=True)

    # Who they are
    legal_name = models.CharField(max_length=255, blank=True, default="", db_default="")
    company_type = models.CharField(max_length=50, blank=True, default="", db_default="")
    industry = models.CharField(max_length=150, blank=True, default="", db_default="")
    category = models.CharField(max_length=150, blank=True, default="", db_default="")
    description = models.CharField(max_length=1000, blank=True, default="", db_default="")
    founded_year = models.PositiveSmallIntegerField(null=True, blank=True)
    employee_count = models.PositiveIntegerField(null=True, blank=True)
    employee_range = models.CharField(max_length=20, blank=True, default="", db_default="")
    annual_revenue_usd = models.PositiveBigIntegerField(null=True, blank=True)
    revenue_range = models.CharField(max_length=20, blank=True, default="", db_default="")
    tags = models.CharField(max_length=500, blank=True, default="", db_default="")
    technologies = models.CharField(max_length=500, blank=True, default="", db_default="")
    is_closed = models.BooleanField(null=True, blank=True, help_text="Closed for good.")
    rating = models.FloatField(null=True, blank=True, help_text="0 to 5, as its guests rate it.")
    review_count = models.PositiveIntegerField(null=True, blank=True)

    # Where and how they are reached
    website = models.CharField(max_length=255, blank=True, default="", db_default="")
    phone = models.CharField(max_length=32, blank=True, default="", db_default="")
    email_pattern = models.CharField(
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text='For example "{first}.{last}".',
    )
    address_line = models.CharField(max_length=255, blank=True, default="", db_default="")
    city = models.CharField(max_length=100, blank=True, default="", db_default="")
    state = models.CharField(max_length=100, blank=True, default="", db_default="")
    postal_code = models.CharField(max_length=20, blank=True, default="", db_default="")
    country = models.CharField(max_length=100, blank=True, default="", db_default="")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    linkedin_url = models.CharField(max_length=255, blank=True, default="", db_default="")
    twitter_url = models.CharField(max_length=255, blank=True, default="", db_default="")
    facebook_url = models.CharField(max_length=255, blank=True, default="", db_default="")
    google_place_id = models.CharField(max_length=255, blank=True, default="", db_default="")
    yelp_id = models.CharField(max_length=64, blank=True, default="", db_default="")

    # Its domain: null and "" are unknown, which is not absent
    mail_host = models.CharField(max_length=253, blank=True, default="", db_default="")
    mail_provider = models.CharField(max_length=60, blank=True, default="", db_default="")
    mail_gateway = models.CharField(max_length=60, blank=True, default="", db_default="")
    has_mx = models.BooleanField(null=True, blank=True)
    has_spf = models.BooleanField(null=True, blank=True)
    spf = models.CharField(max_length=1000, blank=True, default="", db_default="")
    spf_level = models.CharField(
        max_length=10,
        blank=True,
        default="",
        db_default="",
        help_text="What it comes to with all it includes: broken, open, soft, strict or unknown.",
    )
    spf_lookups = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Queries it costs a receiver; 10 are allowed."
    )
    has_dkim = models.BooleanField(null=True, blank=True, help_text="Among the known selectors.")
    has_dmarc = models.BooleanField(null=True, blank=True)
    dmarc_policy = models.CharField(max_length=10, blank=True, default="", db_default="")
    dmarc_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    registrar = models.CharField(max_length=150, blank=True, default="", db_default="")
    domain_created_on = models.DateField(null=True, blank=True)
    domain_expires_on = models.DateField(null=True, blank=True)
    name_servers = models.CharField(max_length=500, blank=True, default="", db_default="")
    ip_address = models.CharField(max_length=45, blank=True, default="", db_default="")
    hosting_provider = models.CharField(max_length=150, blank=True, default="", db_default="")
    hosting_country = models.CharField(max_length=2, blank=True, default="", db_default="")

    # Whether Twilio trusts it
    trust_status = models.CharField(max_length=30, blank=True, default="", db_default="")
    trust_profile_sid = models.CharField(max_length=34, blank=True, default="", db_default="")
    trust_score = models.PositiveSmallIntegerField(null=True, blank=True)
    trust_failures = models.CharField(max_length=500, blank=True, default="", db_default="")
    trust_checked_at = models.DateTimeField(null=True, blank=True)

    provenance = models.JSONField(
        default=dict, blank=True, db_default=models.Value({}, models.JSONField())
    )
    revision = models.PositiveIntegerField(default=0, db_default=0)
    enriched_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = models.Manager()

    class Meta:
        verbose_name_plural = "companies"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="company_has_name_or_domain",
                condition=~Q(name="") | Q(domain__isnull=False),
            ),
            models.CheckConstraint(
                name="company_domain_not_blank", condition=Q(domain__isnull=True) | ~Q(domain="")
            ),
            models.UniqueConstraint(name="company_domain_once", fields=["domain"]),
            # One company per name and place while nothing better is known; importers match by it.
            models.UniqueConstraint(
                name="company_name_once",
                fields=["name_key", "place_key"],
                condition=Q(domain__isnull=True) & ~Q(name_key=""),
            ),
            within("company_rating_range", rating=(0, 5)),
            within("company_place_range", latitude=(-90, 90), longitude=(-180, 180)),
            within("company_percents_range", dmarc_percent=(0, 100), trust_score=(0, 100)),
        ]
        indexes = [
            # Importers match a name to a company that has a domain already.
            models.Index(
                name="company_by_name_key", fields=["name_key"], condition=~Q(name_key="")
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.domain or f"Company {self.pk}"
