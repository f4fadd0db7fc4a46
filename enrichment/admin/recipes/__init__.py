"""The back office of recipes: the wanted fields, and for each the lookups that may supply it."""

from enrichment.admin.recipes.listing import RecipeAdmin

__all__ = ["RecipeAdmin"]
