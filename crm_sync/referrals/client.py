"""Partner Center's referrals over an `Api`: a page, one, and changes with its version checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

from crm_sync.connector import Answer, Api
from crm_sync.referrals.provider import LABEL, PARTNER_CENTER
from crm_sync.referrals.reading import text
from crm_sync.referrals.transitions import ANSWERS, may_answer
from integrations.errors import ContractBroken, NotFound, OutcomeUnknown, QuestionRejected
from integrations.provider import Provider

PATH = "/v1.0/engagements/referrals"
PAGE = 100  # the most it gives ("Get a list of referrals")
TRIES = 3
CHANGED = 412
Edits = Mapping[str, str]


class PartnerCenter:
    """What `reaching.reach` has to know of it; it is no CRM, and has no objects to map."""

    slug: str = PARTNER_CENTER.slug
    provider: Provider = PARTNER_CENTER
    key_fields: Mapping[str, str] = MappingProxyType({})


SOURCE = PartnerCenter()


class Settled(QuestionRejected):
    """The referral has been answered otherwise by now: by somebody there, or by lapsing."""


@dataclass(frozen=True, slots=True)
class Paged:
    """Referrals as they came, and where the next are, "" at the end."""

    referrals: list[Any]
    next_link: str = ""


async def page(api: Api, since: datetime | None, link: str = "") -> Paged:
    """Return a page of incoming referrals changed since then, the oldest change first.

    `link` is where an earlier page said that the next is. Raises CallError.
    """
    if link:
        answer = await _ask(api, "GET", own_link(link))
    else:
        wanted = {"$filter": filter_of(since), "$orderby": "updatedDateTime asc", "$top": str(PAGE)}
        answer = await _ask(api, "GET", PATH, params=wanted)
    return _paged(answer.body)


async def one(api: Api, id_: str) -> tuple[Any, str]:
    """Return a referral and its version. Raises NotFound and other CallErrors."""
    answer = await _ask(api, "GET", _path(id_))
    if not text(answer.body, "id"):
        raise ContractBroken(f"{LABEL}: a referral without an id", status=answer.status)
    version = answer.headers.get("etag") or text(answer.body, "eTag")
    return answer.body, version


async def respond(api: Api, id_: str, answer: str, reason: str = "") -> Any:
    """Accept or decline a referral and return it as it is then.

    It is looked at first, and once more where somebody was quicker: what is answered so already
    is done. Raises Settled where it can be answered no more, and other CallErrors.
    """
    status, substatus = ANSWERS[answer]
    edits = {"/status": status, "/substatus": substatus}
    if reason:
        edits["/statusReason"] = reason

    def is_done(body: Any) -> bool:
        now = text(body, "status")
        if (now, text(body, "substatus")) == (status, substatus):
            return True
        if not may_answer(now, answer):
            raise Settled(f"{LABEL}: it is {now.lower() or 'of no status'} there by now")
        return False

    return await _edit(api, id_, edits, is_done)


async def refer(api: Api, id_: str, reference: str) -> Any:
    """Write our number of a referral into it, and return it as it is then. Raises CallError."""

    def is_done(body: Any) -> bool:
        return text(body, "externalReferenceId") == reference

    return await _edit(api, id_, {"/externalReferenceId": reference}, is_done)


def filter_of(since: datetime | None) -> str:
    """Return the $filter of what came in and changed then or later; all where `since` is None."""
    incoming = f"direction eq {literal('Incoming')}"
    if since is None:
        return incoming
    then = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return f"{incoming} and updatedDateTime ge {then}"


def literal(said: str) -> str:
    """Return a text as OData wants it in a filter (OASIS OData 4.01, URL conventions §5.1.1.6)."""
    return "'" + said.replace("'", "''") + "'"


def own_link(link: str) -> str:
    """Return where the next page is, as it may be followed: of plain characters, no credentials.

    The default ports are taken away, so that the host compares equal to the connection's; that it
    does is the Api's to see to, and that it is asked over https. Raises ContractBroken.
    """
    try:
        given = urlsplit(link)
        port = given.port
    except ValueError:
        raise ContractBroken(f"{LABEL}: the next page has no readable address") from None
    is_plain = link.isascii() and link.isprintable() and " " not in link
    if not is_plain or given.username is not None or given.scheme not in ("http", "https"):
        raise ContractBroken(f"{LABEL}: the next page has an address that is not followed")
    if port in (80, 443):
        given = given._replace(netloc=given.hostname or "")
    return given._replace(fragment="").geturl()


async def _edit(api: Api, id_: str, edits: Edits, is_done: Any) -> Any:
    """Change fields of the version that was looked at; 412 leads to another look, once."""
    body = [{"op": "replace", "path": path, "value": value} for path, value in edits.items()]
    answer: Answer | None = None
    for _ in range(2):
        seen, version = await one(api, id_)
        if is_done(seen):
            return seen
        headers = {"If-Match": version or "*", "Prefer": "return=representation"}
        answer = await _ask(api, "PATCH", _path(id_), json=body, headers=headers, fine=(CHANGED,))
        if answer.status != CHANGED:
            break
    if answer is None or answer.status == CHANGED:
        raise QuestionRejected(f"{LABEL}: it changes too often: try again later", status=CHANGED)
    return answer.body if text(answer.body, "id") else (await one(api, id_))[0]


async def _ask(api: Api, method: str, path: str, **more: Any) -> Answer:
    """Ask under an id of the call's own, which a repeat after a time-out bears again.

    A change is repeated as well: the version that it names lets it happen once.
    """
    headers = {**more.pop("headers", {}), "client-request-id": str(uuid4())}
    for left in reversed(range(TRIES)):
        try:
            return await api.ask(method, path, headers=headers, **more)
        except OutcomeUnknown:
            if not left:
                raise
    raise AssertionError("unreachable")


def _paged(body: Any) -> Paged:
    """Return a page's referrals, wherever some version of the API puts them."""
    found = body
    if isinstance(body, Mapping):
        found = next((body[key] for key in ("value", "items") if key in body), None)
    if not isinstance(found, list):
        raise ContractBroken(f"{LABEL}: a page without referrals")
    link = body.get("@odata.nextLink") or "" if isinstance(body, Mapping) else ""
    if not isinstance(link, str):
        raise ContractBroken(f"{LABEL}: the next page has no readable address")
    return Paged(found, link)


def _path(id_: str) -> str:
    if id_ in (".", ".."):
        raise NotFound(f"{LABEL}: there is no referral {id_!r}")
    return f"{PATH}/{quote(id_, safe='')}"
