"""Twilio Trust Hub: whether Twilio trusts a business, by its customer profile.

`verify` finds the profile of a company, or makes, fills, evaluates and submits one where the
account's switch says so. Whoever is asked again, or killed half-way, goes on where the profile
stands: everything is looked for before it is made (profiles.py, building.py). `review` reads one
known profile anew. All of it is free at Twilio.
"""

from __future__ import annotations

from datetime import UTC, datetime

from integrations.auth import basic
from integrations.firm_domains import firm_domain
from integrations.provider import (
    FREE,
    SECOND,
    Api,
    Fact,
    Provider,
    Question,
    Rate,
    Secret,
    Switch,
    days,
)
from integrations.providers.own.refusing import refused
from integrations.providers.twilio.errors import classify
from integrations.providers.twilio_trust_hub.building import finish
from integrations.providers.twilio_trust_hub.profiles import READ, Profile, find, make, read_profile
from integrations.turns import turn

# The profile's status as a score, which is ours (after the predecessor's); Twilio has none.
SCORES = {
    "twilio-approved": 100, "in-review": 60, "pending-review": 50, "draft": 10,
    "twilio-rejected": 0,
}  # fmt: skip
OURS_SURE, NAMESAKE_SURE = 1.0, 0.7
LONGEST_FAILURES = 500
NO_FAILURE = "none"  # an empty answer would leave an older list standing
SUPPLIES = {
    "company.trust_status", "company.trust_profile_sid", "company.trust_score",
    "company.trust_failures", "company.trust_checked_at",
}  # fmt: skip

TWILIO_TRUST_HUB = Provider(
    slug="twilio_trust_hub",
    label="Twilio Trust Hub",
    docs="https://www.twilio.com/docs/trust-hub/trusthub-rest-api",
    base_url="https://trusthub.twilio.com",
    hosts={"api": "https://api.twilio.com"},
    auth=basic("account_sid", "auth_token"),
    secrets=(
        Secret(
            "account_sid",
            "Account SID",
            "TWILIO_ACCOUNT_SID",
            pattern=r"AC[0-9a-fA-F]{32}",
            hint="AC and 32 hexadecimal digits; the same as Twilio Lookup's",
        ),
        Secret(
            "auth_token",
            "Auth Token",
            "TWILIO_AUTH_TOKEN",
            pattern=r"[0-9a-fA-F]{32}",
            hint="32 hexadecimal digits, below the Account SID",
        ),
    ),
    rate=Rate(10, per=SECOND),
    max_in_flight=10,
    timeout_s=20.0,
    classify=classify,
    error_docs="https://www.twilio.com/docs/api/errors/{code}",
    switches=(
        Switch(
            "makes_profiles",
            "Make profiles that are missing",
            False,
            hint="Off, companies without a profile stay unknown, and nothing is written at Twilio",
        ),
        Switch("email", "E-mail for changes of status", "", hint="Twilio wants one for a profile"),
        Switch("policy_sid", "Policy SID", "", hint="Empty: the secondary business profile's"),
        Switch("primary_sid", "Primary profile SID", "", hint="Your own approved profile, BU…"),
        Switch("status_callback", "Status callback", "", hint="An https address, or empty"),
    ),
    notice="With “Make profiles that are missing” this creates real profiles at Twilio, under your"
    " name. It is off until you switch it on.",
)


@TWILIO_TRUST_HUB.lookup(
    "verify",
    needs={"company.name", "company.domain"},
    uses={
        "company.legal_name", "company.company_type", "company.phone", "company.address_line",
        "company.city", "company.state", "company.postal_code", "company.country",
    },
    supplies=SUPPLIES,
    price=FREE,
    fresh_for=days(90),
    miss_fresh_for=days(7),
    label="Trust of a business",
    note="A profile that is being reviewed is read anew by the lookup “Review of a profile”.",
)  # fmt: skip
async def verify(api: Api, q: Question) -> list[Fact]:
    """Return the trust of a company; nothing where it has no profile and none is to be made.

    Raises QuestionRejected for a domain that is no company's, and for a name without a letter.
    """
    domain = firm_domain(q.get("company.domain"), "Twilio Trust Hub")
    name = " ".join(q.get("company.name").split())
    if not any(c.isalnum() for c in name):
        raise refused("company.name", "has no letter in it")
    async with turn(api.memory, domain):
        profile = await find(api, name, domain)
        if not profile and api.options.get("makes_profiles"):
            profile = await make(api, name, domain)
        if not profile:
            return []
        if profile.is_ours and profile.status == "draft" and api.options.get("makes_profiles"):
            profile = await finish(api, q, profile)
    return _facts(profile)


@TWILIO_TRUST_HUB.lookup(
    "review",
    needs={"company.trust_profile_sid"},
    supplies=SUPPLIES - {"company.trust_profile_sid"},
    price=FREE,
    fresh_for=days(1),
    label="Review of a profile",
    note="Reviews take days, so a profile that is known is read again every day it is wanted.",
)
async def review(api: Api, q: Question) -> list[Fact]:
    """Return what became of a profile. Raises NotFound for one that is there no more."""
    sid = q.get("company.trust_profile_sid")
    if not sid.startswith("BU") or not sid.isalnum():
        raise refused("company.trust_profile_sid", "BU and 32 hexadecimal digits expected")
    found = READ.body(await api.get(f"/v1/CustomerProfiles/{sid}"))
    facts = _facts(read_profile(found, is_ours=True))
    return [fact for fact in facts if fact.field != "company.trust_profile_sid"]


@TWILIO_TRUST_HUB.tests
async def ask_for_a_policy(api: Api) -> str:
    """Return that Trust Hub answers the account; reading policies costs nothing."""
    READ.body(await api.get("/v1/Policies", PageSize="1"), "results")
    return "Twilio's Trust Hub accepts the Account SID and the Auth Token."


def _facts(profile: Profile) -> list[Fact]:
    sure = OURS_SURE if profile.is_ours else NAMESAKE_SURE
    now, failures = datetime.now(UTC).isoformat(timespec="seconds"), "; ".join(profile.failures)
    facts = [
        Fact("company.trust_status", profile.status, sure),
        Fact("company.trust_profile_sid", profile.sid, sure),
        Fact("company.trust_failures", failures[:LONGEST_FAILURES] or NO_FAILURE, sure),
        Fact("company.trust_checked_at", now, sure),
    ]
    if profile.status in SCORES:
        facts.append(Fact("company.trust_score", SCORES[profile.status], sure))
    return facts
