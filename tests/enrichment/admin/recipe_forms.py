"""What a browser sends of a recipe, and what is kept of it."""

from django.urls import reverse

from enrichment import keeping
from enrichment.models import Recipe
from enrichment.recipes import snapshot

ADD = "/admin/enrichment/recipe/add/"
ARRANGE = "/admin/enrichment/recipe/arrange/"
LINE = ("line_type", "0.5", ["twilio.line_type"])
STATUS = ("line_status", "0.9", ["twilio.line_status"])


def page_of(recipe, page="change"):
    return reverse(f"admin:enrichment_recipe_{page}", args=[recipe.pk])


def form(*wishes, recipe=None, **changes):
    """What the browser sends: wishes are (field, sufficient, lookups)."""
    posted = {"name": "Mine", "description": "", "fresh_days": "", "cap_usd": "", "do": "save",
              "field": [field for field, *_ in wishes]}  # fmt: skip
    for field, sufficient, steps in wishes:
        posted |= {f"sufficient.{field}": sufficient, f"step.{field}": steps}
    return posted | ({"seen": keeping.version(recipe)} if recipe else {}) | changes


def kept(recipe):
    return snapshot(Recipe.objects.get(pk=recipe.pk))["wanted"]
