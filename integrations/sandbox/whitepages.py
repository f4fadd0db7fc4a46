"""Plays Whitepages Pro v2: people by number, or by name and address, and the account's usage."""

from __future__ import annotations

from typing import Any

import orjson

from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.world import Person, is_known, person_at, person_named

FORBIDDEN, LIMIT = b'{"message":"Forbidden"}', b'{"message":"Limit Exceeded"}'
# Keys that are refused, and how.
MAGIC_KEYS = {"": (403, FORBIDDEN), "wrong": (403, FORBIDDEN), "spent": (429, LIMIT)}
# Numbers with an answer of their own, as they are asked.
MAGIC_PHONES = {
    "5005550191": (200, b'{"results":[],"metadata":{"result_count":0,"page":1,"page_size":3}}'),
    "5005550192": (200, b'{"results":"none"}'),
    "5005550193": (400, b'{"message":"Invalid phone"}'),
}


class Whitepages:
    """Whitepages' part of the sandbox."""

    slug = "whitepages"

    def answer(self, asked: Asked) -> Answer:
        """Answer one request by key and path."""
        if refusal := MAGIC_KEYS.get(asked.header("x-api-key")):
            return Answer(*refusal)
        given = asked.params()
        if asked.path == "/v1/account/usage":
            return Answer(200, b'{"total_usage":0,"daily_usage":[]}')
        if asked.path != "/v2/person/":
            return Answer(404, b'{"message":"Not Found"}')
        if given.get("phone"):
            return by_phone(given["phone"])
        return (
            by_address(given) if given.get("street") else Answer(400, b'{"message":"Bad Request"}')
        )

    def throttled(self) -> bytes:
        return b'{"message":"Too Many Requests"}'

    def failed(self) -> bytes:
        return b'{"message":"Internal Server Error"}'


def by_phone(phone: str) -> Answer:
    """Two in three numbers are somebody's; every answer is billed."""
    if magic := MAGIC_PHONES.get(phone):
        return Answer(*magic, ("find_person",), (phone,), (phone,))
    person = person_at("+1" + phone)
    is_found = is_known(person.die("whitepages"), 66)
    people = [profile(person, phone, ["phone"])] if is_found else []
    return said(people, "find_person", "+1" + phone)


def by_address(given: dict[str, str]) -> Answer:
    """Half of the residents are known, at the address that was asked."""
    names = (given.get("first_name", "Ada"), given.get("last_name", ""))
    person = person_named(*names, "home.test")
    key = "|".join((*names, given["street"]))
    if not is_known(person.die("whitepages.home"), 50):
        return said([], "find_resident", key)
    found = profile(person, person.phone[2:], ["name", "address"])
    found["current_addresses"] = [
        at(given["street"], given.get("city", ""), given["state_code"], given.get("zipcode", ""))
    ]
    return said([found], "find_resident", key)


def profile(person: Person, phone: str, matched_by: list[str]) -> dict[str, Any]:
    """Return a person as a search answers them."""
    die = person.die("whitepages.person")
    return {
        "id": f"P{die.below(4096)}",
        "name": f"{person.first_name} {person.last_name}",
        "phones": [{"number": phone, "type": die.pick(("mobile", "landline")), "score": 92}],
        "emails": [{"email": person.email, "score": 60 + die.below(40)}],
        "current_addresses": [at(person.street, person.city, person.state, person.postal_code)],
        "historic_addresses": [],
        "owned_properties": [],
        "relatives": [],
        "aliases": [],
        "is_dead": False,
        "date_of_birth": None,
        "linkedin_url": None,
        "company_name": person.firm.name,
        "job_title": person.title,
        "match_score": 70 + die.below(30),
        "matched_by": matched_by,
    }


def at(street: str, city: str, state: str, postal_code: str) -> dict[str, str]:
    """Return an address in its parts and as one text."""
    whole = f"{street}, {city}, {state} {postal_code}".strip()
    return {
        "full_address": whole,
        "line1": street,
        "city": city,
        "state": state,
        "zip": postal_code,
    }


def said(people: list[dict[str, Any]], lookup: str, key: str) -> Answer:
    """Return the 200 of a search; it is charged whatever it found."""
    found = {"result_count": len(people), "page": 1, "page_size": 3}
    body = orjson.dumps({"results": people, "metadata": found})
    return Answer(200, body, (lookup,), (key,), (key,))
