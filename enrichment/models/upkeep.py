"""Upkeep: a recipe asked again over contacts whose fields have gone stale, within a budget."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from enrichment.models.recipe import Recipe
from integrations.money import UsdField


class Upkeep(models.Model):
    """While it is on, runs are made and approved by themselves: one at a time, one a day."""

    name = models.CharField(max_length=100)
    recipe = models.ForeignKey(Recipe, on_delete=models.PROTECT, related_name="upkeeps")
    selection = models.JSONField(
        default=dict, blank=True, help_text="Filters over contacts, as runs have them."
    )
    after_days = models.PositiveSmallIntegerField(
        default=180, help_text="A field that was answered longer ago is asked again."
    )
    monthly_cap_usd = UsdField(help_text="What its runs may spend in a calendar month (UTC).")
    is_on = models.BooleanField(default=False)
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)
    note = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    objects = models.Manager()

    class Meta:
        verbose_name_plural = "upkeep"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="upkeep_cap_not_negative", condition=Q(monthly_cap_usd__gte=0)
            ),
            models.CheckConstraint(name="upkeep_after_days", condition=Q(after_days__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name
