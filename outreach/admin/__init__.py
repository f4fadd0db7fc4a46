"""The back office of outreach."""

from outreach.admin.campaigns import CampaignAdmin
from outreach.admin.consents import ConsentAdmin, RulesAdmin
from outreach.admin.messages import MessageAdmin
from outreach.admin.templates import TemplateAdmin

__all__ = ["CampaignAdmin", "ConsentAdmin", "MessageAdmin", "RulesAdmin", "TemplateAdmin"]
