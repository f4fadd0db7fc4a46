"""Finds the customer profile of a company among all there are, and makes one.

A profile of ours is called "Name (domain)". That name is looked for before anything is made, so a
profile whose creation was answered into the void is found the next time.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from integrations.errors import AccountUnusable
from integrations.provider import Api
from integrations.reading import Body, Reader

READ = Reader("Twilio Trust Hub")
PAGE_SIZE, MOST_PAGES, LIST_KEPT_S = "100", 200, 60.0
# Of several profiles of one name, the one that has come farthest counts.
FARTHEST = ("twilio-approved", "in-review", "pending-review", "draft", "twilio-rejected")
# Twilio's name of the policy behind a customer's profile under our own (Policies).
POLICY_WORDS = ("secondary", "business")


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer profile; `is_ours` is false for one that was found by the company's name only."""

    sid: str
    account_sid: str
    policy_sid: str
    name: str
    status: str
    created_at: str
    failures: tuple[str, ...] = ()
    is_ours: bool = False


def our_name(name: str, domain: str) -> str:
    """Return what we call a company's profile, and all that belongs to it."""
    return f"{name[:150]} ({domain})"


async def find(api: Api, name: str, domain: str) -> Profile | None:
    """Return the company's profile: ours by its whole name, else one that is named as the company.

    Names are compared without case and marks, and never in part.
    """
    known, mark, wanted = await _all(api), f"({domain})", folded(name)
    mine = [replace(one, is_ours=True) for one in known if one.name.endswith(mark)]
    namesakes = (one for one in known if folded(one.name) == wanted)
    return min(mine or namesakes, key=_order, default=None)


async def _all(api: Api) -> list[Profile]:
    """Return every profile; where we only look, a list of the last minute will do."""
    is_only_looking = not api.options.get("makes_profiles")
    kept = api.memory.get("profiles")
    if is_only_looking and kept and time.time() - kept[0] < LIST_KEPT_S:
        found: list[Profile] = kept[1]
        return found
    found = [read_profile(one) async for one in rows(api, "/v1/CustomerProfiles")]
    if is_only_looking:
        api.memory["profiles"] = (time.time(), found)
    return found


async def make(api: Api, name: str, domain: str) -> Profile:
    """Make an empty profile. Raises AccountUnusable where the account names no e-mail for it."""
    email = str(api.options.get("email") or "")
    if not email:
        raise AccountUnusable("Twilio Trust Hub: the account names no e-mail for changes of status")
    form = {
        "FriendlyName": our_name(name, domain),
        "Email": email,
        "PolicySid": await _policy(api),
    }
    if callback := str(api.options.get("status_callback") or ""):
        form["StatusCallback"] = callback
    made = READ.body(await api.post("/v1/CustomerProfiles", form=form))
    return read_profile(made, is_ours=True)


def read_profile(body: Body, *, is_ours: bool = False) -> Profile:
    """Return a profile as Twilio describes it. Raises ContractBroken without a SID or a status."""
    sid, status = READ.text(body, "sid"), READ.text(body, "status")
    if not sid or not status:
        raise READ.broken("sid" if not sid else "status", None)
    return Profile(
        sid=sid,
        account_sid=READ.text(body, "account_sid"),
        policy_sid=READ.text(body, "policy_sid"),
        name=READ.text(body, "friendly_name"),
        status=status,
        created_at=READ.text(body, "date_created"),
        failures=_errors(body.get("errors")),
        is_ours=is_ours,
    )


async def rows(api: Api, path: str, key: str = "results", **asked: Any) -> AsyncIterator[Body]:
    """Yield every row of a list, page by page, below the account's own address."""
    given: dict[str, Any] = {**asked, "PageSize": PAGE_SIZE}
    for _ in range(MOST_PAGES):
        page = READ.body(await api.get(path, **given), key)  # without it nothing is known, not none
        for row in READ.parts(page, key):
            yield row
        after = READ.text(READ.part(page, "meta"), "next_page_url") or READ.text(
            page, "next_page_uri"
        )
        if not after:
            return
        given = dict(parse_qsl(urlsplit(after).query))
    raise READ.broken(f"a list of more than {MOST_PAGES} pages", None)


def folded(name: str) -> str:
    """Return a name without case, spaces and marks; letters of every script stay."""
    return "".join(c for c in name.casefold() if c.isalnum())


def _order(profile: Profile) -> tuple[int, str, str]:
    status = profile.status
    far = FARTHEST.index(status) if status in FARTHEST else len(FARTHEST)
    return far, profile.created_at, profile.sid


async def _policy(api: Api) -> str:
    """Return the policy's SID: the account's own choice, else by its name; kept once found."""
    chosen = str(api.options.get("policy_sid") or api.memory.get("policy_sid") or "")
    if chosen:
        return chosen
    async for one in rows(api, "/v1/Policies"):
        name = READ.text(one, "friendly_name").lower()
        if all(word in name for word in POLICY_WORDS):
            api.memory["policy_sid"] = READ.text(one, "sid")
            return READ.text(one, "sid")
    raise AccountUnusable("Twilio Trust Hub: no policy of a secondary business; set the Policy SID")


def _errors(value: Any) -> tuple[str, ...]:
    """Return why Twilio rejected a profile, in its words; their form is documented nowhere."""
    found = value if isinstance(value, list) else []
    words = []
    for one in found:
        told = one if isinstance(one, dict) else {"message": one}
        said = told.get("message") or told.get("failure_reason") or told.get("code")
        words.append(str(said or "")[:200])
    return tuple(word for word in words if word)
