"""Plays the search by number that Truecaller once had, as the predecessor knew it."""

from __future__ import annotations

import orjson

from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.world import is_known, person_at

# Keys that are refused, and how.
MAGIC_KEYS = {
    "": (401, b'{"code":40101,"message":"Unauthorized"}'),
    "wrong": (401, b'{"code":40101,"message":"Unauthorized"}'),
    "spent": (402, b'{"code":40201,"message":"Payment required"}'),
}


class Truecaller:
    """Truecaller's part of the sandbox."""

    slug = "truecaller"

    def answer(self, asked: Asked) -> Answer:
        """Answer one search; four in ten numbers have a name."""
        key = asked.header("authorization").removeprefix("Bearer ")
        if refusal := MAGIC_KEYS.get(key):
            return Answer(*refusal)
        phone = asked.params().get("q", "")
        if asked.path != "/v1/search" or not phone:
            return Answer(404, b'{"code":40401,"message":"Not found"}')
        person = person_at("+1" + phone)
        found = []
        if is_known(person.die("truecaller"), 40):
            address = {
                "street": person.street,
                "city": person.city,
                "state": person.state,
                "zipCode": person.postal_code,
                "countryCode": "US",
                "type": "residential",
            }
            name = {"first": person.first_name, "last": person.last_name}
            found = [{"name": name, "addresses": [address]}]
        keys = ("+1" + phone,)
        return Answer(200, orjson.dumps({"data": found}), ("search",), keys, keys)

    def throttled(self) -> bytes:
        return b'{"code":42901,"message":"Too many requests"}'

    def failed(self) -> bytes:
        return b'{"code":50001,"message":"Internal error"}'
