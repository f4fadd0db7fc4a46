"""The tables of the enrichment room."""

from enrichment.models.answer import Answer
from enrichment.models.recipe import Recipe, RecipeField, RecipeStep
from enrichment.models.run import Run, RunItem, RunLookup
from enrichment.models.upkeep import Upkeep

__all__ = [
    "Answer", "Recipe", "RecipeField", "RecipeStep", "Run", "RunItem", "RunLookup", "Upkeep",
]  # fmt: skip
