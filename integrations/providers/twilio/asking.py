"""Asks Lookup v2: one request for all the packages of a number, or one for many numbers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from integrations.errors import CallError, ContractBroken, CredentialRejected
from integrations.provider import Api, Ask, Fact, Reply
from integrations.providers.twilio.errors import MISSES, code_of, package_error
from integrations.providers.twilio.packages import PACKAGES, Package, own_words, validation
from integrations.providers.twilio.reading import Body, flag

# The contract names no size of a batch; more than 100 was never seen to be allowed.
LARGEST_BATCH = 100

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Request:
    """What one request asks about one number; `places` are the asks that it answers."""

    phone: str
    inputs: dict[str, Mapping[str, str]] = field(default_factory=dict)
    places: list[tuple[int, Package]] = field(default_factory=list)

    def takes(self, package: Package, inputs: Mapping[str, str]) -> bool:
        """Return whether the package fits in: asked once a request, with one set of inputs."""
        return self.inputs.get(package.name, inputs) == inputs

    def add(self, place: int, package: Package, inputs: Mapping[str, str]) -> None:
        self.inputs[package.name] = inputs
        self.places.append((place, package))

    @property
    def packages(self) -> list[Package]:
        return [PACKAGES[name] for name in self.inputs]

    @property
    def takes_batch(self) -> bool:
        """Return whether a batch answers it: it knows not all packages, nor validation alone."""
        paid = [package for package in self.packages if package.name != "validation"]
        return bool(paid) and all(package.takes_batch for package in paid)


def batch_size(options: Mapping[str, Any]) -> int:
    """Return how many numbers share a request: 1 unless the account's switch says more."""
    try:
        wanted = int(options.get("batch_size") or 1)
    except (TypeError, ValueError):
        return 1
    return max(1, min(wanted, LARGEST_BATCH))


async def ask_packages(api: Api, asks: Sequence[Ask]) -> Sequence[Reply]:
    """Return a reply for each ask, in order; a failed request fails its own asks only."""
    requests = composed(asks)
    replies: list[Reply] = [Reply()] * len(asks)
    for request, answer in zip(requests, await answers(api, requests), strict=True):
        asks_validation = "validation" in request.inputs
        for place, package in request.places:
            replies[place] = reply(package, answer, with_validation=not asks_validation)
    return replies


def composed(asks: Sequence[Ask]) -> list[Request]:
    """Return the fewest requests that ask everything; one number may need two.

    Two contacts on one number with different names need an identity match each.
    """
    requests: list[Request] = []
    by_phone: dict[str, list[Request]] = {}
    for place, ask in enumerate(asks):
        package = PACKAGES[ask.lookup.name]
        inputs = package.inputs(ask.question)
        phone = ask.question.phone
        same = by_phone.setdefault(phone, [])
        request = next((found for found in same if found.takes(package, inputs)), None)
        if request is None:
            request = Request(phone)
            same.append(request)
            requests.append(request)
        request.add(place, package, inputs)
    return requests


async def answers(api: Api, requests: Sequence[Request]) -> list[Body | CallError]:
    """Return each request's answer or error, by batch where the switch and the packages allow."""
    found: dict[int, Body | CallError] = {}
    batched = batchable(requests) if batch_size(api.options) > 1 else []
    if len(batched) > 1:
        found = await ask_batch(api, batched)
    rest = [request for request in requests if id(request) not in found]
    if len(rest) == 1:
        found[id(rest[0])] = await ask_one(api, rest[0])
    else:
        singles = await asyncio.gather(*(ask_one(api, request) for request in rest))
        found.update(zip(map(id, rest), singles, strict=True))
    return [found[id(request)] for request in requests]


def batchable(requests: Sequence[Request]) -> list[Request]:
    """Return the requests for one batch: each number once (60626), at most LARGEST_BATCH."""
    first: dict[str, Request] = {}
    for request in requests:
        if request.takes_batch:
            first.setdefault(request.phone, request)
    return list(first.values())[:LARGEST_BATCH]


async def ask_one(api: Api, request: Request) -> Body | CallError:
    """Return the answer of a GET; validation alone needs no Fields and is free."""
    fields = ",".join(p.key for p in request.packages if p.name != "validation")
    params = {"Fields": fields} if fields else {}
    for package in request.packages:
        for name, value in request.inputs[package.name].items():
            params[package.query[name]] = value
    try:
        path = "/v2/PhoneNumbers/" + quote(request.phone, safe="")
        return checked(await api.get(path, headers=None, auth=None, **params))
    except CallError as error:
        return error


async def ask_batch(api: Api, requests: Sequence[Request]) -> dict[int, Body | CallError]:
    """Return answers by the request's id(); nothing where the account has no batch (403, 404)."""
    wanted = [batch_item(place, request) for place, request in enumerate(requests)]
    try:
        body = await api.post("/v2/batch/query", json={"phone_numbers": wanted})
        items = batch_answers(body)
    except CallError as error:
        if error.status in (403, 404) and not isinstance(error, CredentialRejected):
            log.warning("Twilio: no batch for this account (%s); asking one by one", error)
            return {}
        return {id(request): error for request in requests}
    missing = ContractBroken("Twilio: the batch left out a number")
    return {id(r): items.get(str(place), missing) for place, r in enumerate(requests)}


def batch_item(place: int, request: Request) -> dict[str, Any]:
    """Return one number's part of the batch; its place is the correlation id."""
    packages = [package for package in request.packages if package.name != "validation"]
    item: dict[str, Any] = {"correlation_id": str(place), "phone_number": request.phone}
    item["fields"] = [package.key for package in packages]
    for package in packages:
        inputs = request.inputs[package.name]
        if inputs:
            item[package.key] = {package.nested[name]: said for name, said in inputs.items()}
    return item


def batch_answers(body: Any) -> dict[str, Body | CallError]:
    """Return each number's answer or error by correlation id."""
    items = body.get("phone_numbers") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise ContractBroken("Twilio: the batch's answer has no phone_numbers")
    found: dict[str, Body | CallError] = {}
    for item in items:
        if isinstance(item, dict):
            found[str(item.get("correlation_id"))] = batch_answer(item)
    return found


def batch_answer(item: Body) -> Body | CallError:
    """Return one number's answer; its own error code stands for all of its packages."""
    code = code_of(item.get("twilio_error_code"))
    if code in MISSES:
        return {**item, "missed": code}
    if code:
        return package_error(code)
    try:
        return checked(item)
    except ContractBroken as error:
        return error


def checked(body: Any) -> Body:
    """Return the body of an answer about a number; every one says whether it is valid."""
    if not isinstance(body, dict) or flag(body, "valid") is None:
        raise ContractBroken("Twilio: the answer does not say whether the number is valid")
    return body


def reply(package: Package, answer: Body | CallError, *, with_validation: bool = False) -> Reply:
    """Return one package's reply from the answer about its number.

    A number that is not valid, or not covered, is a miss of every package but validation. A hit
    also tells what every answer says of the number, unless validation was asked as well.
    """
    if isinstance(answer, CallError):
        return Reply(error=answer)
    raw = own_words(package, answer)
    try:
        found = said(package, answer)
        extra = validation(answer) if found and with_validation else []
    except CallError as error:
        return Reply(raw=raw, error=error)
    return Reply([*found, *extra], raw)


def said(package: Package, answer: Body) -> list[Fact]:
    """Return the package's facts; raises the package's own error."""
    if package.name == "validation":
        return validation(answer)
    if answer["valid"] is False or answer.get("missed"):
        return []
    found = answer.get(package.key)
    if not isinstance(found, dict):
        raise ContractBroken(f"Twilio: {package.key} was asked and is not in the answer")
    code = code_of(found.get("error_code"))
    if code in MISSES:
        return []
    if code:
        raise package_error(code, str(found.get("error_message") or ""))
    return package.read(found)
