"""Twilio Lookup: what is known about a phone number, package by package."""

from __future__ import annotations

from datetime import timedelta

from integrations.auth import basic
from integrations.errors import ContractBroken
from integrations.provider import (
    Api,
    Gather,
    Provider,
    Secret,
    Switch,
    Told,
    days,
    usd,
)
from integrations.providers.twilio.addons import RPV_UNIQUE_NAME, ask_add_ons
from integrations.providers.twilio.asking import ask_packages, batch_size
from integrations.providers.twilio.errors import classify
from integrations.providers.twilio.packages import IDENTITY_QUERY, PACKAGES
from integrations.reading import Reader

READ = Reader("Twilio")
NEEDS_APPROVAL = "Twilio enables it on request."

TWILIO = Provider(
    slug="twilio",
    label="Twilio Lookup",
    docs="https://www.twilio.com/docs/lookup/v2-api",
    base_url="https://lookups.twilio.com",
    auth=basic("account_sid", "auth_token"),
    secrets=(
        Secret(
            "account_sid",
            "Account SID",
            "TWILIO_ACCOUNT_SID",
            pattern=r"AC[0-9a-fA-F]{32}",
            hint="AC and 32 hexadecimal digits, on the first page of the Twilio console",
        ),
        Secret(
            "auth_token",
            "Auth Token",
            "TWILIO_AUTH_TOKEN",
            pattern=r"[0-9a-fA-F]{32}",
            hint="32 hexadecimal digits, below the Account SID",
            signs=True,
        ),
    ),
    # Twilio limits what is in flight, not the rate (error 20429); each account has its own limit.
    max_in_flight=100,
    # Packages that ask the carrier itself (SIM swap, line status) take their time.
    timeout_s=20.0,
    classify=classify,
    error_docs="https://www.twilio.com/docs/api/errors/{code}",
    switches=(
        Switch(
            "batch_size",
            "Numbers per request",
            1,
            hint="1 asks number by number; up to 100 if Twilio gave you POST /v2/batch/query",
        ),
        Switch("rpv_unique_name", "Unique name of Real Phone Validation", RPV_UNIQUE_NAME),
        Switch("scout_unique_name", "Unique name of IceHook Scout", "icehook_scout"),
    ),
)

_V2 = Gather("packages", by="phone", ask=ask_packages, size=batch_size)
# Lookup v1 has no free check of its own, so add-ons wait for v2 to call the number valid.
_V1 = Gather("add_ons", by="phone", ask=ask_add_ons, size=lambda options: 1)

TWILIO.add(
    "validation",
    {"phone"},
    {"phone_is_valid", "phone_country", "phone_validation_errors"},
    usd("0", source="https://www.twilio.com/docs/lookup/v2-api/formatting-validation"),
    days(365),
    gather=_V2,
)
TWILIO.add(
    "line_type",
    {"phone"},
    {"line_type", "carrier_name", "mobile_country_code", "mobile_network_code"},
    usd("0.008"),
    days(180),
    miss_fresh_for=days(90),
    note="Canadian numbers need an approval from Twilio.",
    gather=_V2,
)
TWILIO.add(
    "caller_name",
    {"phone"},
    {"caller_name", "caller_type"},
    usd("0.01"),
    days(180),
    miss_fresh_for=days(90),
    note="United States only; billed also when no name is known.",
    gather=_V2,
)
TWILIO.add(
    "sms_pumping_risk",
    {"phone"},
    {
        "sms_pumping_risk_score",
        "sms_pumping_risk_level",
        "sms_pumping_carrier_risk",
        "sms_pumping_is_blocked",
    },
    usd("0.025"),
    days(30),
    label="SMS pumping risk",
    note="Free in North America on many accounts.",
    gather=_V2,
)
TWILIO.add(
    "sim_swap",
    {"phone"},
    {"sim_swapped_at", "sim_swap_period", "is_sim_swapped_in_period"},
    usd("0.03"),
    days(1),
    label="SIM swap",
    is_on_by_default=False,
    note=NEEDS_APPROVAL,
    gather=_V2,
)
TWILIO.add(
    "call_forwarding",
    {"phone"},
    {"is_call_forwarded"},
    usd("0.03"),
    days(1),
    is_on_by_default=False,
    note=f"United Kingdom only. {NEEDS_APPROVAL}",
    gather=_V2,
)
TWILIO.add(
    "line_status",
    {"phone"},
    {"line_status"},
    usd("0.007"),
    days(7),
    is_on_by_default=False,
    note=NEEDS_APPROVAL,
    gather=_V2,
)
TWILIO.add(
    "reassigned_number",
    {"phone", "consent_on"},
    {"is_reassigned", "reassigned_checked_on"},
    usd("0.02"),
    days(30),
    is_on_by_default=False,
    note=f"United States only; needs the date of consent, YYYYMMDD. {NEEDS_APPROVAL}",
    gather=_V2,
)
TWILIO.add(
    "identity_match",
    {"phone", "last_name"},
    {"identity_match_score"},
    usd("0.10"),
    days(90),
    miss_fresh_for=days(30),
    uses=set(IDENTITY_QUERY) - {"last_name"},
    is_on_by_default=False,
    note=NEEDS_APPROVAL,
    gather=_V2,
)
TWILIO.add(
    "quality_score",
    {"phone"},
    {"phone_quality_score"},
    usd("0.03"),
    days(30),
    is_on_by_default=False,
    note=NEEDS_APPROVAL,
    gather=_V2,
)
TWILIO.add(
    "pre_fill",
    {"phone"},
    {"first_name", "last_name", "address_line", "city", "state", "postal_code"},
    usd("0.10"),
    days(180),
    miss_fresh_for=days(90),
    label="Pre-fill",
    is_on_by_default=False,
    note=NEEDS_APPROVAL,
    gather=_V2,
)
TWILIO.add(
    "real_phone_validation",
    {"phone", "phone_is_valid"},
    {"rpv_status", "rpv_is_cell", "rpv_cnam", "rpv_carrier", "rpv_error"},
    usd("0.06"),
    days(30),
    is_on_by_default=False,
    note="Add-on of Lookup v1; install it in the Twilio console first.",
    gather=_V1,
)
TWILIO.add(
    "icehook_scout",
    {"phone", "phone_is_valid"},
    {
        "is_ported",
        "location_routing_number",
        "operating_company_name",
        "operating_company_type",
    },
    usd("0.005"),
    days(90),
    miss_fresh_for=days(30),
    label="IceHook Scout",
    is_on_by_default=False,
    note="Add-on of Lookup v1; install it in the Twilio console first.",
    gather=_V1,
)


@TWILIO.tests
async def validate_a_reserved_number(api: Api) -> str:
    """Return what a free validation of a number that nobody has says of the account."""
    body = await api.get("/v2/PhoneNumbers/%2B14155550100")
    if not isinstance(body, dict) or not isinstance(body.get("valid"), bool):
        raise ContractBroken("Twilio: the answer does not say whether the number is valid")
    return (
        "Twilio accepts the Account SID and the Auth Token, and Lookup answers. Whether your"
        " contract has a package shows only when a number is asked, which may cost money."
    )


@TWILIO.tells
async def ask_for_limits(api: Api) -> list[Told]:
    """Return the limits of packages: Twilio's own and those that the account has set itself.

    `ttl` is taken as the seconds of the window; a rule without one, or of a package that we do not
    ask, says nothing to us.
    """
    body = READ.body(await api.get("/v2/RateLimits"), "rate_limits")
    names = {package.key: package.name for package in PACKAGES.values()}
    found = []
    for rule in READ.parts(body, "rate_limits"):
        field, bucket = READ.text(rule, "field"), READ.text(rule, "bucket")
        limit, seconds = READ.whole(rule, "limit"), READ.whole(rule, "ttl", 31 * 86_400)
        if field in names and limit and seconds:
            name = f"lookups of {field.replace('_', ' ')}" + (f" ({bucket})" if bucket else "")
            window = timedelta(seconds=seconds)
            found.append(Told(name, None, limit, window, None, frozenset({names[field]})))
    return found
