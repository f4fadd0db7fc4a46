"""Leads in the back office: the list, the page of one, and scans."""

from enrichment.admin.leads.listing import LeadAdmin

__all__ = ["LeadAdmin"]
