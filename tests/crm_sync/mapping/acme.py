"""Acme: a small CRM of the tests, whose connector has something of everything."""

from __future__ import annotations

from typing import Any

from crm_sync.connector import COMPANY, CONTACT, Field, Row, Written
from integrations.auth import bearer
from integrations.provider import Provider

CONTACT_FIELDS = (
    Field("Given", "Given name", length=40),
    Field("Family", "Family name", length=80, is_required=True),
    Field("Mail", "E-mail", "email", 80),
    Field("Tel", "Telephone", "phone", 40),
    Field("Job", "Job title", length=20),
    Field("Land", "Country", length=80),
    Field("Kind", "Kind of line", "option", options={"1": "Mobile", "2": "Landline"}),
    Field("Marks", "Marks", "options", options={"a": "Alpha", "b": "Beta"}),
    Field("Score", "Score", "number"),
    Field("Since", "Since", "datetime"),
    Field("Day", "Day of consent", "date"),
    Field("Ported", "Ported", "bool"),
    Field("Firm", "Firm", length=50),
    Field("Note", "Note"),
    Field("Owner", "Owner", "reference", is_readonly=True),
    Field("OurKey", "Our key", length=36, is_key=True),
)
COMPANY_FIELDS = (
    Field("Name", "Name", length=100, is_required=True),
    Field("Web", "Website", "url", 255),
    Field("Revenue", "Revenue", "money"),
    Field("OurKey", "Our key", length=36, is_key=True),
)
ROWS = (
    Row("first_name", "Given"),
    Row("name.last", "Family"),
    Row("email", "Mail"),
    Row("phone_e164", "Tel"),
    Row("position", "Job", wins="remote", transform="truncate"),
    Row("country", "Land", transform="country_name"),
    Row("line_type", "Kind", "push", options={"mobile": "1", "landline": "Landline"}),
    Row("quality_score", "Score", "push"),
    Row("company.name", "Firm", "push", transform="truncate"),
)


class Acme:
    slug, label, docs = "acme", "Acme", "https://acme.test/docs"
    provider = Provider("acme", label, docs, "https://acme.test", auth=bearer("token"), secrets=())
    objects = (COMPANY, CONTACT)
    key_fields = {CONTACT: "OurKey", COMPANY: "OurKey"}
    batch = {CONTACT: 100, COMPANY: 100}
    per_call, call_cost = 100, 1
    has_upsert = True
    defaults = {CONTACT: ROWS, COMPANY: (Row("name", "Name"), Row("website", "Web"))}
    same_by = {CONTACT: (("email", "Mail"),)}

    async def describe(self, api, obj):
        return CONTACT_FIELDS if obj == CONTACT else COMPANY_FIELDS

    async def allowances(self, api):
        return []

    async def check(self, api, obj):
        return []

    async def write(self, api, obj, writes):
        return [Written(one.key, "created", f"r-{one.key}") for one in writes]

    async def relate(self, api, pairs):
        return []

    async def delete(self, api, obj, remote_ids):
        return [Written(one, "gone") for one in remote_ids]

    async def read(self, api, obj, remote_ids, fields):
        return []

    async def find(self, api, obj, by, fields):
        return []

    async def changed(self, api, obj, cursor, fields):
        raise NotImplementedError


ACME = Acme()
FIELDS = {one.name: one for one in CONTACT_FIELDS}
ADA = {
    "first_name": "Ada", "name.last": "Lovelace", "last_name": "Lovelace", "full_name": "",
    "email": "ada@example.test", "phone_e164": "+14155550100", "position": "Analyst",
    "country": "US", "line_type": "mobile", "quality_score": 88, "company.name": "Birch Ltd",
}  # fmt: skip
ADA_THERE: dict[str, Any] = {
    "Given": "Ada", "Family": "Lovelace", "Mail": "ada@example.test", "Tel": "+14155550100",
    "Job": "Analyst", "Land": "United States", "Kind": "1", "Score": 88, "Firm": "Birch Ltd",
}  # fmt: skip
