"""Fills a draft of ours, lets Twilio evaluate it, and submits it when nothing is missing.

Each part is looked for before it is made: on the profile, then by its name among all of its kind.
What a policy wants beyond business and address (an authorized representative) a person adds in
Twilio's console; until then the evaluation's reasons are the failures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from integrations.provider import Api, Question
from integrations.providers.twilio_trust_hub.profiles import READ, Profile, read_profile, rows
from integrations.reading import Body

PLACE = ("address_line", "city", "state", "postal_code")
BUSINESS, ADDRESS = "customer_profile_business_information", "customer_profile_address"
# Our words for a company's form, in Twilio's (api-create-secondary-customer-profile, Nov 2026).
FORMS: Mapping[str, str] = {
    "corporation": "Corporation", "corp": "Corporation", "inc": "Corporation",
    "llc": "Limited Liability Corporation", "partnership": "Partnership",
    "sole proprietorship": "Sole Proprietorship", "individual": "Sole Proprietorship",
    "nonprofit": "Non-profit Corporation", "non-profit": "Non-profit Corporation",
}  # fmt: skip


async def finish(api: Api, q: Question, profile: Profile) -> Profile:
    """Return the draft with what is known attached, evaluated, and submitted if it complies."""
    path = f"/v1/CustomerProfiles/{profile.sid}"
    held = {READ.text(one, "object_sid") async for one in rows(api, f"{path}/EntityAssignments")}
    primary = str(api.options.get("primary_sid") or "")
    if primary and primary not in held:
        await _attach(api, path, primary)
    if not any(sid.startswith("IT") for sid in held):
        await _attach(api, path, await _business(api, q, profile))
    has_place = all(q.get(f"company.{part}") for part in PLACE)
    if has_place and not any(sid.startswith("RD") for sid in held):
        await _attach(api, path, await _address(api, q, profile))
    evaluated = READ.body(
        await api.post(f"{path}/Evaluations", form={"PolicySid": profile.policy_sid})
    )
    if READ.text(evaluated, "status") != "compliant":
        return replace(profile, failures=tuple(_failures(evaluated)))
    submitted = await api.post(path, form={"Status": "pending-review"})
    return read_profile(READ.body(submitted), is_ours=True)


async def _attach(api: Api, path: str, sid: str) -> None:
    await api.post(f"{path}/EntityAssignments", form={"ObjectSid": sid})


async def _business(api: Api, q: Question, profile: Profile) -> str:
    form = q.get("company.company_type").strip().lower().rstrip(".")
    told = {
        "business_name": q.get("company.legal_name") or q.get("company.name"),
        "business_type": FORMS.get(form, ""),
        "website_url": f"https://{q.get('company.domain')}",
        "business_regions_of_operation": "USA_AND_CANADA",
        "business_identity": "direct_customer",
    }
    attributes = {name: value for name, value in told.items() if value}
    return await _found_or_made(
        api, "/v1/EndUsers", f"{profile.name} business", BUSINESS, attributes
    )


async def _address(api: Api, q: Question, profile: Profile) -> str:
    """Return the document of the company's address, with the address it stands on."""
    path = f"api:/2010-04-01/Accounts/{profile.account_sid}/Addresses.json"
    country = q.get("company.country").strip().upper()
    named = {"FriendlyName": profile.name[:64]}
    sid = ""
    async for one in rows(api, path, "addresses", **named):
        sid = sid or READ.text(one, "sid")
    if not sid:
        form = {
            **named,
            "CustomerName": q.get("company.legal_name") or q.get("company.name"),
            "Street": q.get("company.address_line"),
            "City": q.get("company.city"),
            "Region": q.get("company.state"),
            "PostalCode": q.get("company.postal_code"),
            "IsoCountry": country if len(country) == 2 else "US",
        }
        sid = _sid(READ.body(await api.post(path, form=form)))
    name = f"{profile.name} address"
    return await _found_or_made(
        api, "/v1/SupportingDocuments", name, ADDRESS, {"address_sids": sid}
    )


async def _found_or_made(
    api: Api, path: str, name: str, kind: str, attributes: Mapping[str, Any]
) -> str:
    """Return the SID of the thing with this name, made where there is none."""
    async for one in rows(api, path):
        if READ.text(one, "friendly_name") == name and READ.text(one, "type") == kind:
            return _sid(one)
    form = {
        "FriendlyName": name,
        "Type": kind,
        "Attributes": orjson.dumps(attributes).decode(),
    }
    return _sid(READ.body(await api.post(path, form=form)))


def _sid(body: Body) -> str:
    sid = READ.text(body, "sid")
    if not sid:
        raise READ.broken("sid", None)
    return sid


def _failures(evaluated: Body) -> list[str]:
    """Return what an evaluation misses: a requirement's own reason, then its fields."""
    found = []
    for one in READ.parts(evaluated, "results"):
        if READ.flag(one, "passed"):
            continue
        fields = [READ.text(each, "object_field") for each in READ.parts(one, "invalid")]
        missing = f" ({', '.join(filter(None, fields))})" if any(fields) else ""
        name = READ.text(one, "friendly_name") or READ.text(one, "object_type")
        found.append(f"{name}: {READ.text(one, 'failure_reason') or 'not passed'}{missing}")
    return found
