"""The tables of the enrichment room."""

from enrichment.models.answer import Answer
from enrichment.models.recipe import Recipe, RecipeField, RecipeStep
from enrichment.models.run import Run, RunItem, RunLookup

__all__ = ["Answer", "Recipe", "RecipeField", "RecipeStep", "Run", "RunItem", "RunLookup"]
