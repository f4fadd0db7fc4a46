"""Company: an entity of its own, shared by its contacts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Company(models.Model):
    """Keyed by domain where one is known, else by its normalised name."""

    name = models.CharField(max_length=255, blank=True)
    name_key = models.CharField(
        max_length=255,
        blank=True,
        help_text="The name folded for comparison: case, accents, punctuation, legal form.",
    )
    domain = models.CharField(
        max_length=253, null=True, blank=True, help_text="Registrable domain, lower case."
    )
    external_id = models.CharField(max_length=100, blank=True)

    provenance = models.JSONField(default=dict, blank=True)
    revision = models.PositiveIntegerField(default=0)
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
            # One company per name while nothing better is known; importers read it to match.
            models.UniqueConstraint(
                name="company_name_once",
                fields=["name_key"],
                condition=Q(domain__isnull=True) & ~Q(name_key=""),
            ),
        ]
        indexes = [
            # Importers match a name to a company that has a domain already.
            models.Index(
                name="company_by_name_key", fields=["name_key"], condition=~Q(name_key="")
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.domain or f"Company {self.pk}"
