"""NumVerify: whether a number is valid, on what kind of line, and with which carrier."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from integrations.auth import header_key, query_key
from integrations.errors import (
    CallError,
    ContractBroken,
    CredentialRejected,
    NotEntitled,
    QuestionRejected,
    QuotaExhausted,
    Throttled,
)
from integrations.provider import (
    SECOND,
    Api,
    Fact,
    Provider,
    Question,
    Rate,
    Secret,
    Switch,
    Told,
    days,
    usd,
)
from integrations.reading import Body, Reader, whole_of

READ = Reader("NumVerify")

# What NumVerify calls a line, in our words; what has no word of ours counts as unknown.
LINE_TYPES: Mapping[str, str] = {
    "mobile": "mobile",
    "landline": "landline",
    "toll_free": "toll_free",
    "premium_rate": "premium",
    "paging": "pager",
}
# apilayer's error codes; 200 and above are about the question.
ERRORS: Mapping[str, type[CallError]] = {
    "101": CredentialRejected,
    "102": CredentialRejected,  # the account was switched off
    "104": QuotaExhausted,
    "105": NotEntitled,  # the plan lacks https
}
NO_NUMBER = "210"
MARKETPLACE = header_key("apikey")
# It reads numbering plans, not the carriers: less sure than a carrier's own word. The place of a
# landline is where its exchange stands, not where its holder lives.
SURE, UNKNOWN, PLACE = 0.8, 0.3, 0.3


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return what NumVerify means: its errors come as HTTP 200, and good bodies say no success.

    The marketplace answers 429 also when the day's or the month's calls are used up, and says so.
    """
    if status == 429:
        words = str(body.get("message") or "") if isinstance(body, dict) else ""
        is_used_up = any(span in words.lower() for span in ("monthly", "daily"))
        kind = QuotaExhausted if is_used_up else Throttled
        return kind(f"NumVerify: {words or 'HTTP 429'}", status=status)
    if not isinstance(body, dict) or body.get("success") is not False:
        return None
    error = body.get("error")
    error = error if isinstance(error, dict) else {}
    code, words = str(error.get("code") or ""), str(error.get("info") or error.get("type") or "")
    return _kind(code, str(error.get("type") or ""))(
        f"NumVerify: {words[:200] or 'refused without a reason'}", status=status, code=code
    )


def _kind(code: str, name: str) -> type[CallError]:
    if "rate_limit" in name:
        return Throttled
    if code in ERRORS:
        return ERRORS[code]
    # 106 (no result) and those from 200 (no number, no such country) are about the question.
    is_about_number = code == "106" or (code.isdigit() and int(code) >= 200)
    return QuestionRejected if is_about_number else ContractBroken


def read_limits(headers: Mapping[str, str], lookups: Collection[str]) -> list[Told]:
    """Return what the marketplace says is left of the day and the month; it names no moment.

    apilayer.com/docs/article/rate-limits, November 2026. numverify.com itself says nothing.
    """
    return [
        Told(f"requests a {span}", left, whole_of(headers, f"x-ratelimit-limit-{span}"), days(per))
        for span, per in (("day", 1), ("month", 30))
        if (left := whole_of(headers, f"x-ratelimit-remaining-{span}")) is not None
    ]


NUMVERIFY = Provider(
    slug="numverify",
    label="NumVerify",
    docs="https://numverify.com/documentation",
    base_url="https://apilayer.net/api",
    hosts={"marketplace": "https://api.apilayer.com/number_verification"},
    auth=query_key("access_key"),
    secrets=(
        Secret(
            "api_key",
            "Access key",
            "NUMVERIFY_API_KEY",
            pattern=r"[0-9A-Za-z]{32}",
            hint="32 letters and digits, on NumVerify's or apilayer's dashboard",
        ),
    ),
    rate=Rate(5, per=SECOND),
    classify=classify,
    reads_limits=read_limits,
    switches=(
        Switch(
            "is_marketplace",
            "The key is of the apilayer marketplace",
            False,
            hint="Off for keys of numverify.com; on for those of apilayer.com",
        ),
    ),
)


async def _ask(api: Api, **params: str) -> Body:
    """Return the answer of the address that the account's key is good for."""
    if api.options.get("is_marketplace"):
        asking = api.get("marketplace:/validate", headers=None, auth=MARKETPLACE, **params)
    else:
        asking = api.get("/validate", headers=None, auth=None, **params)
    return READ.body(await asking)


@NUMVERIFY.lookup(
    "validate",
    needs={"phone"},
    supplies={"phone_is_valid", "phone_country", "line_type", "carrier_name", "city"},
    price=usd("0.003"),
    fresh_for=days(180),
    miss_fresh_for=days(90),
)
async def validate(api: Api, q: Question) -> list[Fact]:
    """Return what the numbering plans say; nothing but "not valid" of a number that is not."""
    found = await _ask(api, number=q.phone.lstrip("+"))
    is_valid = READ.flag(found, "valid")
    if is_valid is None:
        raise READ.broken("valid", None)
    facts = [Fact("phone_is_valid", is_valid, SURE)]
    if not is_valid:
        return facts
    kind = READ.text(found, "line_type")
    if kind:
        word = LINE_TYPES.get(kind, "unknown")
        facts.append(Fact("line_type", word, UNKNOWN if word == "unknown" else SURE))
    said = [
        ("phone_country", READ.text(found, "country_code"), SURE),
        ("carrier_name", READ.text(found, "carrier"), SURE),
        ("city", _city(READ.text(found, "location")) if kind == "landline" else "", PLACE),
    ]
    return facts + [Fact(name, value, sure) for name, value, sure in said if value]


def _city(place: str) -> str:
    """Return a place that can be a town's name; it may as well be a state, a county or a list."""
    is_name = place.replace(" ", "").replace("-", "").replace(".", "").isalpha()
    return place if is_name and not place.lower().endswith(" county") else ""


@NUMVERIFY.tests
async def ask_without_a_number(api: Api) -> str:
    """Return that the key is taken: asked about no number, it is the number that is missed.

    Every number asked is counted, so a test that asks one would use up the plan.
    """
    try:
        await _ask(api)
    except QuestionRejected as missed:
        if missed.code != NO_NUMBER and missed.status != 400:
            raise
    return "NumVerify accepts the access key."
