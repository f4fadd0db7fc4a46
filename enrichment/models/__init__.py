"""The tables of the enrichment room."""

from enrichment.models.answer import Answer
from enrichment.models.discovery import Discovery, DiscoveryFind, DiscoveryPlace, Fate
from enrichment.models.leads import DomainScan, LeadChange, LeadScore, ScanItem
from enrichment.models.recipe import Recipe, RecipeField, RecipeStep
from enrichment.models.run import Run, RunItem, RunLookup

__all__ = [
    "Answer",
    "Discovery",
    "DiscoveryFind",
    "DiscoveryPlace",
    "DomainScan",
    "Fate",
    "LeadChange",
    "LeadScore",
    "Recipe",
    "RecipeField",
    "RecipeStep",
    "Run",
    "RunItem",
    "RunLookup",
    "ScanItem",
]
