"""The back office of the enrichment room."""

from enrichment.admin.answers import AnswerAdmin
from enrichment.admin.discoveries import DiscoveryAdmin
from enrichment.admin.items import RunItemAdmin
from enrichment.admin.leads import LeadAdmin
from enrichment.admin.recipes import RecipeAdmin
from enrichment.admin.runs import RunAdmin
from enrichment.admin.teams import TeamAdmin
from enrichment.admin.upkeep import UpkeepAdmin

__all__ = [
    "AnswerAdmin",
    "DiscoveryAdmin",
    "LeadAdmin",
    "RecipeAdmin",
    "RunAdmin",
    "RunItemAdmin",
    "TeamAdmin",
    "UpkeepAdmin",
]
