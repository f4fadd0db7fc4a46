"""A good mapping for Dynamics' standard columns, and for the hnt_ columns of leads.

A lead's hnt_ columns are a customer's own. Those that nothing of ours fills begin with an empty
text that is not sent (transform "omit"), for somebody to choose a source; what tells how the sync
went is written with each lead (status.py). Choices are named by their labels: the numbers are the
organisation's, and come out of its metadata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crm_sync.connector import COMPANY, CONTACT, LEAD, Row

_SIZES = ("1-10", "11-50", "51-200", "51-250", "201-500", "251-1K", "501-1000", "1001-5000",
          "1K-5K", "5001-10000", "5K-10K", "10001+", "10K-50K", "50K-100K", "100K+")  # fmt: skip
_TENANT = dict(zip(_SIZES, ["small"] * 2 + ["medium"] * 2 + ["large"] * 3 + ["enterprise"] * 8,
                   strict=True))  # fmt: skip
_SEGMENT = dict(zip(_SIZES, ["SMB"] * 4 + ["MidMarket"] * 3 + ["Enterprise"] * 8, strict=True))
_INFRA = (
    "{lead.provider}, MX {company.mail_host}, SPF {company.spf_level}, DMARC {company.dmarc_policy}"
)
NOTHING = '""'


def _place(prefix: str) -> tuple[Row, ...]:
    return (
        Row("address_line", f"{prefix}line1"),
        Row("city", f"{prefix}city"),
        Row("state", f"{prefix}stateorprovince"),
        Row("postal_code", f"{prefix}postalcode"),
        Row("country", f"{prefix}country"),
    )


def _out(ours: str, remote: str, **more: object) -> Row:
    return Row(ours, remote, "push", "ours", **more)  # type: ignore[arg-type] # a Row's own


def _later(*remotes: str) -> tuple[Row, ...]:
    return tuple(_out(NOTHING, remote, transform="omit") for remote in remotes)


_PERSON = (
    Row("first_name", "firstname"),
    Row("name.last", "lastname"),
    Row("email", "emailaddress1"),
    # The number is what a contact of ours is: a person writes it there in many ways.
    _out("phone_e164", "telephone1"),
    Row("position", "jobtitle"),
)
_HUNTER = (
    _out("lead.readiness", "hnt_finalscore"),
    _out("lead.priority", "hnt_priorityscore"),
    _out("company.employee_range", "hnt_segment", options=_SEGMENT),
    _out("lead.provider", "hnt_provider"),
    _out("company.employee_range", "hnt_huntertenantsize", options=_TENANT),
    _out(_INFRA, "hnt_infrasummary", transform="truncate"),
    _out("quality_score", "hnt_confidence"),
    _out("referral.id", "hnt_referralid"),
    _out("referral.tenant_id", "hnt_tenantid"),
    _out("referral.source", "hnt_source"),
    _out("lead.tags", "hnt_m365matchtags", transform="join"),
    _out("company.domain", "hnt_domain"),
    *_later(
        "hnt_referraltype", "hnt_m365fitscore", "hnt_d365leadid",
        "hnt_lastsynctime", "hnt_syncattemptcount", "hnt_processingstatus",
        "hnt_syncerrormessage", "hnt_pushstatus", "hnt_hunterautoscoreversion",
        "hnt_isreenriched", "hnt_huntermlweightjson", "hnt_intelligencejson",
    ),
)  # fmt: skip

DEFAULTS: Mapping[str, Sequence[Row]] = {
    COMPANY: (
        _out("label", "name", transform="truncate"),
        Row("website", "websiteurl"),
        Row("phone", "telephone1"),
        Row("employee_count", "numberofemployees"),
        Row("description", "description", "both", "blank"),
        *_place("address1_"),
    ),
    CONTACT: (*_PERSON, Row("department", "department"), *_place("address1_")),
    LEAD: (
        _out("{company.label|name.full|phone}", "subject", transform="truncate"),
        *_PERSON,
        _out("company.label", "companyname", transform="truncate"),
        _out("company.website", "websiteurl"),
        *_place("address1_"),
        *_HUNTER,
    ),
}
SAME_BY: Mapping[str, Sequence[tuple[str, str]]] = {
    COMPANY: (("website", "websiteurl"),),
    CONTACT: (("email", "emailaddress1"),),
    LEAD: (("email", "emailaddress1"),),
}
