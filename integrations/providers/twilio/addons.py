"""Asks marketplace add-ons through Lookup v1, which alone has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from integrations.errors import CallError, ContractBroken, NotEntitled, QuestionRejected
from integrations.provider import Api, Ask, Fact, Reply
from integrations.providers.twilio.errors import CODES, cleaned, code_of
from integrations.providers.twilio.packages import CARRIER, NAME, facts
from integrations.providers.twilio.reading import Body, part, text

RPV_UNIQUE_NAME = "real_phone_validation_rpv_turbo"
CELL: Mapping[str, str] = {"y": "yes", "n": "no", "v": "voip"}


@dataclass(frozen=True, slots=True)
class AddOn:
    """One add-on: the account option that renames it, its usual name, and its mapping."""

    option: str
    unique_name: str
    read: Callable[[Body], list[Fact]]

    def called(self, options: Mapping[str, Any]) -> str:
        """Return the name under which this account has installed it."""
        return str(options.get(self.option) or self.unique_name)


def real_phone_validation(result: Body) -> list[Fact]:
    """Return whether the line is connected, and whether it is a cell phone (yes, no, voip)."""
    said = [
        ("rpv_status", text(result, "status").lower()),
        ("rpv_is_cell", CELL.get(text(result, "iscell").lower(), "")),
        ("rpv_carrier", text(result, "carrier")),
        ("rpv_error", text(result, "error_text")),
    ]
    return [*facts(said, CARRIER), *facts([("rpv_cnam", text(result, "cnam"))], NAME)]


def icehook_scout(result: Body) -> list[Fact]:
    """Return whether the number was ported, and who operates it."""
    said = [
        ("is_ported", truth(result.get("ported"))),
        ("location_routing_number", text(result, "location_routing_number")),
        ("operating_company_name", text(result, "operating_company_name")),
        ("operating_company_type", text(result, "operating_company_type")),
    ]
    return facts(said, CARRIER)


def truth(value: Any) -> bool | None:
    """Return the add-on's tri-state, which comes as a boolean or as text."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).strip().lower())


ADD_ONS: Mapping[str, AddOn] = {
    "real_phone_validation": AddOn("rpv_unique_name", RPV_UNIQUE_NAME, real_phone_validation),
    "icehook_scout": AddOn("scout_unique_name", "icehook_scout", icehook_scout),
}


async def ask_add_ons(api: Api, asks: Sequence[Ask]) -> Sequence[Reply]:
    """Return a reply for each ask, in order; all ask about one number and share a request."""
    replies: list[Reply] = [Reply()] * len(asks)
    places: dict[str, list[int]] = {}
    for place, ask in enumerate(asks):
        places.setdefault(ask.question.phone, []).append(place)
    for phone, those in places.items():
        add_ons = {place: ADD_ONS[asks[place].lookup.name] for place in those}
        names = {place: add_on.called(api.options) for place, add_on in add_ons.items()}
        answer = await ask_number(api, phone, sorted(set(names.values())))
        for place, add_on in add_ons.items():
            replies[place] = reply(add_on, names[place], answer)
    return replies


async def ask_number(api: Api, phone: str, names: Sequence[str]) -> Body | CallError:
    """Return the answer of one GET with every add-on named; the parameter repeats."""
    query: Mapping[str, Any] = {"AddOns": names}
    try:
        body = await api.get("/v1/PhoneNumbers/" + quote(phone, safe=""), headers=None, **query)
    except CallError as error:
        return error
    if not isinstance(body, dict):
        return ContractBroken("Twilio: the answer of Lookup v1 is not an object")
    return body


def reply(add_on: AddOn, name: str, answer: Body | CallError) -> Reply:
    """Return one add-on's reply from the answer about its number."""
    if isinstance(answer, CallError):
        return Reply(error=answer)
    found: Any = None
    try:
        found = part(part(answer, "add_ons"), "results").get(name)
        if found is None:
            raise NotEntitled(f"Twilio: the add-on {name} is not installed in this account")
        return Reply(add_on.read(result_of(name, found)), found)
    except CallError as error:
        return Reply(raw=found, error=error)


def result_of(name: str, found: Any) -> Body:
    """Return the add-on's own result; raises when the add-on did not succeed."""
    if not isinstance(found, dict):
        raise ContractBroken(f"Twilio: the add-on {name} answered with a shape we do not know")
    if found.get("status") == "successful":
        return part(found, "result")
    code = code_of(found.get("code"))
    words = cleaned(str(found.get("message") or found.get("status") or ""))
    kind = CODES.get(code, QuestionRejected)
    raise kind(
        f"Twilio: the add-on {name} failed: {code or ''} {words}", status=200, code=str(code)
    )
