"""ZeroBounce: whether a mailbox takes mail, and whether writing to it does harm."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from integrations.auth import NO_AUTH, Held, query_key
from integrations.batches import batch_size
from integrations.errors import (
    AccountUnusable,
    CallError,
    ContractBroken,
    CredentialRejected,
    QuestionRejected,
    QuotaExhausted,
)
from integrations.provider import (
    SECOND,
    Api,
    Ask,
    Fact,
    Gather,
    Provider,
    Rate,
    Reply,
    Secret,
    Switch,
    Told,
    days,
    usd,
)
from integrations.reading import Body, Reader

READ = Reader("ZeroBounce")
LARGEST_BATCH = 200
REGIONS = ("us", "eu")

# ZeroBounce's status in our words (contacts.Contact.EmailStatus), a score 0..100 of ours that
# ranks them, and how sure it is: its page claims 99 % for what it calls valid or invalid.
STATUSES: Mapping[str, tuple[str, int, float]] = {
    "valid": ("valid", 100, 0.98),
    "invalid": ("invalid", 0, 0.98),
    "catch-all": ("accept_all", 70, 0.6),
    "spamtrap": ("spamtrap", 10, 0.9),
    "abuse": ("abuse", 5, 0.9),
    "do_not_mail": ("do_not_mail", 0, 0.95),
}
# One sentence for two reasons: "Invalid API key or your account ran out of credits".
_ABOUT_ACCOUNT = re.compile(r"api[ _]key|credit", re.IGNORECASE)


def size(options: Mapping[str, Any]) -> int:
    """Return how many addresses share a request; 1 where a region is set, which has no batches."""
    return 1 if _region(options) else batch_size(options, LARGEST_BATCH)


def _region(options: Mapping[str, Any]) -> str:
    """Return where addresses have to be looked at, "" for anywhere."""
    said = str(options.get("region") or "").strip().lower()
    return "" if said == "any" else said


async def ask_validations(api: Api, asks: Sequence[Ask]) -> Sequence[Reply]:
    """Return a reply for each ask, in order; equal addresses are asked once."""
    emails = list(dict.fromkeys(ask.question.email.lower() for ask in asks))
    found: dict[str, Reply] = {}
    for at in range(0, len(emails), LARGEST_BATCH):
        some = emails[at : at + LARGEST_BATCH]
        found |= await _ask_batch(api, some) if len(some) > 1 else await _ask_one(api, some[0])
    return [found[ask.question.email.lower()] for ask in asks]


async def _ask_one(api: Api, email: str) -> dict[str, Reply]:
    region = _region(api.options)
    if region not in ("", *REGIONS):
        raise AccountUnusable("ZeroBounce: the region is neither any, us nor eu")
    path = f"{region}:/validate" if region else "/validate"
    found = READ.body(await api.get(path, email=email, ip_address=""))
    if "error" in found:
        raise await _refusal(api, READ.text(found, "error"))
    return {email: read(READ.body(found, "address"))}


async def _ask_batch(api: Api, emails: Sequence[str]) -> dict[str, Reply]:
    """Return a reply by address; an error of one address is its own, one of "all" is raised."""
    wanted = [{"email_address": email, "ip_address": None} for email in emails]
    body = READ.body(
        await api.post(
            "bulk:/validatebatch",
            json={"api_key": Held("api_key"), "email_batch": wanted},
            auth=NO_AUTH,
        )
    )
    missing = ContractBroken("ZeroBounce: the batch left out an address")
    found = {email: Reply(error=missing) for email in emails}
    for each in READ.parts(body, "errors"):
        email, words = READ.text(each, "email_address").lower(), READ.text(each, "error")
        if email == "all" or _ABOUT_ACCOUNT.search(words):
            raise await _refusal(api, words)
        found[email] = Reply(raw=each, error=QuestionRejected(f"ZeroBounce: email {words[:200]}"))
    for each in READ.parts(body, "email_batch"):
        found[READ.text(each, "address").lower()] = _read_in_batch(each)
    return found


async def _refusal(api: Api, words: str) -> CallError:
    """Return what an error means; asks for the credits, which is free, where it says one of two."""
    text = f"ZeroBounce: {words[:200] or 'refused without a reason'}"
    if not _ABOUT_ACCOUNT.search(words):
        return QuestionRejected(text, status=200)
    credits = await credits_left(api)
    return (CredentialRejected if credits is None else QuotaExhausted)(text, status=200)


async def credits_left(api: Api) -> int | None:
    """Return the credits left, None when the key is refused; they come as text, "-1" for that."""
    text = READ.text(READ.body(await api.get("/getcredits")), "Credits")
    if not re.fullmatch(r"-?\d+", text):
        raise READ.broken("Credits", text)
    return int(text) if int(text) >= 0 else None


def _read_in_batch(found: Body) -> Reply:
    try:
        return read(found)
    except ContractBroken as error:
        return Reply(raw=found, error=error)


def read(found: Body) -> Reply:
    """Return what is said of an address. "unknown" is no answer, and free (its page on batches).

    `sub_status` is an open list; a status that we do not know is left out.
    """
    said = READ.text(found, "status").lower()
    if not said:
        raise READ.broken("status", None)
    if said not in STATUSES:
        return Reply(raw=found, is_billed=said != "unknown")
    status, score, sure = STATUSES[said]
    detail = READ.text(found, "sub_status")
    if status == "do_not_mail" and detail == "disposable":
        status = "disposable"
    kind = detail or ("webmail" if READ.flag(found, "free_email") else "")
    facts = [Fact("email_status", status, sure), Fact("email_score", score, sure)]
    if kind:
        facts.append(Fact("email_type", kind[:40], sure))
    if checked_at := _moment(READ.text(found, "processed_at")):
        facts.append(Fact("email_checked_at", checked_at, sure))
    return Reply(facts, found)


def _moment(text: str) -> str:
    """Return "2023-03-23 12:30:27.816", which is UTC and does not say so, with its zone."""
    shape = r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)?"
    found = re.fullmatch(shape, text)
    return f"{found[1]}T{found[2]}+00:00" if found else ""


ZEROBOUNCE = Provider(
    slug="zerobounce",
    label="ZeroBounce",
    docs="https://www.zerobounce.net/docs/email-validation-api-quickstart/",
    base_url="https://api.zerobounce.net/v2",
    hosts={
        "us": "https://api-us.zerobounce.net/v2",
        "eu": "https://api-eu.zerobounce.net/v2",
        "bulk": "https://bulkapi.zerobounce.net/v2",
    },
    auth=query_key("api_key"),
    secrets=(
        Secret(
            "api_key",
            "API key",
            "ZEROBOUNCE_API_KEY",
            pattern=r"[0-9a-f]{32}",
            hint="32 hexadecimal digits, under API in ZeroBounce's dashboard",
        ),
    ),
    rate=Rate(50, per=SECOND),
    timeout_s=75.0,  # a batch takes up to 70 s, says its page
    switches=(
        Switch(
            "batch_size",
            "Addresses per request",
            1,
            hint="1 asks one by one; up to 200, but ZeroBounce takes only 5 batches a minute: then"
            " set the account's limits to that",
        ),
        Switch(
            "region",
            "Region",
            "any",
            hint="us or eu if addresses must be looked at there and nowhere else; no batches then",
        ),
    ),
)
ZEROBOUNCE.add(
    "validate",
    {"email"},
    {"email_status", "email_score", "email_type", "email_checked_at"},
    usd("0.009"),
    days(60),
    miss_fresh_for=days(7),
    label="Validate e-mail",
    note="An address of which ZeroBounce finds out nothing is free.",
    gather=Gather("validations", by="email", ask=ask_validations, size=size),
)


@ZEROBOUNCE.tests
async def ask_for_credits(api: Api) -> str:
    """Return how many credits are left; asking is free."""
    credits = await credits_left(api)
    if credits is None:
        raise CredentialRejected("ZeroBounce: the API key is not valid", status=200)
    if not credits:
        raise QuotaExhausted("ZeroBounce: no credits are left", status=200)
    return f"ZeroBounce accepts the key. {credits:,} credits are left."


@ZEROBOUNCE.tells
async def ask_what_is_left(api: Api) -> list[Told]:
    """Return the credits that are left; they are bought, so none come by themselves."""
    credits = await credits_left(api)
    return [] if credits is None else [Told("credits", credits)]
