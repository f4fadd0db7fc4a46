"""What outreach keeps: words, consents, rules, campaigns and messages."""

from outreach.models.campaign import Campaign
from outreach.models.consent import Consent
from outreach.models.message import Message
from outreach.models.rules import Rules
from outreach.models.template import Channel, Template

__all__ = ["Campaign", "Channel", "Consent", "Message", "Rules", "Template"]
