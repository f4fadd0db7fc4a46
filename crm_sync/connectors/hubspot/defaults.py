"""A good mapping for HubSpot's own properties, to begin with.

Neither `lifecyclestage` nor `hs_lead_status` is in it: HubSpot gives a new contact its stage, sales
people move it on, and a sync that wrote it would put it back every time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crm_sync.connector import COMPANY, CONTACT, Row

DEFAULTS: Mapping[str, Sequence[Row]] = {
    CONTACT: (
        Row("name.first", "firstname"),
        Row("name.last", "lastname"),
        Row("email", "email"),
        # The number is what a contact of ours is: a person writes it there in many ways.
        Row("phone_e164", "phone", "push", "ours"),
        Row("position", "jobtitle"),
        Row("company.name", "company", "push", "blank"),
        Row("company.website", "website", "push", "blank"),
        Row("linkedin_url", "hs_linkedin_url"),
        Row("address_line", "address"),
        Row("city", "city"),
        Row("state", "state"),
        Row("postal_code", "zip"),
        Row("country", "country"),
    ),
    COMPANY: (
        Row("name", "name"),
        Row("domain", "domain", "push", "ours"),
        Row("website", "website"),
        Row("phone", "phone"),
        Row("description", "description", "both", "blank"),
        Row("employee_count", "numberofemployees"),
        Row("annual_revenue_usd", "annualrevenue"),
        Row("founded_year", "founded_year", "push", "blank"),
        Row("address_line", "address"),
        Row("city", "city"),
        Row("state", "state"),
        Row("postal_code", "zip"),
        Row("country", "country"),
        Row("linkedin_url", "linkedin_company_page"),
        Row("facebook_url", "facebook_company_page"),
    ),
}
SAME_BY: Mapping[str, Sequence[tuple[str, str]]] = {
    CONTACT: (("email", "email"),),
    COMPANY: (("domain", "domain"),),
}
