"""Recipe: which fields are wanted, and for each the waterfall of lookups that may supply it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from enrichment import conditions
from integrations.money import UsdField


class Recipe(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    fresh_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Answers older than this are asked again, and paid again."
    )
    cap_usd = UsdField(null=True, blank=True, help_text="What a run is proposed to spend at most.")
    cap_per_contact_usd = UsdField(
        null=True, blank=True, help_text="A lookup that would pass it is not asked."
    )
    is_archived = models.BooleanField(default=False)
    known_lookups = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), editable=False,
        help_text="Those that there were when somebody last saved it; newer ones are offered.",
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = models.Manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="recipe_cap_not_negative", condition=Q(cap_usd=None) | Q(cap_usd__gte=0)
            ),
            models.CheckConstraint(
                name="recipe_contact_cap_not_negative",
                condition=Q(cap_per_contact_usd=None) | Q(cap_per_contact_usd__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RecipeField(models.Model):
    """A wanted golden field and the confidence at which its waterfall stops."""

    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="fields")
    position = models.PositiveSmallIntegerField(default=0)
    field = models.CharField(max_length=60)
    sufficient = models.FloatField(default=0.5, help_text="Confidence, 0 to 1, that is enough.")
    fresh_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Instead of the recipe's and the lookup's own."
    )

    objects = models.Manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(name="recipefield_once", fields=["recipe", "field"]),
            models.CheckConstraint(
                name="recipefield_sufficient_range", condition=Q(sufficient__range=(0, 1))
            ),
        ]

    def __str__(self) -> str:
        return self.field


class RecipeStep(models.Model):
    """One lookup of a waterfall."""

    wanted = models.ForeignKey(RecipeField, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(default=0)
    lookup = models.CharField(max_length=100, help_text='For example "twilio.line_type".')
    condition = models.CharField(
        max_length=20,
        choices=conditions.CHOICES,
        blank=True,
        default="",
        db_default="",
        help_text="When it is asked at all.",
    )
    beside = models.BooleanField(
        default=False, db_default=False, help_text="Side by side with the step before it."
    )

    objects = models.Manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(name="recipestep_once", fields=["wanted", "lookup"]),
        ]

    def __str__(self) -> str:
        return self.lookup
