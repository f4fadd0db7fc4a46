"""What a company's own page shows of its lead."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from contacts.models import Company
from enrichment.leads import wording
from enrichment.models import LeadScore


def panel(request: HttpRequest, company: Company) -> SafeString | str:
    """Return the company's lead in a few words, "" for who may not see leads."""
    if not request.user.has_perm("enrichment.view_leadscore"):
        return ""
    lead = LeadScore.objects.filter(pk=company.pk).first()
    context = {
        "lead": lead,
        "company": company,
        "provider": wording.provider(lead.provider) if lead else "",
        "may_scan": request.user.has_perm("enrichment.scan_lead"),
    }
    return render_to_string("enrichment/leads/_panel.html", context)
