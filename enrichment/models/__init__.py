"""The tables of the enrichment room."""

from enrichment.models.answer import Answer
from enrichment.models.discovery import Discovery, DiscoveryFind, DiscoveryPlace
from enrichment.models.fates import Fate
from enrichment.models.item import RunItem, RunLookup
from enrichment.models.leads import DomainScan, LeadChange, LeadScore, ScanItem
from enrichment.models.recipe import Recipe, RecipeField, RecipeStep
from enrichment.models.rehearsal import Rehearsal, RehearsalGap
from enrichment.models.run import Run
from enrichment.models.team import Team, TeamMember
from enrichment.models.upkeep import Upkeep
from enrichment.models.usable import UsableDay

__all__ = [
    "Answer", "Discovery", "DiscoveryFind", "DiscoveryPlace", "DomainScan", "Fate", "LeadChange",
    "LeadScore", "Recipe", "RecipeField", "RecipeStep", "Rehearsal", "RehearsalGap",
    "Run", "RunItem", "RunLookup", "ScanItem", "Team", "TeamMember", "Upkeep", "UsableDay",
]  # fmt: skip
